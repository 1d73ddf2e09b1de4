"""Functions of rows, rows last, as parts: exact to the second order; see `parts`."""

from __future__ import annotations

from collections.abc import Sequence

from nonlin.any_library.derivatives import row_graph
from nonlin.expr.nodes import Expr
from nonlin.torch.differentiable import apply
from nonlin.torch.parts import Run
from nonlin.torch.tensors import Tensor


class RowPart:
    """f of every row of x; more tensors, such as noise, have no gradient here.

    rule: the gradient by x, in `grad` and y = f(x), where it is better than the derived one.
    """

    def __init__(
        self, formula: Expr, names: tuple[str, ...], rule: Expr | None = None, style: str = "eager"
    ) -> None:
        self.formula, self.names, self.rule, self.style = formula, names, rule, style
        self._ready: dict[str, Run] = {}

    def _run(self, which: str) -> Run:
        if which not in self._ready:
            root, more = row_graph(self.formula, which, self.rule)
            self._ready[which] = Run([root], (*self.names, *more), self.style)
        return self._ready[which]

    def compute(self, which: str, inputs: Sequence[Tensor], *more: Tensor) -> Tensor:
        """value, backward (takes grad), forward (dot), twice or turned (both); dtype of x."""
        (found,) = self._run(which)(*inputs, *more)
        return found.to(inputs[0].dtype)

    def value(self, *inputs: Tensor) -> Tensor:
        """Without derivatives."""
        return self.compute("value", inputs)

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By x alone."""
        rest: list[Tensor | None] = [None] * (len(inputs) - 1)
        return [apply(_RowGradient(self), grad, *inputs) if needed[0] else None, *rest]

    def change(self, inputs: Sequence[Tensor], dots: Sequence[Tensor | None]) -> Tensor:
        """Of the value, as x changes."""
        assert dots[0] is not None  # noqa: S101 - nothing else may change
        return self.compute("forward", inputs, dots[0])


class _RowGradient:
    """The gradient by x, as a function of the gradient that arrives, and of x."""

    def __init__(self, part: RowPart) -> None:
        self.part = part

    def value(self, *inputs: Tensor) -> Tensor:
        """Without derivatives."""
        return self.part.compute("backward", inputs[1:], inputs[0])

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By the gradient that arrived and by x."""
        arrived, *given = inputs
        by_grad = self.part.compute("forward", given, grad).to(arrived.dtype) if needed[0] else None
        by_x = self.part.compute("twice", given, arrived, grad) if needed[1] else None
        rest: list[Tensor | None] = [None] * (len(given) - 1)
        return [by_grad, by_x, *rest]

    def change(self, inputs: Sequence[Tensor], dots: Sequence[Tensor | None]) -> Tensor:
        """Of the gradient, as both change."""
        arrived, *given = inputs
        total = None
        if dots[0] is not None:
            total = self.part.compute("backward", given, dots[0])
        if dots[1] is not None:
            turned = self.part.compute("turned", given, arrived, dots[1])
            total = turned if total is None else total + turned
        assert total is not None  # noqa: S101 - something changes
        return total
