"""The shortest way for one plain tensor to an element-wise kernel and back: few calls, no more.

At 4,096 elements a kernel takes half a microsecond, and every look-up in Python a twentieth. So
there is an autograd.Function for each kernel, which finds what it needs in its closure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from nonlin.kernels.arrays import SPLIT_FROM
from nonlin.torch.eager import backward
from nonlin.torch.tensors import NAMES, PLAIN, Tensor, place_of, undisturbed

Quick = Callable[[Any], Tensor | None]
Run = Callable[[Tensor], Tensor]
_TENSOR = torch.Tensor
_new, _wanted = torch.empty_like, torch.is_grad_enabled
# what Function.apply does where no transform is active, which `undisturbed` has made sure of
_apply: Any = torch._C._FunctionBase.__dict__["apply"]


def quick(kernels: Any) -> Quick:
    """A function that gives None where it does not know what to do with a tensor."""
    runs: dict[torch.dtype, tuple[Run, Run]] = {}

    def run(x: Any) -> Tensor | None:
        if type(x) not in PLAIN or x.layout is not torch.strided or not x.is_cpu:
            return None
        found = runs.get(x.dtype)
        if found is None:
            if x.dtype not in NAMES:
                return None
            kernels.prepare(x.dtype)
            found = runs[x.dtype] = _runs(kernels, x.dtype)
        in_line = x.is_contiguous() and not x.is_neg() and place_of(x)
        if not in_line or x.numel() >= SPLIT_FROM or not undisturbed():
            return None
        return found[x.requires_grad and _wanted()](x)

    return run


def _runs(kernels: Any, dtype: torch.dtype) -> tuple[Run, Run]:
    """Without a gradient, and with one."""
    forth, forth_parameters = kernels.forth[dtype]
    back, back_parameters = kernels.back[dtype]
    keeps_output = kernels.keeps_output

    def value(x: Tensor) -> Tensor:
        y = _new(x)
        forth(x.data_ptr(), y.data_ptr(), x.numel(), forth_parameters)
        return y

    class _Quick(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = _new(x)
            forth(x.data_ptr(), y.data_ptr(), x.numel(), forth_parameters)
            ctx.save_for_backward(y if keeps_output else x)
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            (grad,) = grads  # of the dtype and on the device of f(x): the engine sees to it
            (saved,) = ctx.saved_tensors
            if (
                type(grad) is _TENSOR
                and grad.layout is torch.strided
                and grad.is_contiguous()
                and type(saved) in PLAIN
                and saved.is_cpu
                and saved.dtype is dtype
                and saved.is_contiguous()
                and saved.numel() == grad.numel()
                and not _wanted()
                and undisturbed()
            ):
                place, kept = place_of(grad), place_of(saved)
                if place and kept and not grad.is_neg():
                    out = _new(saved)
                    back(place, kept, out.data_ptr(), saved.numel(), back_parameters)
                    return out
            return backward(kernels, grad, (saved,), (True,))[0]

    return value, _apply.__get__(None, _Quick)
