"""Moments of an activation when its input is a normal variable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nonlin.expr.nodes import Expr
from nonlin.gaussian_moments.nonlinearity import derivatives_of
from nonlin.gaussian_moments.quadrature import Array, expect_all


class Errors(NamedTuple):
    """A bound on the error of each moment; infinite where there is no such moment."""

    mean: float
    second: float
    slope_second: float
    curvature_second: float
    product: float


@dataclass(frozen=True, slots=True)
class Moments:
    """Expectations for z ~ N(at_mean, at_std^2), each with a bound on its error in `errors`.

    `mean` E[f(z)], `second` E[f(z)^2], `slope_second` E[f'(z)^2], `curvature_second`
    E[f''(z)^2], `product` E[f(z) f'(z)]. Derivatives are those of the pieces between kinks: the
    point mass of f'' at a kink, and that of f' at a jump, are left out. A moment that diverges
    is infinite, and one of a function that is not defined everywhere is NaN.
    """

    mean: float
    second: float
    slope_second: float
    curvature_second: float
    product: float
    errors: Errors
    at_mean: float = 0.0
    at_std: float = 1.0

    @property
    def variance(self) -> float:
        """Of f(z)."""
        return self.second - self.mean**2

    @property
    def gain(self) -> float:
        """1 / sqrt(E[f(z)^2]): keeps the second moment of the activations from layer to layer.

        Infinite where f is zero, 0 where E[f(z)^2] diverges, NaN where f is not defined.
        Source: He et al. 2015 (arXiv:1502.01852), here for any f.
        """
        return _inverse_root(self.second)

    @property
    def gain_backward(self) -> float:
        """1 / sqrt(E[f'(z)^2]): keeps the size of the gradients. Infinite where f' is zero."""
        return _inverse_root(self.slope_second)

    @property
    def error(self) -> float:
        """The largest of the error bounds of mean, second and slope_second."""
        return max(self.errors[:3])


def _inverse_root(second: float) -> float:
    return 1 / math.sqrt(second) if second > 0 else (math.inf if second == 0 else math.nan)


def gaussian_moments(
    root: Expr, kinks: Sequence[float], mean: float = 0.0, std: float = 1.0
) -> Moments:
    """The moments of an element-wise graph in x; `kinks` are where it or its slope jumps."""
    return _moments(root, tuple(kinks), float(mean), float(std))


@lru_cache(maxsize=4096)
def _moments(root: Expr, kinks: tuple[float, ...], mean: float, std: float) -> Moments:
    evaluate = derivatives_of(root, 2)

    def integrands(x: Array) -> Array:
        value, slope, curvature = evaluate(x)
        return np.stack([value, value**2, slope**2, curvature**2, value * slope])

    found = expect_all(integrands, kinks, mean, std)
    errors = Errors(*(each.error if math.isfinite(each.value) else math.inf for each in found))
    values = dict(zip(Errors._fields, (each.value for each in found), strict=True))
    return Moments(**values, errors=errors, at_mean=mean, at_std=std)
