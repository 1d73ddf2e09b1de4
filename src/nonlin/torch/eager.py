"""Plain tensors in eager mode: compiled kernels, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch

from nonlin.torch.differentiable import Differentiable
from nonlin.torch.tensors import Tensor, not_traced, undisturbed


class Kernels(Protocol):
    """What a function is on plain tensors."""

    part: Differentiable  # the same function, with all its derivatives
    keeps_output: bool  # has it a gradient in f(x)?
    keeps_input: bool  # for further derivatives, also where it has one?
    in_graph: Any  # the gradients for compilers, once they have asked

    def takes(self, x: Tensor) -> bool:
        """Is it memory that the kernels read?"""

    def value(self, *inputs: Tensor) -> Tensor:
        """f of the tensors."""

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By each of the tensors, where it is needed."""

    def from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """By the only tensor, from f(x)."""

    def further_from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """The same with all derivatives, on any tensors."""


def evaluate(kernels: Kernels, *inputs: Tensor) -> Tensor:
    """f of plain tensors, with its derivatives where they are wanted."""
    if torch.is_grad_enabled() and any(each.requires_grad for each in inputs):
        found: Tensor = _Kernel.apply(kernels, *inputs)
        return found
    return kernels.value(*inputs)


class _Kernel(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, kernels: Kernels, *inputs: Tensor) -> Tensor:
        y = kernels.value(*inputs)
        ctx.kernels = kernels
        outputs = (y,) if kernels.keeps_output else ()
        ctx.save_for_backward(*outputs, *(inputs if kernels.keeps_input else ()))
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        _, *needed = ctx.needs_input_grad
        return None, *backward(ctx.kernels, grads[0], ctx.saved_tensors, needed)


def backward(
    kernels: Kernels, grad: Tensor, saved: Sequence[Tensor], needed: Sequence[bool]
) -> Sequence[Tensor | None]:
    """The gradients, from what the forward pass has saved: f(x), if it is kept, then the inputs."""
    if torch.compiler.is_compiling():  # compiled autograd looks at what ran eagerly before
        _allow(kernels)
        found: list[Tensor] = kernels.in_graph(grad, *saved)
        return [each if needs else None for each, needs in zip(found, needed, strict=True)]
    return _backward(kernels, grad, saved, needed)


@not_traced
def _allow(kernels: Kernels) -> bool:
    """What compilers put into their graph as it is."""
    if not hasattr(kernels, "in_graph"):

        def in_graph(grad: Tensor, *saved: Tensor) -> list[Tensor]:
            count = len(saved) - (kernels.keeps_output and kernels.keeps_input)
            found = _backward(kernels, grad, saved, [True] * count)
            return [grad if each is None else each for each in found]  # noise: nobody reads it

        kernels.in_graph = torch.compiler.allow_in_graph(in_graph)
    return True


def _backward(
    kernels: Kernels, grad: Tensor, saved: Sequence[Tensor], needed: Sequence[bool]
) -> Sequence[Tensor | None]:
    quick = (
        not torch.is_grad_enabled() and undisturbed() and all(map(kernels.takes, (grad, *saved)))
    )
    if kernels.keeps_output and (quick or not kernels.keeps_input):
        back = kernels.from_output if quick else kernels.further_from_output
        return [back(grad, saved[0])]
    given = saved[1:] if kernels.keeps_output else saved
    how = kernels if quick else kernels.part
    return how.gradients(grad, needed, given)
