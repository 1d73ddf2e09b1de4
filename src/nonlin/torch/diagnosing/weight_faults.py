"""Weights that are not trained, or by an optimizer that is not the usual one for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_flatten

from nonlin._text import listed
from nonlin.layers.subject import CONSPICUOUS, UNUSUAL, USUAL, Fault
from nonlin.torch.diagnosing.judge import judging
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.sequence_faults import ATTENTION
from nonlin.torch.reading.example import parameters

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

NAMED = 6  # weights that a sentence names
RATES = (1e-3, 1e-2)  # of Adam
SLOW = (nn.RNNBase, nn.RNNCellBase, *ATTENTION)  # with one learning rate for all weights


def faults_of_weights(subject: ModuleSubject) -> Iterator[Fault]:
    """The gravest first."""
    held = _held_by(subject.training.optimizer)
    weights = [each for each in subject.model.parameters() if each.ndim > 1]
    missing = [each for each in weights if each.requires_grad and id(each) not in held]
    frozen = [each for each in weights if not each.requires_grad]
    model, optimizer = subject.copies()
    copied = _held_by(optimizer)
    unknown = [each for each in _unknown(model, subject.rows) if id(each) not in copied]
    if unknown:
        shapes = listed([str(tuple(each.shape)) for each in unknown], NAMED)
        yield Fault("unregistered", (), CONSPICUOUS, (("shapes", shapes),))
    if missing:
        yield _of_weights("forgotten", missing, subject, CONSPICUOUS)
    if frozen:
        yield _of_weights("frozen", frozen, subject, UNUSUAL)
    slow = any(isinstance(each, SLOW) for each in subject.model.modules())
    if slow and type(subject.training.optimizer) is torch.optim.SGD:
        for rate in RATES:
            yield Fault("optimizer", (), USUAL, (("rate", f"{rate:g}"),), f"{rate:g}")


def _held_by(optimizer: torch.optim.Optimizer) -> set[int]:
    """The ids of the parameters that it trains."""
    return {id(each) for group in optimizer.param_groups for each in group["params"]}


def _of_weights(
    fault: str, weights: Sequence[nn.Parameter], subject: ModuleSubject, level: int
) -> Fault:
    """By their layers; those of recurrent layers and embeddings by their names."""
    known, these = parameters(subject.model), {id(each) for each in weights}
    places = enumerate((known[each.place.parameter] for each in subject.found), start=1)
    layers = tuple(number for number, each in places if id(each) in these)
    names = [name for name, each in subject.model.named_parameters() if id(each) in these]
    values = () if layers else (("where", listed(names, NAMED)),)
    return Fault(fault, layers, level, values)


class UsedParameters(TorchFunctionMode):
    """Notes every parameter that a pass works with."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, nn.Parameter] = {}

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        for each in tree_flatten((args, kwargs))[0]:
            if isinstance(each, nn.Parameter):
                self.seen[id(each)] = each
        return func(*args, **(kwargs or {}))


def _unknown(model: nn.Module, rows: Rows) -> list[nn.Parameter]:
    """Parameters that a model works with and does not have: of modules in a list of Python."""
    mode = UsedParameters()
    try:
        with judging(model), mode:
            rows.first(2).answer(model)
    except Exception:  # told elsewhere
        return []
    own = {id(each) for each in model.parameters()}
    return [each for key, each in mode.seen.items() if key not in own and each.requires_grad]


def trained(subject: ModuleSubject, _: str = "") -> ModuleSubject:
    """All parameters, by the optimizer as it is; the subject is a copy."""
    for each in subject.model.parameters():
        each.requires_grad_(True)
    weights = [*subject.model.parameters(), *_unknown(subject.model, subject.rows)]
    _add(subject.training.optimizer, weights)
    return subject


def _add(optimizer: torch.optim.Optimizer, weights: Sequence[nn.Parameter]) -> None:
    known = _held_by(optimizer)
    new = [each for each in weights if id(each) not in known]
    if new:
        first = optimizer.param_groups[0]
        options = {name: value for name, value in first.items() if name != "params"}
        optimizer.add_param_group({**options, "params": new})


def _adaptive(subject: ModuleSubject, rate: str) -> ModuleSubject:
    groups = [{"params": each["params"]} for each in subject.training.optimizer.param_groups]
    made = torch.optim.Adam(groups, float(rate))
    return subject.training_by(optimizer=made)


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "frozen": trained,
    "forgotten": trained,
    "unregistered": trained,
    "optimizer": _adaptive,
}
