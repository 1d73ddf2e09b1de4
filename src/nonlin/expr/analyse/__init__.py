"""Measure a function of x on its graph: range, slopes, symmetry, saturation, cost.

Every root here has x as its only symbol: parameters are substituted beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from nonlin.expr.analyse.branches import Piece, pieces, regions
from nonlin.expr.analyse.breaks import (
    breakpoints,
    jumps,
    limits,
    several_waves,
    smoothness,
    steep,
    waves,
)
from nonlin.expr.analyse.costs import cost
from nonlin.expr.analyse.curve import EDGE, Curve, crossings, curves
from nonlin.expr.analyse.extrema import (
    Extreme,
    courses,
    extreme,
    far_extreme,
    never_falls,
    sides,
    within,
    zeros,
)
from nonlin.expr.analyse.moments import normal_moments
from nonlin.expr.analyse.prove import proven, shown_parity
from nonlin.expr.analyse.symmetry import (
    centre,
    homogeneous,
    idempotent,
    parity,
    repeats,
    self_gated,
    sign_preserving,
)
from nonlin.expr.analyse.tails import asymptote, fixed_points, saturation
from nonlin.expr.analyse.units import in_units, put_back, units_of
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function
from nonlin.expr.interval import REALS
from nonlin.expr.nodes import Expr, value_of
from nonlin.expr.properties import Cost, Properties, Span
from nonlin.expr.sentences import OF_GRADIENTS, strengths, weaknesses
from nonlin.expr.simplify import simplify
from nonlin.expr.walk import symbols

__all__ = [
    "OF_GRADIENTS",
    "Cost",
    "Properties",
    "breakpoints",
    "limits",
    "properties",
    "smoothness",
    "strengths",
    "weaknesses",
]


# what units would change: where f(x) = x, what a normal variable becomes, how it is written
_OF_ITSELF = ("fixed_points", "idempotent", "mean", "variance", "endless", "linear", "self_gated")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the groups of properties are made from."""

    root: Expr
    value: Curve
    slope: Curve
    bend: Curve
    pieces: tuple[Piece, ...]
    value_sides: list[Span]
    slope_sides: list[Span]
    turns: tuple[float, ...]
    inflections: tuple[float, ...]
    ends: Span
    slope_ends: Span
    smoothness: float
    waves: bool


@lru_cache(maxsize=256)
def properties(root: Expr) -> Properties:
    """Everything that is measured, for a function whose only symbol is x."""
    units = units_of(root)
    found = _measured(in_units(root, units))
    if not units.usual:
        own = _measured(root)
        found = put_back(found, units) | {name: own[name] for name in _OF_ITSELF}
    return Properties(**found, cost=cost(root, 0), cost_with_slope=cost(root, 0, 1))


def _measured(root: Expr) -> dict[str, Any]:
    parts = _parts(root)
    found: dict[str, Any] = {
        **_course(parts),
        **_steepness(parts),
        **_extent(parts),
        **_places(parts),
        **_identities(parts),
    }
    return {**found, "proven": proven(root, parts.pieces, found)}


def _parts(root: Expr) -> _Parts:
    value, slope, bend = curves(root)
    found = pieces(root, value.points)
    return _Parts(
        root,
        value,
        slope,
        bend,
        found,
        sides(value, [piece.branch for piece in found]),
        sides(slope, [piece.slope for piece in found]),
        crossings(slope),
        crossings(bend),
        limits(root),
        limits(derivative(root)),
        smoothness(root, value.points),
        waves(root),
    )


def _course(parts: _Parts) -> dict[str, Any]:
    """Rising, falling, bending: what the signs of f' and f'' say."""
    value, slope, bend, points = parts.value, parts.slope, parts.bend, parts.value.points
    knots = sorted({*points, *parts.turns})
    steps = {p: b - a for p, (a, b) in zip(points, parts.value_sides, strict=True)}
    bends = [b - a for a, b in parts.slope_sides]
    corners = tuple(p for p in points if _corner(parts, p))
    rising, falling = courses(slope, knots, steps)
    smooth = [x for x in parts.inflections if x not in corners]
    turns = sorted({*points, *parts.inflections})
    continuous = parts.smoothness >= 0
    up = any(size > 0 for size in steps.values() if parts.smoothness < 0)
    down = any(size < 0 for size in steps.values() if parts.smoothness < 0)
    one_way = bool(rising or up) != bool(falling or down)
    return {
        "breakpoints": points,
        "kinks": corners,
        "jumps": tuple((p, steps[p]) for p in corners if jumps(value.f, p)),
        "slope_jumps": tuple(
            (p, b) for p, b in zip(points, bends, strict=True) if p in corners and b
        ),
        "smoothness": parts.smoothness,
        "rising": _listed(rising, parts),
        "falling": _listed(falling, parts),
        "monotone": ("increasing" if rising or up else "decreasing") if one_way else None,
        "convex": continuous and never_falls(bend, turns, _real(bends), 1),
        "concave": continuous and never_falls(bend, turns, _real(bends), -1),
        "inflections": within(smooth) if parts.waves else tuple(smooth),
    }


def _listed(spans: tuple[Span, ...], parts: _Parts) -> tuple[Span, ...]:
    """Of what goes on turning only the spans near the origin."""
    if not (parts.waves and any(abs(x) > EDGE for x in parts.turns)):
        return spans
    return tuple(span for span in spans if max(map(abs, span)) <= EDGE or span == REALS)


def _corner(parts: _Parts, point: float) -> bool:
    """Does the value or the slope jump, or the slope become infinite?"""
    value, slope = parts.value.f, parts.slope.f
    return jumps(value, point) or jumps(slope, point) or math.isinf(steep(slope, point))


def _real(sizes: Sequence[float]) -> list[float]:
    """Slope jumps that are more than rounding."""
    return [size for size in sizes if abs(size) > 1e-12]


def _steepness(parts: _Parts) -> dict[str, Any]:
    flat = [piece.inner for piece in parts.pieces if piece.constant_slope is not None]
    taken = [*parts.inflections, *flat]
    at_points = [y for both in parts.slope_sides for y in both]
    low, high = (
        _extreme(parts, parts.slope, sign, taken, [*parts.slope_ends, *at_points])
        for sign in (-1, 1)
    )
    middle = parts.slope.f(0.0)
    known = dict(zip(parts.slope.points, parts.slope_sides, strict=True))
    at_zero = known.get(0.0, (middle, middle))
    most = max(high, low, key=lambda bound: abs(bound.value))
    steepest = math.inf if parts.smoothness < 0 else abs(most.value)
    return {
        "slope_limits": parts.slope_ends,
        "lipschitz": steepest,
        "steepest_at": None if math.isinf(steepest) else _where(parts, most),
        "slope_at_zero": max(at_zero, key=abs),
        "curvature": _curvature(parts),
        "saturation_points": saturation(parts.slope, steepest, parts.slope_ends),
        "dead_regions": regions(parts.pieces, 0.0),
    }


def _extreme(
    parts: _Parts, curve: Curve, sign: int, taken: Iterable[float], limits: Iterable[float]
) -> Extreme:
    """The bound of a curve; of two waves that may meet far out, as far as it is looked at."""
    found = extreme(curve, sign, taken, limits)
    return far_extreme(curve, sign, found) if several_waves(parts.root) else found


def _where(parts: _Parts, most: Extreme) -> float | None:
    """Where the slope is steepest, which may be beside a breakpoint."""
    for p, both in zip(parts.slope.points, parts.slope_sides, strict=True):
        if most.at is None and most.value in both:
            return p
    return most.at


def _curvature(parts: _Parts) -> float:
    if parts.smoothness < 1:
        return math.inf
    bends = [piece.bend for piece in parts.pieces]
    at_points = [y for both in sides(parts.bend, bends) for y in both]
    ends = limits(derivative(derivative(parts.root)))
    low, high = (extreme(parts.bend, sign, [0.0], [*ends, *at_points]) for sign in (-1, 1))
    return max(abs(low.value), abs(high.value))


def _extent(parts: _Parts) -> dict[str, Any]:
    points = parts.value.points
    flat = [piece.inner for piece in parts.pieces if piece.constant_slope == 0]
    taken = [*parts.turns, *points, *flat]
    at_points = [y for both in parts.value_sides for y in both]
    low, high = (_extreme(parts, parts.value, s, taken, [*parts.ends, *at_points]) for s in (-1, 1))
    inside = [y for x, y in zip(parts.value.xs, parts.value.ys, strict=True) if abs(x) < 30]
    at = as_function(simplify(parts.root), "x")  # x / x is 1, also at 0, as in the kernels
    defined = all(map(math.isfinite, [*inside, *map(at, points), *at_points]))
    mean, variance = normal_moments(parts.root, points) if defined else (math.nan, math.nan)
    return {
        "range": (low.value, high.value) if inside else (math.nan, math.nan),
        "lowest_at": low.at,
        "highest_at": high.at,
        "limits": parts.ends,
        "asymptotes": (
            asymptote(parts.root, -1, parts.ends[0], parts.slope_ends[0]),
            asymptote(parts.root, 1, parts.ends[1], parts.slope_ends[1]),
        ),
        "defined_everywhere": defined,
        "mean": mean,
        "variance": variance,
    }


def _places(parts: _Parts) -> dict[str, Any]:
    candidates = [0.0, *parts.value.points, *parts.turns]
    nought = zeros(parts.value, candidates, parts.pieces)
    at = dict(zip(parts.value.points, parts.slope_sides, strict=True))
    fixed = fixed_points(parts.root, parts.value, parts.slope, candidates, at)
    if not parts.waves:
        return {"zeros": nought, "fixed_points": fixed, "period": None, "endless": ()}
    nought = tuple(span for span in nought if within(span))
    fixed = tuple(each for each in fixed if within(each[:2]))
    period, ever = repeats(parts.root, bool(nought), bool(fixed))
    return {"zeros": nought, "fixed_points": fixed, "period": period, "endless": ever}


def _beside(parts: _Parts) -> list[float]:
    """Where a function that looks symmetric near the origin may be none: far out, at features."""
    far = [x for x in parts.value.xs if x > EDGE]
    features = [*parts.value.points, *parts.turns, *parts.inflections]
    return [*far, *(abs(x) + step for x in features for step in (0.0, 0.3, 1.7))]


def _identities(parts: _Parts) -> dict[str, Any]:
    f, slope = parts.value.f, derivative(parts.root)
    points = parts.value.points
    middles = sorted([0.0, *within(parts.inflections)], key=abs)
    middles += [(a + b) / 2 for a, b in pairwise((points[0], points[-1]))] if points else []
    return {
        "parity": shown_parity(parts.root) or parity(f, _beside(parts)),
        "centre": centre(f, middles),
        "homogeneous": homogeneous(f),
        "idempotent": idempotent(f),
        "self_gated": self_gated(parts.root),
        "sign_preserving": sign_preserving(parts.value.finite()),
        "linear": "x" not in symbols([slope]) and value_of(slope) != 0 and not points,
    }
