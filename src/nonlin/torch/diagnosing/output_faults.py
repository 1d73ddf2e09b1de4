"""What stands at the end of a model, against its loss."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.catalogue import get
from nonlin.layers.subject import CONSPICUOUS, Fault
from nonlin.torch.diagnosing.edits import Behind
from nonlin.torch.diagnosing.judge import REGRESSION, loss_name, the_output
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.inspecting import inspect
from nonlin.torch.reading.losses import NEEDED, OWN

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

INVERSE = ("softmax", "sigmoid")
ENDS = {  # modules that may stand at the end of a model
    "softmax": nn.Softmax,
    "log_softmax": nn.LogSoftmax,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
}


def faults_of_output(subject: ModuleSubject) -> Iterator[Fault]:
    """At most one."""
    rows, loss = subject.rows, loss_name(subject.training.loss)
    last, where = the_last(subject.model, rows), (len(subject.found),)
    values = (("activation", last), ("loss", loss))
    if last and OWN.get(loss) == last:
        yield Fault("twice", where, CONSPICUOUS, values)
    elif last == "softmax" and _single(subject):
        yield Fault("limits", where, CONSPICUOUS, values)
    elif loss in NEEDED and last not in NEEDED[loss] and NEEDED[loss][0] == "log_softmax":
        needed = (("loss", loss), ("activation", NEEDED[loss][0]))
        yield Fault("unnormed", where, CONSPICUOUS, needed)
    elif (last, loss) == ("log_softmax", "CrossEntropyLoss"):
        return  # which changes nothing
    elif loss in (*REGRESSION, *OWN) and last in ENDS and _beyond(rows, last, loss):
        yield Fault("limits", where, CONSPICUOUS, values)


def _single(subject: ModuleSubject) -> bool:
    """Only one output: its softmax is always 1."""
    return subject.output is not None and subject.output.shape[-1] == 1


def the_last(model: nn.Module, rows: Rows) -> str:
    """The activation at the end of a model; "" where nothing is known."""
    try:
        found = inspect(model, rows.first(2).inputs).output
    except InputError:
        return ""
    return found[0] if found else ""


def _beyond(rows: Rows, last: str, loss: str) -> bool:
    """Are there targets that no output can reach?"""
    if loss in OWN:
        return True
    if not isinstance(rows.targets, torch.Tensor):
        return False
    low, high = get(last).range
    targets = rows.targets.double()
    return bool(((targets < low) | (targets > high)).double().mean() > 0)


def _mended(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """Without the activation at the end; with a sigmoid, where the loss wants one."""
    if not without_end(subject.model, subject.rows):
        return None
    if loss_name(subject.training.loss) == "BCELoss":
        subject.model.register_forward_hook(Behind(nn.Sigmoid()))
    return subject


def _normed(subject: ModuleSubject, _: str) -> ModuleSubject:
    subject.model.register_forward_hook(Behind(nn.LogSoftmax(1)))
    return subject


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "twice": _mended,
    "limits": _mended,
    "unnormed": _normed,
}


@torch.no_grad()
def without_end(model: nn.Module, rows: Rows) -> bool:
    """The activation at the end goes: as a module, or undone where that is a function."""
    last = the_last(model, rows)
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
    output = the_output(rows.first(2).answer(probe))
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
