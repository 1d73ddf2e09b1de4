"""Expectations under a normal variable: Gauss-Legendre rules between the kinks, adaptively."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REACHES = (12.0, 30.0, 38.0)  # the density beyond is below 1e-31, ..., at the end of the numbers
WIDTH = 1.0
POINTS = 16
HALVINGS = 50
TOLERANCE = 1e-16  # of one panel, relative to E|f|
OWN = 4e-16  # of one panel, relative to its own integral: no more than rounding
TAIL = 1e-15  # of the outermost panels, relative to E|f|
ROUNDING = 4e-15  # of the values, relative to E|f|: a few units in the last place, and the sum
MOST_PANELS = 3000  # that are halved at once: a wave is too fast to be followed beyond
GROWN = 4.0  # what is left beside the first estimate of all: a pole, and no wave
SHRINKING = 0.97  # the ratio of successive remainders from which a sum is taken to diverge


class Expectation(NamedTuple):
    """A value and a bound on its error."""

    value: float
    error: float


class _Panels(NamedTuple):
    """Integrals of each function over each panel, and those of its absolute value."""

    values: Array
    sizes: Array


Functions = Callable[[Array], Array]


def expect(function: Callable[[Array], Array], breaks: Sequence[float]) -> Expectation:
    """E[function(z)], z standard normal; see `expect_all`."""
    (found,) = expect_all(lambda z: function(z)[None], breaks)
    return found


def expect_all(
    functions: Functions, breaks: Sequence[float], mean: float = 0.0, std: float = 1.0
) -> list[Expectation]:
    """E[f(x)], x normal, for each f of `functions`, which gives them stacked on a first axis.

    `breaks` are where one of them or a derivative jumps. Panels on which halving changes the
    result are halved until it does not, those at a singularity 50 times. The error bound is the
    sum of the last changes and an allowance for rounding. It is infinite, and the value inf,
    -inf or NaN, where the expectation does not exist or the tails do not end within 38 standard
    deviations or overflow. Source: Davis and Rabinowitz, Numerical Integration, 1984, section 6.2.
    """

    def integrals(low: Array, high: Array) -> _Panels:
        return _integrals(functions, low, high, mean, std)

    with np.errstate(all="ignore"):
        return _expectations(integrals, breaks, mean, std)


def _expectations(
    integrals: Callable[[Array, Array], _Panels], breaks: Sequence[float], mean: float, std: float
) -> list[Expectation]:
    for reach in REACHES:
        edges = _edges([(b - mean) / std for b in breaks], reach, mean, std)
        first = integrals(edges[:-1], edges[1:])
        ends = _tails_end(first)
        if ends.all():
            break
    found = _adaptive(integrals, edges, first)
    totals = first.values.sum(axis=1), first.sizes.sum(axis=1)
    return [
        f if end else _divergent(float(value), float(size))
        for f, end, value, size in zip(found, ends, *totals, strict=True)
    ]


def _tails_end(panels: _Panels) -> NDArray[np.bool_]:
    sizes = panels.sizes
    total = sizes.sum(axis=1)
    outermost = np.maximum(sizes[:, 0], sizes[:, -1])
    ends: NDArray[np.bool_] = np.isfinite(total) & (outermost <= TAIL * total)
    return ends


def _adaptive(
    integrals: Callable[[Array, Array], _Panels], edges: Array, first: _Panels
) -> list[Expectation]:
    """Halve the panels that have not settled; what is left at the end tells a pole."""
    low, high, coarse = edges[:-1], edges[1:], first.values
    size = first.sizes.sum(axis=1)
    limit = np.where(np.isfinite(size), TOLERANCE * size, math.inf)[:, None]
    kept, remainders, error = [], [], ROUNDING * size
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        left, right = integrals(low, middle), integrals(middle, high)
        fine = left.values + right.values
        sizes = left.sizes + right.sizes
        change = np.abs(fine - coarse)
        settled = (change <= limit) | (change <= OWN * sizes) | ~np.isfinite(limit)
        unsettled = ~settled.all(axis=0)
        unsettled &= (middle > low) & (middle < high)
        kept.append(fine[:, ~unsettled])
        error = error + change[:, ~unsettled].sum(axis=1)
        remainders.append(sizes[:, unsettled].sum(axis=1))
        if not unsettled.any() or unsettled.sum() > MOST_PANELS:
            break
        low, middle, high = low[unsettled], middle[unsettled], high[unsettled]
        low, high = np.append(low, middle), np.append(middle, high)
        coarse = np.append(left.values[:, unsettled], right.values[:, unsettled], axis=1)
    panels = np.concatenate([*kept, fine[:, unsettled]], axis=1)
    values = np.sort(panels, axis=1).sum(axis=1)  # a function and its mirror image agree
    whole = len(remainders) < HALVINGS
    return [
        _judged(*each, whole)
        for each in zip(values, error, size, np.stack(remainders, axis=1), strict=True)
    ]


def _judged(value: float, error: float, size: float, left: Array, whole: bool) -> Expectation:
    """The value; or divergence, if what is left around a singularity does not shrink."""
    if left[-1] > GROWN * size:
        return _divergent(float(value), math.inf)
    if whole or not left[-1] > TOLERANCE * size:
        return Expectation(float(value), float(error + left[-1]))
    ratio = left[-1] / left[-2]
    if not ratio < SHRINKING:
        return _divergent(float(value), float(size))
    return Expectation(float(value), float(error + left[-1] / (1 - ratio)))


def _divergent(value: float, size: float) -> Expectation:
    """A divergent expectation: infinite if nearly all of it has one sign, else undefined."""
    if math.isnan(size):
        return Expectation(math.nan, math.inf)
    if math.isinf(size) or abs(value) > size / 2:
        return Expectation(math.copysign(math.inf, value), math.inf)
    return Expectation(math.nan, math.inf)


def _edges(breaks: Sequence[float], reach: float, mean: float, std: float) -> Array:
    """Panels of the density, of the function around 0 (at every power of 2), and the breaks."""
    regular = np.arange(-reach, reach + WIDTH, WIDTH)
    edges = [regular, np.array([b for b in breaks if abs(b) < reach], np.float64)]
    if std > 2:
        powers = 2.0 ** np.arange(0, math.log2(reach * std))
        scaled = (np.concatenate([-powers, [0.0], powers]) - mean) / std
        edges.append(scaled[np.abs(scaled) < reach])
    return np.unique(np.concatenate(edges))


@cache
def rule(points: int = POINTS) -> tuple[Array, Array]:
    """Nodes and weights of the Gauss-Legendre rule on [-1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    return nodes, weights


def _integrals(functions: Functions, low: Array, high: Array, mean: float, std: float) -> _Panels:
    nodes, weights = rule()
    half = (high - low) / 2
    z = ((high + low) / 2)[:, None] + half[:, None] * nodes
    density = np.exp(-z * z / 2) * weights * half[:, None] / math.sqrt(2 * math.pi)
    parts = functions(mean + std * z) * density
    return _Panels(parts.sum(axis=2), np.abs(parts).sum(axis=2))
