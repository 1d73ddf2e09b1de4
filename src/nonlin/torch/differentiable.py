"""Parts under autograd: every order, backward and forward, vmap, and whatever compilers trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch

from nonlin.torch.tensors import Tensor


class Differentiable(Protocol):
    """A function of tensors that knows its derivatives, as functions that know theirs."""

    def value(self, *inputs: Tensor) -> Tensor:
        """Without derivatives; never one of the tensors that were given."""

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By each of the tensors, where it is needed."""

    def change(self, inputs: Sequence[Tensor], dots: Sequence[Tensor | None]) -> Tensor:
        """Of the value, as the tensors change."""


def apply(part: Differentiable, *inputs: Tensor) -> Tensor:
    """The value, with its derivatives."""
    found: Tensor = _Function.apply(part, *inputs)
    return found


class _Function(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(part: Differentiable, *inputs: Tensor) -> Tensor:
        return part.value(*inputs)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.part, *tensors = inputs
        ctx.save_for_backward(*tensors)
        ctx.save_for_forward(*tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        _, *needed = ctx.needs_input_grad
        return None, *ctx.part.gradients(grads[0], needed, ctx.saved_tensors)

    @staticmethod
    def jvp(ctx: Any, *dots: Any) -> Any:
        return ctx.part.change(ctx.saved_tensors, dots[1:])
