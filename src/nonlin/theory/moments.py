"""Moments of an activation when its input is a standard normal variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nonlin.emit.numpy import compile_numpy
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Expr
from nonlin.theory.quadrature import Array, Expectation, expect


@dataclass(frozen=True, slots=True)
class Moments:
    """E[f(z)], E[f(z)^2] and E[f'(z)^2] for z standard normal, with a bound on their errors."""

    mean: float
    second: float
    slope_second: float
    error: float


def gaussian_moments(root: Expr, kinks: Sequence[float]) -> Moments:
    """The moments of an element-wise graph in x; `kinks` are where it or its slope jumps."""
    return _moments(root, tuple(kinks))


@lru_cache(maxsize=512)
def _moments(root: Expr, kinks: tuple[float, ...]) -> Moments:
    value, slope = compile_numpy(root, "x"), compile_numpy(derivative(root), "x")

    def squared_value(z: Array) -> Array:
        return np.square(value(z))

    def squared_slope(z: Array) -> Array:
        return np.square(slope(z))

    found: list[Expectation] = [expect(f, kinks) for f in (value, squared_value, squared_slope)]
    mean, second, slope_second = (expectation.value for expectation in found)
    return Moments(mean, second, slope_second, max(expectation.error for expectation in found))
