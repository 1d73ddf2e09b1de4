"""What a model answers to rows that were changed, and what its pass may do on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map

from nonlin.torch.diagnosing.judge import the_output
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.example import the_example

NEAR = 1e-4  # of the spread of outputs: equal
DATA = torch.Tensor.data.__get__  # type: ignore[attr-defined] # a descriptor


def probed_answer(model: nn.Module, rows: Rows, mode: Any = None) -> torch.Tensor | None:
    """None where the model fails."""
    try:
        with mode or nullcontext():
            found = the_output(rows.answer(model))
        return found.detach()
    except Exception:  # a model need not take every probe
        return None


def is_same(
    model: nn.Module,
    rows: Rows,
    whole: torch.Tensor,
    change: Callable[[torch.Tensor], torch.Tensor],
) -> bool:
    """Is the answer the same with another sequence?"""
    first, *others = the_example(rows.inputs).tensors
    if others or first.ndim < 2 or first.shape[1] < 3:
        return False
    changed = change(first)
    if torch.equal(changed, first):
        return False
    inputs = tree_map(lambda each: changed if each is first else each, rows.inputs)
    given = Rows(inputs, rows.targets, rows.count, rows.batch)
    found = probed_answer(model, given)
    return found is not None and found.shape == whole.shape and is_near(found, whole, whole)


def is_near(one: torch.Tensor, other: torch.Tensor, whole: torch.Tensor) -> bool:
    """Are two answers equal, beside how far all of them are apart?"""
    size = float(whole.double().std()) if whole.numel() > 1 else 0.0
    size = size or float(whole.double().abs().mean())
    return float((one.double() - other.double()).abs().max()) <= NEAR * size


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


class SoftmaxOverLast(TorchFunctionMode):
    """Softmax over rows goes over the last dimension instead."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = dict(kwargs or {})
        if getattr(func, "__name__", "") in ("softmax", "log_softmax") and args[0].ndim > 1:
            over_rows = given.get("dim", args[1] if len(args) > 1 else None) == 0
            if over_rows:
                return func(args[0], **{**given, "dim": -1})
        return func(*args, **given)


class Around:
    """Hooks around a model in which a mode is on."""

    def __init__(self, make: Callable[[], TorchFunctionMode]) -> None:
        self.make = make
        self.modes: list[TorchFunctionMode] = []

    def begin(self, *_: Any) -> None:
        """Before its pass."""
        self.modes.append(self.make())
        self.modes[-1].__enter__()

    def end(self, *_: Any) -> None:
        """Behind it, also where it failed."""
        self.modes.pop().__exit__(None, None, None)


def around(model: nn.Module, make: Callable[[], TorchFunctionMode]) -> None:
    """Put a mode around every pass of a model."""
    hooks = Around(make)
    model.register_forward_pre_hook(hooks.begin)
    model.register_forward_hook(hooks.end, always_call=True)
