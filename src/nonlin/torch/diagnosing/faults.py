"""Faults that a PyTorch model can have and a `Network` cannot, and how they are put right."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin._text import percent
from nonlin.catalogue import get
from nonlin.layers.subject import Fault
from nonlin.torch.diagnosing.edits import Behind
from nonlin.torch.diagnosing.found_layers import FoundLayer
from nonlin.torch.diagnosing.judge import REGRESSION, loss_name, the_output
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.inspecting import inspect
from nonlin.torch.reading.example import parameters
from nonlin.torch.reading.losses import NEEDED, OWN

UNUSUAL, CONSPICUOUS = 1, 2
STRONG, MUCH, USUAL = 0.55, 0.75, 0.1  # shares of numbers that dropout takes away
NORMS = nn.modules.batchnorm._NormBase
DROPOUT = nn.modules.dropout._DropoutNd
INVERSE = ("softmax", "sigmoid")
ENDS = {  # modules that may stand at the end of a model
    "softmax": nn.Softmax,
    "log_softmax": nn.LogSoftmax,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
}


def faults(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    layers: Sequence[FoundLayer],
    rows: Rows,
    loss: Any,
) -> Iterator[Fault]:
    """All that it may have, the gravest first."""
    yield from _of_output(model, layers, rows, loss_name(loss))
    trained = {id(each) for group in optimizer.param_groups for each in group["params"]}
    known = parameters(model)
    weights = [known[each.place.parameter] for each in layers]
    frozen = tuple(n for n, each in enumerate(weights, 1) if not each.requires_grad)
    missing = [each.requires_grad and id(each) not in trained for each in weights]
    if frozen:
        yield Fault("frozen", frozen, UNUSUAL)
    if any(missing):
        yield Fault("forgotten", tuple(n for n, each in enumerate(missing, 1) if each), CONSPICUOUS)
    if any(not each.training for each in model.modules() if isinstance(each, NORMS)):
        yield Fault("mode", (), CONSPICUOUS)
    share = max((each.p for each in model.modules() if isinstance(each, DROPOUT)), default=0.0)
    if share > STRONG:
        level = CONSPICUOUS if share > MUCH else UNUSUAL
        values = (("share", percent(share)), ("usual", percent(USUAL)))
        yield Fault("dropout", (), level, values)


def _of_output(
    model: nn.Module, layers: Sequence[FoundLayer], rows: Rows, loss: str
) -> Iterator[Fault]:
    last, where = _last(model, rows), (len(layers),)
    values = (("activation", last), ("loss", loss))
    if last and OWN.get(loss) == last:
        yield Fault("twice", where, CONSPICUOUS, values)
    elif loss in NEEDED and last not in NEEDED[loss] and NEEDED[loss][0] == "log_softmax":
        yield Fault(
            "unnormed", where, CONSPICUOUS, (("loss", loss), ("activation", NEEDED[loss][0]))
        )
    elif loss in (*REGRESSION, *OWN) and last in ENDS and _beyond(rows, last, loss):
        yield Fault("limits", where, CONSPICUOUS, values)


def _last(model: nn.Module, rows: Rows) -> str:
    """The activation at the end of a model; "" where nothing is known."""
    try:
        found = inspect(model, rows.part(torch.arange(min(2, rows.count))).inputs).output
    except InputError:
        return ""
    return found[0] if found else ""


def _beyond(rows: Rows, last: str, loss: str) -> bool:
    """Are there targets that no output can reach?"""
    if loss in OWN:
        return True
    if not isinstance(rows.targets, torch.Tensor):
        return False
    low, high = get(last).properties.range
    targets = rows.targets.double()
    return bool(((targets < low) | (targets > high)).double().mean() > 0)


def mended(
    model: nn.Module, optimizer: torch.optim.Optimizer, fault: str, rows: Rows, loss: Any
) -> bool:
    """Put a fault right, in place; False if that cannot be done."""
    if fault in ("frozen", "forgotten"):
        return _trained(model, optimizer)
    if fault == "mode":
        model.train()
        return True
    if fault == "dropout":
        for each in model.modules():
            if isinstance(each, DROPOUT) and each.p > STRONG:
                each.p = USUAL
        return True
    if fault == "unnormed":
        model.register_forward_hook(Behind(nn.LogSoftmax(1)))
        return True
    return _without_end(model, rows)


def _trained(model: nn.Module, optimizer: torch.optim.Optimizer) -> bool:
    """All parameters, by the optimizer as it is."""
    known = {id(each) for group in optimizer.param_groups for each in group["params"]}
    new = []
    for each in model.parameters():
        each.requires_grad_(True)
        if id(each) not in known:
            new.append(each)
    if new:
        first = optimizer.param_groups[0]
        options = {name: value for name, value in first.items() if name != "params"}
        optimizer.add_param_group({**options, "params": new})
    return True


@torch.no_grad()
def _without_end(model: nn.Module, rows: Rows) -> bool:
    """The activation at the end goes: as a module, or undone where that is a function."""
    last = _last(model, rows)
    name = _end(model, rows, last)
    if name:
        model.set_submodule(name, nn.Identity())
        return True
    if last not in INVERSE:
        return False
    model.register_forward_hook(Behind(Undone(last)))
    return True


def _end(model: nn.Module, rows: Rows, last: str) -> str:
    """The name of the module whose output is that of the model; "" if there is none."""
    probe = copy.deepcopy(model).eval()
    ended: dict[str, Any] = {}
    kind = ENDS.get(last, ())
    for name, module in probe.named_modules():
        if name and isinstance(module, kind):
            module.register_forward_hook(
                lambda _, __, output, name=name: ended.__setitem__(name, output)
            )
    output = the_output(rows.part(torch.arange(min(2, rows.count))).answer(probe))
    return next((name for name, each in ended.items() if each is output), "")


class Undone(nn.Module):
    """What stood before a softmax, to a constant, or before a sigmoid."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of the same shape."""
        tiny = torch.finfo(x.dtype).tiny
        if self.name == "softmax":
            return x.clamp_min(tiny).log()
        return torch.logit(x, torch.finfo(x.dtype).eps)
