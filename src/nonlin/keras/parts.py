"""Formulas under keras.ops.custom_gradient, which every back end has: reverse mode, any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import keras
from keras import ops

from nonlin.any_library.derivatives import ElementPart, Label, row_graph
from nonlin.emit.spelling import Spelling, runner
from nonlin.export.keras import SPELLINGS
from nonlin.expr.nodes import Expr

Tensor = Any  # of whatever back end
HALVES = ("float16", "bfloat16")


def dtype_of(x: Tensor) -> str:
    """Its name."""
    return str(keras.backend.standardize_dtype(x.dtype))


def wide(x: Tensor) -> Tensor:
    """Half precision is computed in single."""
    return ops.cast(x, "float32") if dtype_of(x) in HALVES else x


def _threshold(z: Tensor, power: float) -> Tensor:
    """t with sum(max(z - t, 0) ** power) = 1 over the last axis, by bisection to the last bit."""

    def halve(_: Any, ends: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        middle = 0.5 * (ends[0] + ends[1])
        more = ops.sum(ops.relu(z - middle) ** power, -1, keepdims=True) > 1.0
        return ops.where(more, middle, ends[0]), ops.where(more, ends[1], middle)

    high = ops.max(z, -1, keepdims=True)
    steps = 56 if dtype_of(z) == "float64" else 28
    return ops.fori_loop(0, steps, halve, (high - 1.0, high))[1]


_TABLE = {**SPELLINGS, "row_threshold": Spelling("", lambda _: _threshold)}


def _run(root: Expr, names: Sequence[str]) -> Callable[..., Tensor]:
    """The graph as one function of tensors in single precision or better."""
    run = runner([root], names, _TABLE, keras, fill_all=True)
    return lambda *tensors: run(*map(wide, tensors))[0]


def _with_gradients(value: Tensor, gradients: Callable[[Tensor], Any]) -> tuple[Tensor, Any]:
    """What custom_gradient wants: back ends hand over the gradient that arrives in three ways."""

    def backward(*saved: Tensor, upstream: Tensor = None) -> Any:
        return gradients(saved[-1] if upstream is None else upstream)

    return value, backward


class Part(ElementPart):
    """Under keras.ops.custom_gradient."""

    def __init__(self, formula: Expr, names: tuple[str, ...], label: Label = ()) -> None:
        super().__init__(formula, names, label)
        self.function: Any = ops.custom_gradient(self._both)

    def __call__(self, *tensors: Tensor) -> Tensor:
        """Its value, of the shape of x."""
        return self.function(*tensors)

    @cached_property
    def _evaluate(self) -> Any:
        return _run(self.graph, self.names)

    def _both(self, *tensors: Tensor) -> tuple[Tensor, Any]:
        found = self._evaluate(*tensors)
        value = found if self.label else ops.cast(found, dtype_of(tensors[0]))
        return _with_gradients(value, lambda grad: self._gradients(grad, tensors))

    def _gradients(self, grad: Tensor, tensors: Sequence[Tensor]) -> Any:
        found = [
            ops.cast(_summed(wide(grad) * self.by(name)(*tensors), x), dtype_of(x))
            for name, x in zip(self.names, tensors, strict=True)
        ]
        return found[0] if len(found) == 1 else tuple(found)


def _summed(grad: Tensor, like: Tensor) -> Tensor:
    """Over the axes along which a parameter was broadcast."""
    more = len(grad.shape) - len(like.shape)
    if more == 0 and tuple(grad.shape) == tuple(like.shape):
        return grad
    ones = [at + more for at, n in enumerate(like.shape) if n == 1 and grad.shape[at + more] != 1]
    total = ops.sum(grad, axis=(*range(more), *ones))
    return ops.reshape(total, like.shape)


class RowPart:
    """f of every row of x, the last axis; more tensors, such as noise, have no gradient here."""

    def __init__(self, formula: Expr, names: tuple[str, ...], rule: Expr | None) -> None:
        self.formula, self.names, self.rule = formula, names, rule
        self._ready: dict[str, Any] = {}
        self.function: Any = ops.custom_gradient(self._both)
        self._gradient: Any = ops.custom_gradient(self._gradient_and_its_own)

    def __call__(self, *tensors: Tensor) -> Tensor:
        """Its value, of the shape of x."""
        return self.function(*tensors)

    def _compute(self, which: str, tensors: Sequence[Tensor], *more: Tensor) -> Tensor:
        if which not in self._ready:
            root, names = row_graph(self.formula, which, self.rule)
            self._ready[which] = _run(root, (*self.names, *names))
        return ops.cast(self._ready[which](*tensors, *more), dtype_of(tensors[0]))

    def _both(self, *tensors: Tensor) -> tuple[Tensor, Any]:
        def gradients(grad: Tensor) -> Any:
            found = _zeros(tensors[1:], self._gradient(grad, *tensors))
            return found[0] if len(found) == 1 else found

        return _with_gradients(self._compute("value", tensors), gradients)

    def _gradient_and_its_own(self, grad: Tensor, *tensors: Tensor) -> tuple[Tensor, Any]:
        """The gradient by x, with derivatives by what arrives and by x."""

        def gradients(dot: Tensor) -> Any:
            by_x = self._compute("twice", tensors, grad, dot)
            return self._compute("forward", tensors, dot), *_zeros(tensors[1:], by_x)

        return _with_gradients(self._compute("backward", tensors, grad), gradients)


def _zeros(rest: Sequence[Tensor], by_x: Tensor) -> tuple[Tensor, ...]:
    """The gradient by x, then none by what else was given."""
    return by_x, *map(ops.zeros_like, rest)
