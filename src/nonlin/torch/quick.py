"""The shortest way for one plain tensor to an element-wise kernel and back: few calls, no more.

At 4,096 elements a kernel takes half a microsecond, and every look-up in Python a twentieth. So
there is an autograd.Function for each kernel, which finds what it needs in its closure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from nonlin.kernels import LONG
from nonlin.torch.eager import backward
from nonlin.torch.tensors import NAMES, PLAIN, Tensor, apply_of, place_of, undisturbed

Quick = Callable[[Any], Tensor | None]
Run = Callable[[Tensor], Tensor]
_TENSOR = torch.Tensor
_new, _wanted = torch.empty_like, torch.is_grad_enabled


def quick(kernels: Any) -> Quick:
    """A function that gives None where it does not know what to do with a tensor."""
    ready: dict[torch.dtype, tuple[Any, int, Any, Run]] = {}

    def run(x: Any) -> Tensor | None:
        if type(x) not in PLAIN or x.layout is not torch.strided or not x.is_cpu:
            return None
        found = ready.get(x.dtype)
        if found is None:
            if x.dtype not in NAMES:
                return None
            kernels.prepare(x.dtype)
            call = kernels.forth[x.dtype]
            call = call.function, call.parameters, call.run
            found = ready[x.dtype] = *call, _with_gradient(kernels, x.dtype)
        count = x.numel()
        try:
            place = x.data_ptr()
        except RuntimeError:  # a batch that is no tensor itself
            return None
        if not (place and x.is_contiguous() and undisturbed()):
            return None
        if x.is_neg():
            return None
        function, parameters, shared, with_gradient = found
        if x.requires_grad and _wanted():
            return with_gradient(x)
        y = _new(x)
        if count < LONG:
            function(place, y.data_ptr(), count, parameters)
        else:
            shared((place, y.data_ptr()), count)
        return y

    return run


def _with_gradient(kernels: Any, dtype: torch.dtype) -> Run:
    """The same under autograd."""
    forth, back = kernels.forth[dtype].run, kernels.back[dtype].run
    keeps_output = kernels.keeps_output

    class _Quick(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            y = _new(x)
            given, made = x.data_ptr(), y.data_ptr()
            forth((given, made), x.numel())
            if keeps_output:
                ctx.save_for_backward(y)
                ctx.place = made
            else:
                ctx.save_for_backward(x)
                ctx.place = given
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            (grad,) = grads  # of the shape, the dtype and the device of f(x): the engine sees to it
            (saved,) = ctx.saved_tensors
            if (
                type(grad) is _TENSOR
                and not torch.compiler.is_compiling()
                and grad.layout is torch.strided
                and grad.is_contiguous()
                and not _wanted()
                and undisturbed()
                and place_of(saved) == ctx.place  # no hook has exchanged it
                and saved.dtype is dtype
                and saved.is_contiguous()
                and saved.numel() == grad.numel()
                and not grad.is_neg()
            ):
                arrived = place_of(grad)
                if arrived:
                    out = _new(grad)
                    back((arrived, ctx.place, out.data_ptr()), grad.numel())
                    return out
            return backward(kernels, grad, (saved,), (True,))[0]

    found: Run = apply_of(_Quick)  # `undisturbed` has made sure that no transform is active
    return found
