"""Gradients through functions of whole rows, with NumPy: one pass back over the reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from nonlin.emit.numpy import compile_numpy
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Expr, as_float, build, value_of
from nonlin.expr.reductions import Reduction, below_max, numbered
from nonlin.expr.walk import rewrite
from nonlin.kernels.arrays import Array


def pull_back(graph: Expr, grad: Array, inputs: dict[str, Array]) -> Array:
    """The Jacobian by x, transposed, times grad, for float64 arrays with rows last.

    f depends on x_i directly, and on all x_j through the reductions R of its formula. What
    arrives at R goes on to the elements that R depends on, last reduction first.
    """
    with np.errstate(all="ignore"):  # NaN in, NaN out
        return _pull_back(graph, grad, inputs)


def _pull_back(graph: Expr, grad: Array, inputs: dict[str, Array]) -> Array:
    root, reductions = numbered(graph)
    row = _Row(inputs, reductions)
    arrives = {name: row.total(grad * row.slope(root, name)) for name in reductions}
    result = grad * row.slope(root, "x")
    for name, reduction in reversed(reductions.items()):
        onward = arrives[name] * row.weights(name)
        result = result + onward * row.slope(reduction.inside, "x")
        for before in reductions:
            arrives[before] = arrives[before] + row.total(
                onward * row.slope(reduction.inside, before)
            )
    return np.asarray(result)


class _Row:
    """Values of the inputs and of the reductions, each of shape (..., 1) or (..., n)."""

    def __init__(self, inputs: dict[str, Array], reductions: dict[str, Reduction]) -> None:
        self.reductions = reductions
        self.values = dict(inputs)
        for name, reduction in reductions.items():
            primitive, inside, options = reduction
            self.values[name] = self.evaluate(build(primitive, inside, *options))

    def evaluate(self, part: Expr) -> Array:
        """An expression in the inputs and the reductions found so far."""
        known = rewrite(part, lambda node: below_max(node, self.reductions))
        found: Array = compile_numpy(known, *self.values)(*self.values.values())
        return found

    def slope(self, part: Expr, name: str) -> Array | float:
        """The derivative of an expression by a symbol."""
        slope = derivative(part, name)
        number = value_of(slope)
        return self.evaluate(slope) if number is None else as_float(number)

    def total(self, elements: Any) -> Array:
        """Sums over the rows."""
        return np.asarray(np.sum(elements, axis=-1, keepdims=True))

    def weights(self, name: str) -> Array:
        """The derivative of a reduction by each of the elements it reduces."""
        primitive, inside, options = self.reductions[name]
        elements = self.evaluate(inside)
        if primitive in ("row_sum", "row_first"):
            return np.full_like(elements, float(primitive == "row_sum"))
        if primitive == "row_max":
            places = np.arange(elements.shape[-1]) == elements.argmax(axis=-1)[..., None]
            return np.asarray(places, np.float64)
        above = np.maximum(elements - self.values[name], 0.0)
        slopes = np.where(above > 0, above ** (self.evaluate(options[0]) - 1), 0.0)
        return np.asarray(slopes / slopes.sum(axis=-1, keepdims=True))
