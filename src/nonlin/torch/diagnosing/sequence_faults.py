"""Faults of models that read sequences, or cut their own gradients: what an output depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map

from nonlin.layers.subject import CONSPICUOUS, UNUSUAL, Fault
from nonlin.torch.diagnosing.judge import the_output
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.example import the_example

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

PROBED = 4  # rows
NEAR = 1e-4  # of the spread of outputs: equal
SIZE = 0.3  # standard deviation of positions that are added
DATA = torch.Tensor.data.__get__
HIDDEN = -1e4  # added to a logit of attention: masked
ATTENTION = (nn.TransformerEncoder, nn.TransformerEncoderLayer, nn.MultiheadAttention)


def faults_of_sequences(subject: ModuleSubject) -> Iterator[Fault]:
    """The gravest first; each is seen by what an output does not, or must not, depend on."""
    model = subject.copies()[0].eval()
    rows = subject.rows.first(PROBED)
    cuts = Cuts()
    with torch.enable_grad():
        whole = _answered(model, rows, cuts)
    if whole is None or not bool(whole.isfinite().all()):
        return
    if cuts.seen:
        yield Fault("detached", (), UNUSUAL)
    if not _apart(model, rows, whole):
        yield Fault("axis", (), CONSPICUOUS)
    if bool((whole == whole[:1]).all()):
        return  # it depends on nothing
    kinds = [type(each) for each in model.modules()]
    recurrent = any(issubclass(kind, nn.RNNBase) for kind in kinds)
    attending = any(issubclass(kind, ATTENTION) for kind in kinds)
    if recurrent and _same(model, rows, whole, _later_ones):
        yield Fault("step", (), CONSPICUOUS)
    if attending:
        if _sees_itself(model, rows):
            yield Fault("mask", (), CONSPICUOUS)
        if _same(model, rows, whole, _turned):
            yield Fault("positions", (), CONSPICUOUS)


def _answered(model: nn.Module, rows: Rows, mode: Any = None) -> torch.Tensor | None:
    try:
        with mode or nullcontext():
            found = the_output(rows.answer(model))
        return found.detach()
    except Exception:  # a model need not take every probe
        return None


def _apart(model: nn.Module, rows: Rows, whole: torch.Tensor) -> bool:
    """Is the answer to a row the same without the others?"""
    for place in range(len(whole) if len(whole) == rows.count else 0):
        alone = _answered(model, rows.part(torch.tensor([place])))
        if alone is None or alone.shape != whole[:1].shape:
            continue
        if not _near(alone[0], whole[place], whole):
            return False
    return True


def _same(
    model: nn.Module,
    rows: Rows,
    whole: torch.Tensor,
    change: Callable[[torch.Tensor], torch.Tensor],
) -> bool:
    """Is the answer the same with another sequence?"""
    first = the_example(rows.inputs).tensors[0]
    single = len(the_example(rows.inputs).tensors) == 1
    if not single or first.ndim < 2 or first.shape[1] < 3:
        return False
    changed = change(first)
    if torch.equal(changed, first):
        return False
    inputs = tree_map(lambda each: changed if each is first else each, rows.inputs)
    given = Rows(inputs, rows.targets, rows.count, rows.batch)
    found = _answered(model, given)
    return found is not None and found.shape == whole.shape and _near(found, whole, whole)


def _near(one: torch.Tensor, other: torch.Tensor, whole: torch.Tensor) -> bool:
    size = float(whole.double().std()) if whole.numel() > 1 else 0.0
    size = size or float(whole.double().abs().mean())
    return float((one.double() - other.double()).abs().max()) <= NEAR * size


def _later_ones(inputs: torch.Tensor) -> torch.Tensor:
    """All steps but the first come from the next row."""
    return torch.cat([inputs[:, :1], inputs.roll(1, 0)[:, 1:]], dim=1)


def _turned(inputs: torch.Tensor) -> torch.Tensor:
    """The steps in another order; of images the columns, too, so that no tile stays."""
    order = torch.randperm(inputs.shape[1], generator=torch.Generator().manual_seed(0))
    return inputs[:, order]


def _sees_itself(model: nn.Module, rows: Rows) -> bool:
    """Does a mask leave each place of a sequence a single place to look at?"""
    seen: list[float] = []

    def note(module: nn.Module, args: Any, kwargs: Any) -> None:
        mask = kwargs.get("attn_mask", args[5] if len(args) > 5 else None)
        if isinstance(mask, torch.Tensor) and mask.ndim >= 2 and mask.shape[-1] > 2:
            hidden = mask if mask.dtype == torch.bool else mask < HIDDEN
            seen.append(float((~hidden).sum(-1).double().median()))

    handles = [
        each.register_forward_pre_hook(note, with_kwargs=True)
        for each in model.modules()
        if isinstance(each, nn.MultiheadAttention)
    ]
    _answered(model, rows)
    for each in handles:
        each.remove()
    return bool(seen) and min(seen) <= 1


class Cuts(TorchFunctionMode):
    """Notes where a gradient is cut off by detach(), .data or no_grad(), or goes on through it."""

    def __init__(self, through: bool = False) -> None:
        super().__init__()
        self.through = through
        self.seen = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch._C._set_grad_enabled:
            cut = torch.is_grad_enabled() and not args[0]
        else:
            cut = func == DATA or func is torch.Tensor.detach
            cut = cut and args[0].requires_grad and args[0].grad_fn is not None
        self.seen += cut
        if cut and self.through:
            return None if func is torch._C._set_grad_enabled else args[0]
        return func(*args, **(kwargs or {}))


class Through:
    """Hooks around a model in which nothing cuts a gradient off."""

    def __init__(self) -> None:
        self.modes: list[Cuts] = []

    def begin(self, *_: Any) -> None:
        """Before its pass."""
        self.modes.append(Cuts(through=True))
        self.modes[-1].__enter__()

    def end(self, *_: Any) -> None:
        """Behind it, also where it failed."""
        self.modes.pop().__exit__(None, None, None)


def _attached(subject: ModuleSubject, _: str) -> ModuleSubject:
    through = Through()
    subject.model.register_forward_pre_hook(through.begin)
    subject.model.register_forward_hook(through.end, always_call=True)
    return subject


def _along_rows(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """Rows first in recurrent layers and attention; softmax over the last dimension."""
    changed = 0
    for each in subject.model.modules():
        if getattr(each, "batch_first", True) is False:
            each.batch_first = True  # type: ignore[assignment] # as its constructor sets it
            changed += 1
        if isinstance(each, nn.Softmax | nn.LogSoftmax) and each.dim == 0:
            each.dim = -1
            changed += 1
    return subject if changed else None


def _last_first(module: nn.Module, given: Any, output: Any) -> Any:
    """Of a recurrent layer: the last step where the first one is looked for."""
    states, last = output
    if not isinstance(states, torch.Tensor):
        return output
    return states.flip(1 if getattr(module, "batch_first", False) else 0), last


def _last_step(subject: ModuleSubject, _: str) -> ModuleSubject:
    last = [each for each in subject.model.modules() if isinstance(each, nn.RNNBase)][-1]
    last.register_forward_hook(_last_first)
    return subject


def _unmasked(module: nn.Module, args: Any, kwargs: Any) -> Any:
    kept = tuple(None if place == 5 else each for place, each in enumerate(args))
    return kept, {**kwargs, **({} if len(args) > 5 else {"attn_mask": None}), "is_causal": False}


def _without_mask(subject: ModuleSubject, _: str) -> ModuleSubject:
    for each in subject.model.modules():
        if isinstance(each, nn.MultiheadAttention):
            each.register_forward_pre_hook(_unmasked, with_kwargs=True)
    return subject


def _placed(module: Any, args: Any) -> Any:
    return (args[0] + module.added_positions, *args[1:])


def _positions(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """Learned positions are added to what the first attending layer gets."""
    first = next(each for each in subject.model.modules() if isinstance(each, ATTENTION))
    shapes: list[Any] = []
    handle = first.register_forward_pre_hook(lambda _, args: shapes.append(args[0].shape[1:]))
    _answered(subject.model, subject.rows.first(2))
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
    "mask": _without_mask,
    "positions": _positions,
}
