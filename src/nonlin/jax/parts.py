"""Formulas as functions under jax.custom_jvp: every order, both modes, vmap, jit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from nonlin.any_library.derivatives import ElementPart, Label, row_graph
from nonlin.emit.spelling import Spelling, runner
from nonlin.export.jax import SPELLINGS
from nonlin.expr.nodes import Expr

Array = jax.Array
HALVINGS = {4: 28, 8: 56}  # of an interval of length 1, to the last bit, by bytes of a number


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _threshold(z: Array, power: float) -> Array:
    """t with sum(max(z - t, 0) ** power) = 1 over the last axis, by bisection."""

    def halve(_: Any, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        middle = 0.5 * (ends[0] + ends[1])
        more = jnp.sum(jnp.maximum(z - middle, 0.0) ** power, -1, keepdims=True) > 1.0
        return jnp.where(more, middle, ends[0]), jnp.where(more, ends[1], middle)

    high = jnp.max(z, -1, keepdims=True)
    steps = HALVINGS[z.dtype.itemsize]
    found: Array = jax.lax.fori_loop(0, steps, halve, (high - 1.0, high))[1]
    return found


@_threshold.defjvp
def _threshold_rule(power: float, primals: Any, tangents: Any) -> tuple[Array, Array]:
    """By the rule for implicit functions."""
    (z,), (dot,) = primals, tangents
    t = _threshold(z, power)
    weight = jnp.where(z > t, jnp.where(z > t, z - t, 1.0) ** (power - 1), 0.0)
    return t, jnp.sum(weight * dot, -1, keepdims=True) / jnp.sum(weight, -1, keepdims=True)


_TABLE = {**SPELLINGS, "row_threshold": Spelling("", lambda _: _threshold)}


def wide(x: Any) -> Array:
    """Half precision is computed in single."""
    return jnp.asarray(x, jnp.promote_types(x.dtype, jnp.float32))


def _run(root: Expr, names: Sequence[str]) -> Any:
    """The graph as one function of arrays in single precision or better."""
    run = runner([root], names, _TABLE, jax)
    return lambda *arrays: run(*map(wide, arrays))[0]


class Part(ElementPart):
    """Under jax.custom_jvp."""

    def __init__(self, formula: Expr, names: tuple[str, ...], label: Label = ()) -> None:
        super().__init__(formula, names, label)
        self.function: Any = jax.custom_jvp(jax.jit(self._value))
        self.function.defjvp(self._rule, symbolic_zeros=True)

    def __call__(self, *arrays: Array) -> Array:
        """Its value, of the shape of x."""
        found: Array = self.function(*arrays)
        return found

    @cached_property
    def _evaluate(self) -> Any:
        return _run(self.graph, self.names)

    def _value(self, *arrays: Array) -> Array:
        found: Array = self._evaluate(*arrays)
        return found if self.label else found.astype(arrays[0].dtype)

    def _rule(self, primals: Any, tangents: Any) -> tuple[Array, Array]:
        y = self.function(*primals)
        changes = [
            wide(dot) * self.by(name).function(*primals)
            for name, dot in zip(self.names, tangents, strict=True)
            if not isinstance(dot, SymbolicZero)
        ]
        change = sum(changes[1:], changes[0])
        return y, jnp.broadcast_to(change, y.shape).astype(y.dtype)


class RowPart:
    """f of every row of x, the last axis; more arrays, such as noise, have no derivative here."""

    def __init__(self, formula: Expr, names: tuple[str, ...]) -> None:
        self.formula, self.names = formula, names
        self._ready: dict[str, Any] = {}
        self.function: Any = jax.custom_jvp(jax.jit(partial(self._compute, "value")))
        self.function.defjvp(self._rule, symbolic_zeros=True)

    def __call__(self, *arrays: Array) -> Array:
        """Its value, of the shape of x."""
        found: Array = self.function(*arrays)
        return found

    def _compute(self, which: str, *arrays: Array) -> Array:
        if which not in self._ready:
            root, more = row_graph(self.formula, which)
            self._ready[which] = _run(root, (*self.names, *more))
        found: Array = self._ready[which](*arrays)
        return found.astype(arrays[0].dtype)

    def _rule(self, primals: Any, tangents: Any) -> tuple[Array, Array]:
        return self.function(*primals), self._compute("forward", *primals, tangents[0])
