"""Affine transforms that let an activation be stacked deep: gamma (f(alpha x + beta) + delta)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, expect_all

ACCURACY = 1e-9  # of the conditions
SCALES = (1.0, 0.3, 0.1)
SHIFTS = (0.0, 0.5, -0.5, 1.5, -1.5)
FARTHEST = 10.0  # shift of a solution that is one: beyond, sums lose their digits


class AffineTransform(NamedTuple):
    """x -> output_scale * (f(input_scale * x + input_shift) + output_shift)"""

    input_scale: float
    input_shift: float
    output_scale: float
    output_shift: float


class Conditions(NamedTuple):
    """What a layer does near q = 1 and c = 1: Q(1), Q'(1), C(0), C'(1) and C''(1)."""

    q: float
    q_slope: float
    c_at_zero: float
    c_slope: float
    c_curvature: float


class _Parts(NamedTuple):
    """Expectations of f, f^2, f'^2, f''^2, x f f' and x f' at input_scale x + input_shift."""

    mean: float
    second: float
    slope_second: float
    curvature_second: float
    product: float
    linear: float


def deep_kernel_shaping(f: Nonlinearity, depth: int, zeta: float) -> AffineTransform | None:
    """Q(1) = 1, Q'(1) = 1, C(0) = 0 and C'(1) = zeta^(1/depth); None if no solution is found.

    For a chain of `depth` layers, whose correlation map then has the slope zeta at 1. Source:
    Martens et al. 2021 (arXiv:2110.01765).
    """
    slope = zeta ** (1 / depth)

    def transform(parts: _Parts, scale: float, shift: float) -> AffineTransform:
        variance = parts.second - parts.mean**2
        return AffineTransform(scale, shift, 1 / math.sqrt(variance), -parts.mean)

    def miss(found: Conditions) -> tuple[float, float]:
        return found.q_slope - 1, found.c_slope - slope

    return _solve(f, transform, miss)


def tailored(f: Nonlinearity, depth: int, tau: float) -> AffineTransform | None:
    """Q(1) = 1, Q'(1) = 1, C'(1) = 1 and C''(1) = tau / depth; None if no solution is found.

    For smooth f. Source: Zhang et al. 2022 (arXiv:2203.08120).
    """

    def with_sign(sign: float) -> Callable[[_Parts, float, float], AffineTransform]:
        def transform(parts: _Parts, scale: float, shift: float) -> AffineTransform:
            gamma = 1 / (scale * math.sqrt(parts.slope_second))
            rest = 1 / gamma**2 - parts.second + parts.mean**2
            return AffineTransform(scale, shift, gamma, sign * math.sqrt(rest) - parts.mean)

        return transform

    def miss(found: Conditions) -> tuple[float, float]:
        return found.q_slope - 1, (found.c_curvature - tau / depth) * depth / tau

    return _solve(f, with_sign(1.0), miss) or _solve(f, with_sign(-1.0), miss)


def tailored_slope(depth: int, eta: float) -> float:
    """Slope of a leaky relu on the left with which orthogonal inputs end at correlation eta.

    After `depth` layers that keep the second moment; 0 if relu itself stays below eta. Source:
    Zhang et al. 2022 (arXiv:2203.08120).
    """
    from scipy.optimize import brentq

    def excess(slope: float) -> float:
        return leaky_correlation(slope, 0.0, depth) - eta

    return 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, 1.0, xtol=1e-15))


def leaky_correlation(slope: float, c: float, depth: int) -> float:
    """The correlation after `depth` layers of leaky relu, with no biases, from c."""
    bend = (1 - slope) ** 2 / (math.pi * (1 + slope**2))
    for _ in range(depth):
        c = min(c + bend * (math.sqrt(1 - c * c) - c * math.acos(c)), 1.0)
    return c


def conditions(f: Nonlinearity, transform: AffineTransform) -> Conditions:
    """What a layer of the transformed f does, with weights of variance 1 / fan_in, no biases."""
    return _conditions(_parts(f, *transform[:2]), transform)


def _conditions(parts: _Parts, transform: AffineTransform) -> Conditions:
    scale, _, gamma, delta = transform
    return Conditions(
        gamma**2 * (parts.second + 2 * delta * parts.mean + delta**2),
        gamma**2 * scale * (parts.product + delta * parts.linear),
        gamma**2 * (parts.mean + delta) ** 2,
        gamma**2 * scale**2 * parts.slope_second,
        gamma**2 * scale**4 * parts.curvature_second,
    )


def _parts(f: Nonlinearity, scale: float, shift: float) -> _Parts:
    evaluate = derivatives_of(f.root, 2)

    def integrands(x: Array) -> Array:
        value, slope, curvature = evaluate(x)
        z = (x - shift) / scale
        squares = [value, value**2, slope**2, curvature**2]
        return np.stack([*squares, z * value * slope, z * slope])

    return _Parts(*(found.value for found in expect_all(integrands, f.breaks, shift, scale)))


def _solve(
    f: Nonlinearity,
    transform: Callable[[_Parts, float, float], AffineTransform],
    miss: Callable[[Conditions], tuple[float, float]],
) -> AffineTransform | None:
    """The first root in (log input_scale, input_shift) that is found from one of the starts."""
    from scipy.optimize import root

    def at(place: Array) -> AffineTransform:
        scale, shift = math.exp(place[0]), float(place[1])
        return transform(_parts(f, scale, shift), scale, shift)

    def residual(place: Array) -> tuple[float, float]:
        try:
            found = at(place)
            missed = miss(_conditions(_parts(f, *found[:2]), found))
        except (ValueError, ZeroDivisionError, OverflowError):  # outside of what can be solved
            return (1e3, 1e3)
        return missed if all(map(math.isfinite, missed)) else (1e3, 1e3)

    for start in _starts():
        found = root(residual, start, tol=1e-13)
        missed = max(map(abs, residual(found.x)))
        if missed < ACCURACY and abs(found.x[1]) < FARTHEST:
            return at(found.x)
    return None


def _starts() -> Iterator[tuple[float, float]]:
    for scale, shift in itertools.product(SCALES, SHIFTS):
        yield math.log(scale), shift
