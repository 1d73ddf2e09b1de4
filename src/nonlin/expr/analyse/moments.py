"""Mean and variance of the output under a standard normal input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from nonlin.expr.analyse.curve import EDGE
from nonlin.expr.floats import table
from nonlin.expr.nodes import Expr

_PANEL = 0.5
_TOLERANCE = 1e-12  # of a panel, against its halves
_DEPTH = 60  # halvings, as they are needed beside a point where the slope is infinite
_MOST = 60_000  # panels: a wave that needs more has moments that are not known here
# Gauss and Legendre's rule with five nodes on [-1, 1]
_OUTER, _INNER = (math.sqrt(5 + s * 2 * math.sqrt(10 / 7)) / 3 for s in (1, -1))
_AT_OUTER, _AT_INNER = ((322 - s * 13 * math.sqrt(70)) / 900 for s in (1, -1))
_RULE = (
    (0.0, 128 / 225),
    *((s * _INNER, _AT_INNER) for s in (-1, 1)),
    *((s * _OUTER, _AT_OUTER) for s in (-1, 1)),
)


Panel = tuple[float, float]


def normal_moments(root: Expr, points: Sequence[float]) -> tuple[float, float]:
    """(mean, variance) of f(z) for a standard normal z, piece by piece between breakpoints.

    Panels are halved until nothing changes; NaN where that does not come to an end.
    """
    panels: list[Panel] = []
    for low, high in pairwise([-EDGE, *(p for p in points if -EDGE < p < EDGE), EDGE]):
        count = math.ceil((high - low) / _PANEL)
        ends = [low + (high - low) * k / count for k in range(count)] + [high]
        panels += pairwise(ends)
    unit = _unit(root, panels)
    middle = math.fsum(each for each, _ in _integrals(root, panels, 0.0, unit))
    found = _refined(root, panels, middle, unit)
    if found is None:
        return math.nan, math.nan
    off, square = found
    mean, variance = middle + off, max(0.0, square - off * off)
    mean = 0.0 if abs(mean) < max(1e-9 if unit == 1 else 0.0, 1e-12 * variance**0.5) else mean
    return mean * unit, variance * unit * unit


def _unit(root: Expr, panels: Sequence[Panel]) -> float:
    """A power of two near the values, so that their squares are numbers; 1 for usual ones."""
    (ys,) = table([root], [(low + high) / 2 for low, high in panels])
    largest = max((abs(y) for y in ys if math.isfinite(y)), default=0.0)
    usual = largest == 0 or 1e-60 < largest < 1e60
    return 1.0 if usual else 2.0 ** max(-1000, math.frexp(largest)[1] - 1)


def _refined(root: Expr, panels: list[Panel], middle: float, unit: float) -> Panel | None:
    """The integrals of f / unit - middle and of its square, weighted."""
    done: list[Panel] = []
    coarse, used = _integrals(root, panels, middle, unit), len(panels)
    scale = math.sqrt(math.fsum(square for _, square in coarse))
    for depth in range(_DEPTH):
        halves = [half for low, high in panels for half in _halved(low, high)]
        used += len(halves)
        fine = _integrals(root, halves, middle, unit)
        open_panels, rest = [], []
        for k, before in enumerate(coarse):
            parts = fine[2 * k : 2 * k + 2]
            if _agree(before, parts, scale):
                done += parts
            else:
                open_panels += halves[2 * k : 2 * k + 2]
                rest += parts
        if not open_panels or depth == _DEPTH - 1:
            done += rest
            return math.fsum(a for a, _ in done), math.fsum(b for _, b in done)
        if used > _MOST:
            return None
        panels, coarse = open_panels, rest
    return None


def _halved(low: float, high: float) -> tuple[Panel, Panel]:
    middle = (low + high) / 2
    return (low, middle), (middle, high)


def _agree(before: Panel, parts: Sequence[Panel], scale: float) -> bool:
    first, square = (math.fsum(each[k] for each in parts) for k in (0, 1))
    error = abs(first - before[0]), abs(square - before[1])
    if not math.isfinite(sum(error)):
        return True
    return error[0] <= _TOLERANCE * scale and error[1] <= _TOLERANCE * scale * scale


def _integrals(root: Expr, panels: Sequence[Panel], middle: float, unit: float) -> list[Panel]:
    """Of f / unit - middle and its square over each panel, with the normal density."""
    xs, weights = [], []
    for low, high in panels:
        half = (high - low) / 2
        for node, weight in _RULE:
            x = low + half * (1 + node)
            xs.append(x)
            weights.append(weight * half * math.exp(-x * x / 2) / math.sqrt(2 * math.pi))
    (ys,) = table([root], xs)
    ys = [y / unit for y in ys]
    size = len(_RULE)
    found = []
    for start in range(0, len(xs), size):
        pairs = [*zip(weights[start : start + size], ys[start : start + size], strict=True)]
        first = sum(w * (y - middle) for w, y in pairs)
        found.append((first, sum(w * (y - middle) * (y - middle) for w, y in pairs)))
    return found
