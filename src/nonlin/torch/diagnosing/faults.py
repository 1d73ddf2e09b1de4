"""Faults that a PyTorch model can have and a `Network` cannot, and how they are put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch import nn

from nonlin._text import percent
from nonlin.layers.subject import CONSPICUOUS, UNUSUAL, Fault
from nonlin.torch.diagnosing import (
    drawn_faults,
    loss_faults,
    output_faults,
    row_faults,
    sequence_faults,
    state_faults,
    weight_faults,
)
from nonlin.torch.diagnosing.found_layers import CONVOLUTIONS, NORMS

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

STRONG, MUCH, USUAL = 0.55, 0.75, 0.1  # shares of numbers that dropout takes away
STALE, MOVING = 1e-3, 0.1  # momentum of running statistics
DEEP = 8  # layers
DROPOUT = nn.modules.dropout._DropoutNd


def faults(subject: ModuleSubject) -> Iterator[Fault]:
    """All that it may have, the gravest first."""
    yield from row_faults.faults_of_rows(subject)
    yield from output_faults.faults_of_output(subject)
    yield from loss_faults.faults_of_loss(subject)
    yield from weight_faults.faults_of_weights(subject)
    yield from drawn_faults.faults_of_weights_drawn(subject)
    yield from _of_depth(subject)
    yield from _of_modules(subject.model)
    yield from state_faults.faults_of_states(subject)
    yield from sequence_faults.faults_of_sequences(subject)


def _of_depth(subject: ModuleSubject) -> Iterator[Fault]:
    """Many layers in a row that could have shortcuts, and none has one."""
    numbers = tuple(n for n, _ in _without_shortcut(subject))
    if len(numbers) >= DEEP and not any(each.residual for each in subject.found):
        yield Fault("shortcuts", numbers, UNUSUAL, (("depth", str(len(numbers))),))


def _without_shortcut(subject: ModuleSubject) -> Iterator[tuple[int, nn.Module]]:
    """Modules of hidden layers that give as many numbers as they get, with their layers."""
    known = dict(subject.model.named_modules())
    for number, each in enumerate(subject.found[:-1], start=1):
        module = known.get(each.place.parameter.removesuffix(".weight"))
        if module is None or _plus_input in module._forward_hooks.values():
            continue  # it has one by now
        if _keeps_size(module):
            yield number, module


def _keeps_size(module: nn.Module) -> bool:
    if isinstance(module, nn.Linear):
        return module.in_features == module.out_features
    return isinstance(module, CONVOLUTIONS) and module.in_channels == module.out_channels


def _of_modules(model: nn.Module) -> Iterator[Fault]:
    """Norms and dropout."""
    norms = [each for each in model.modules() if isinstance(each, NORMS)]
    if any(not each.training for each in norms):
        yield Fault("mode", (), CONSPICUOUS)
    if any(_is_stale(each) for each in norms):
        yield Fault("stale_norm", (), CONSPICUOUS)
    share = max((each.p for each in model.modules() if isinstance(each, DROPOUT)), default=0.0)
    if share > STRONG:
        level = CONSPICUOUS if share > MUCH else UNUSUAL
        values = (("share", percent(share)), ("usual", percent(USUAL)))
        yield Fault("dropout", (), level, values)


def _is_stale(norm: Any) -> bool:
    """Do its running statistics hardly move? Without a momentum they are means of all."""
    return norm.track_running_stats and norm.momentum is not None and norm.momentum < STALE


def mended(subject: ModuleSubject, fault: str, way: str) -> ModuleSubject | None:
    """The subject is a copy and is changed; None if that cannot be done."""
    found: ModuleSubject | None = MENDS[fault](subject, way)
    return found


def _plus_input(module: nn.Module, given: Any, output: Any) -> Any:
    return output + given[0] if output.shape == given[0].shape else output


def _shortcuts(subject: ModuleSubject, _: str) -> ModuleSubject:
    for _number, module in _without_shortcut(subject):
        module.register_forward_hook(_plus_input)
    return subject


def _train(subject: ModuleSubject, _: str) -> ModuleSubject:
    subject.model.train()
    return subject


def _moving(subject: ModuleSubject, _: str) -> ModuleSubject:
    for each in subject.model.modules():
        if isinstance(each, NORMS) and _is_stale(each):
            each.momentum = MOVING
    return subject


def _less_dropout(subject: ModuleSubject, _: str) -> ModuleSubject:
    for each in subject.model.modules():
        if isinstance(each, DROPOUT) and each.p > STRONG:
            each.p = USUAL
        if isinstance(each, nn.MultiheadAttention | nn.RNNBase) and each.dropout > STRONG:
            each.dropout = USUAL
    return subject


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "shortcuts": _shortcuts,
    "mode": _train,
    "stale_norm": _moving,
    "dropout": _less_dropout,
    **weight_faults.MENDS,
    **drawn_faults.MENDS,
    **row_faults.MENDS,
    **output_faults.MENDS,
    **loss_faults.MENDS,
    **sequence_faults.MENDS,
    **state_faults.MENDS,
}
