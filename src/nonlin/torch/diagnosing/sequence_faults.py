"""Faults of models that read sequences, or cut their own gradients: what an output depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from nonlin.layers.subject import CONSPICUOUS, UNUSUAL, Fault
from nonlin.torch.diagnosing.mask_faults import faults_of_masks, without_mask
from nonlin.torch.diagnosing.probes import (
    Cuts,
    SoftmaxOverLast,
    around,
    is_near,
    is_same,
    probed_answer,
)
from nonlin.torch.diagnosing.rows import Rows

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

PROBED = 4  # rows
SIZE = 0.3  # standard deviation of positions that are added
ATTENTION = (nn.TransformerEncoder, nn.TransformerEncoderLayer, nn.MultiheadAttention)


def faults_of_sequences(subject: ModuleSubject) -> Iterator[Fault]:
    """The gravest first; each is seen by what an output does not, or must not, depend on."""
    model = subject.copies()[0].eval()
    rows = subject.rows.first(PROBED)
    cuts = Cuts()
    with torch.enable_grad():
        whole = probed_answer(model, rows, cuts)
    if whole is None:
        return
    kinds = [type(each) for each in model.modules()]
    attending = any(issubclass(kind, ATTENTION) for kind in kinds)
    if attending:
        yield from faults_of_masks(model, rows, whole)
    if not bool(whole.isfinite().all()):
        return
    if cuts.seen:
        yield Fault("detached", (), UNUSUAL)
    if not _apart(model, rows, whole):
        yield Fault("axis", (), CONSPICUOUS)
    if bool((whole == whole[:1]).all()):
        return  # it depends on nothing
    recurrent = any(issubclass(kind, nn.RNNBase) for kind in kinds)
    if recurrent and is_same(model, rows, whole, _last_one):
        yield Fault("step", (), CONSPICUOUS)
    if attending and is_same(model, rows, whole, _turned):
        yield Fault("positions", (), CONSPICUOUS)


def _apart(model: nn.Module, rows: Rows, whole: torch.Tensor) -> bool:
    """Is the answer to a row the same without the others?"""
    for place in range(len(whole) if len(whole) == rows.count else 0):
        alone = probed_answer(model, rows.part(torch.tensor([place])))
        if alone is None or alone.shape != whole[:1].shape:
            continue
        if not is_near(alone[0], whole[place], whole):
            return False
    return True


def _last_one(inputs: torch.Tensor) -> torch.Tensor:
    """The last step comes from the next row."""
    return torch.cat([inputs[:, :-1], inputs.roll(1, 0)[:, -1:]], dim=1)


def _turned(inputs: torch.Tensor) -> torch.Tensor:
    """The steps in another order; of images the columns, too, so that no tile stays."""
    order = torch.randperm(inputs.shape[1], generator=torch.Generator().manual_seed(0))
    return inputs[:, order]


def _attached(subject: ModuleSubject, _: str) -> ModuleSubject:
    around(subject.model, partial(Cuts, through=True))
    return subject


def _along_rows(subject: ModuleSubject, _: str) -> ModuleSubject:
    """Rows first in recurrent layers and attention; softmax over the last dimension."""
    changed = 0
    for each in subject.model.modules():
        if getattr(each, "batch_first", True) is False:
            each.batch_first = True  # type: ignore[assignment] # as its constructor sets it
            changed += 1
        if isinstance(each, nn.Softmax | nn.LogSoftmax) and each.dim == 0:
            each.dim = -1
            changed += 1
    if not changed:
        around(subject.model, SoftmaxOverLast)
    return subject


def _last_first(module: nn.Module, given: Any, output: Any) -> Any:
    """Of a recurrent layer: the last step wherever another one is read."""
    states, last = output
    if not isinstance(states, torch.Tensor):
        return output
    axis = 1 if getattr(module, "batch_first", False) and states.ndim > 2 else 0
    final = states.select(axis, states.shape[axis] - 1).unsqueeze(axis)
    return final.expand_as(states), last


def _last_step(subject: ModuleSubject, _: str) -> ModuleSubject:
    last = [each for each in subject.model.modules() if isinstance(each, nn.RNNBase)][-1]
    last.register_forward_hook(_last_first)
    return subject


def _placed(module: Any, args: Any) -> Any:
    return (args[0] + module.added_positions, *args[1:])


def _positions(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """Learned positions are added to what the first attending layer gets."""
    first = next(each for each in subject.model.modules() if isinstance(each, ATTENTION))
    shapes: list[Any] = []
    handle = first.register_forward_pre_hook(lambda _, args: shapes.append(args[0].shape[1:]))
    probed_answer(subject.model, subject.rows.first(2))
    handle.remove()
    if not shapes or isinstance(first, nn.MultiheadAttention):
        return None
    device = next(subject.model.parameters()).device
    first.added_positions = nn.Parameter(SIZE * torch.randn(shapes[0], device=device))
    first.register_forward_pre_hook(_placed)
    optimizer = subject.training.optimizer
    options = {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}
    optimizer.add_param_group({**options, "params": [first.added_positions]})
    return subject


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "detached": _attached,
    "axis": _along_rows,
    "step": _last_step,
    "mask": without_mask,
    "positions": _positions,
}
