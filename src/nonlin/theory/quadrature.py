"""Expectations under a standard normal variable, by Gauss-Legendre rules between the kinks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REACHES = (16.0, 37.0)  # the density beyond is below 1e-55, and at the end of the normal numbers
WIDTH = 0.5
POINTS = 16
HALVINGS = 6
TOLERANCE = 1e-14
SETTLED = 1e-11  # rounding, not the rule, keeps successive results this far apart
SHRINKING = 0.9  # the ratio of successive corrections from which a sum is taken to diverge


class Expectation(NamedTuple):
    """A value and a bound on its error."""

    value: float
    error: float


class _Sum(NamedTuple):
    """An integral, the integral without signs as far as the panels tell, and does it end?"""

    value: float
    size: float
    ends: bool


def expect(function: Callable[[Array], Array], breaks: Sequence[float]) -> Expectation:
    """E[function(z)], z standard normal; `breaks` are where it or a derivative of it jumps.

    Panels are halved until two successive results agree. The error is infinite and the value
    inf, -inf or NaN where the expectation does not exist or the tails do not end within
    37 standard deviations. Source: Davis and Rabinowitz, Numerical Integration, 1984.
    """
    points = tuple(float(b) for b in breaks)
    for reach in REACHES:
        edges = _edges(points, reach)
        first = _integral(function, edges)
        if first.ends:
            return _refined(function, edges, first)
    return _signed(first.value, first.size)


def _refined(function: Callable[[Array], Array], edges: Array, first: _Sum) -> Expectation:
    sums = [first]
    for _ in range(HALVINGS):
        edges = np.sort(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2]))
        sums.append(_integral(function, edges))
        before, now = sums[-2:]
        error = abs(now.value - before.value)
        if not abs(now.size - before.size) > TOLERANCE * now.size:
            return Expectation(now.value, error)
    return _slow(sums)


def _slow(sums: list[_Sum]) -> Expectation:
    """What has not settled: a singularity that can be integrated, or one that cannot."""
    first, second = (
        abs(after.size - before.size) for before, after in zip(sums[-3:-1], sums[-2:], strict=True)
    )
    now = sums[-1]
    if second > max(SHRINKING * first, SETTLED * now.size):
        return _signed(now.value, now.size)
    ratio = min(second / first if first else 0.0, SHRINKING)
    return Expectation(now.value, second / (1 - ratio))


def _signed(value: float, size: float) -> Expectation:
    """A divergent expectation: infinite if nearly all of it has one sign, else undefined."""
    if math.isnan(size):
        return Expectation(math.nan, math.inf)
    if math.isinf(size) or abs(value) > size / 2:
        return Expectation(math.copysign(math.inf, value), math.inf)
    return Expectation(math.nan, math.inf)


def _edges(breaks: tuple[float, ...], reach: float) -> Array:
    regular = np.arange(-reach, reach + WIDTH, WIDTH)
    return np.unique(np.concatenate([regular, [b for b in breaks if abs(b) < reach]]))


@cache
def _rule() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    return nodes, weights


def _integral(function: Callable[[Array], Array], edges: Array) -> _Sum:
    nodes, weights = _rule()
    half = (edges[1:] - edges[:-1]) / 2
    z = ((edges[1:] + edges[:-1]) / 2)[:, None] + half[:, None] * nodes
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    with np.errstate(all="ignore"):
        panels = (function(z) * density * weights).sum(axis=1) * half
    sizes = np.abs(panels)
    size = float(sizes.sum())
    ends = math.isfinite(size) and max(sizes[0], sizes[-1]) <= TOLERANCE * size
    total = np.sort(panels).sum()  # the same order for a function and its mirror image
    return _Sum(float(total), size, ends)
