"""Measure a function of x on its graph: range, slopes, symmetry, saturation, cost.

Every root here has x as its only symbol: parameters are substituted beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from nonlin._errors import InputError
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import COMPARISONS, Call, Expr, build, value_of
from nonlin.expr.properties import Properties, Span, strengths, weaknesses
from nonlin.expr.shape import Function, beside, breakpoints, jumps, limits, smoothness
from nonlin.expr.walk import postorder, symbols

__all__ = [
    "Properties",
    "breakpoints",
    "limits",
    "properties",
    "smoothness",
    "strengths",
    "weaknesses",
]

_STEP = 1 / 16
_GRID = (
    *(-(12 * 10.0 ** (k / 16)) for k in range(48, 0, -1)),
    *(k * _STEP for k in range(-192, 193)),
    *(12 * 10.0 ** (k / 16) for k in range(1, 49)),
)
# (exponential-like functions, divisions and roots) inside one primitive
_COSTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("exp", "expm1", "log", "log1p", "sin", "cos", "arctan"), (1, 0)),
    **dict.fromkeys(("normal_cdf", "normal_pdf", "erf"), (1, 0)),
    **dict.fromkeys(("sigmoid", "logistic_density", "tanh", "sech_squared"), (1, 1)),
    "tanhshrink": (1, 1),
    "softplus": (2, 0),
    "softsign": (0, 1),
    "sqrt": (0, 1),
    "squareplus": (0, 2),
    "inverse_root": (0, 2),
    "isru": (0, 2),
    "algebraic_sigmoid": (0, 2),
}


@dataclass(frozen=True, slots=True)
class _Samples:
    """A function on a grid that has points just left and right of every breakpoint."""

    f: Function
    x: Sequence[float]
    y: Sequence[float]

    def finite(self) -> list[tuple[float, float]]:
        """The samples that are numbers."""
        return [(x, y) for x, y in zip(self.x, self.y, strict=True) if math.isfinite(y)]


def _sampled(root: Expr, points: Sequence[float]) -> _Samples:
    sides = {beside(p, side) for p in points for side in (-1, 1)}
    xs = sorted({*_GRID, *sides}.difference(points))
    f = as_function(root, "x")
    return _Samples(f, xs, [f(x) for x in xs])


def _range(samples: _Samples, points: Sequence[float], ends: Span) -> Span:
    known = samples.finite()
    if not known:
        return math.nan, math.nan
    candidates = [*ends, *(_tends_to(samples.f, p, side) for p in points for side in (-1, 1))]
    candidates += [samples.f(p) for p in points]
    candidates = [c for c in candidates if not math.isnan(c)]
    low = _extreme(samples, -1, candidates)
    high = _extreme(samples, 1, candidates)
    return low, high


def _extreme(samples: _Samples, sign: int, candidates: Sequence[float]) -> float:
    """The greatest value (sign 1) or the least (sign -1) of samples and candidates."""
    index = max(
        (i for i, y in enumerate(samples.y) if math.isfinite(y)), key=lambda i: sign * samples.y[i]
    )
    low, high = samples.x[max(index - 1, 0)], samples.x[min(index + 1, len(samples.x) - 1)]
    best = _refined(lambda x: sign * samples.f(x), low, high, sign * samples.y[index])
    for candidate in candidates:
        if sign * candidate >= best - 1e-12 * (1 + abs(best)):
            best = sign * candidate
    if abs(samples.x[index]) > 1e3 and abs(best) > 100:  # ever higher waves
        return sign * math.inf
    rounded = round(best, 9) if math.isfinite(best) else best
    return sign * (rounded if abs(best - rounded) < 1e-11 else best) + 0.0


def _refined(f: Function, low: float, high: float, best: float) -> float:
    """The maximum between two points by golden section."""
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(50):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        at_a, at_b = f(a), f(b)
        best = max(best, *(v for v in (at_a, at_b) if math.isfinite(v)), best)
        low, high = (low, b) if at_a > at_b else (a, high)
    return best


def _tends_to(f: Function, point: float, side: int) -> float:
    """The one-sided limit at a point, infinite at a pole."""
    a, b, c = (f(beside(point, side, step)) for step in (1e-6, 1e-9, 1e-12))
    first, second = abs(b) - abs(a), abs(c) - abs(b)
    if second > 0.9 * first > 1e-3 * (1 + abs(a)):
        return math.copysign(math.inf, c)
    return math.nan if abs(c) > 1e6 else c


@lru_cache(maxsize=256)
def properties(root: Expr) -> Properties:
    """Everything that is measured, for a function whose only symbol is x."""
    slope = derivative(root)
    points = breakpoints(root)
    values, slopes = _sampled(root, points), _sampled(slope, points)
    order = smoothness(root, points)
    corners = tuple(p for p in points if jumps(values.f, p) or jumps(slopes.f, p))
    ends, slope_ends = limits(root), limits(slope)
    steepest = _steepest(slopes, points, slope_ends, order)
    span = _range(values, points, ends)
    exponentials, divisions = _cost(root)
    defined = _defined(values, points)
    return Properties(
        range=span,
        limits=ends,
        slope_limits=slope_ends,
        kinks=corners,
        breakpoints=points,
        monotone=_monotone(values),
        parity=_parity(values.f),
        bounded=math.isfinite(span[0]) and math.isfinite(span[1]),
        convex=order >= 0 and _never_falls([y for _, y in slopes.finite()]),
        linear="x" not in symbols([slope]) and value_of(slope) != 0 and not points,
        defined_everywhere=defined,
        mean=_normal_mean(values.f, points) if defined else math.nan,
        smoothness=order,
        saturation_points=_saturation(slopes, steepest, slope_ends),
        dead_regions=_dead_regions(root, points),
        lipschitz=steepest,
        exponentials=exponentials,
        divisions=divisions,
        zero_at_zero=values.f(0.0) == 0,
    )


def _steepest(slopes: _Samples, points: Sequence[float], ends: Span, order: float) -> float:
    low, high = _range(slopes, points, ends)
    return math.inf if order < 0 else max(abs(low), abs(high))


def _never_falls(values: Sequence[float]) -> bool:
    scale = 1e-9 * (1e-3 + max((min(abs(v), 1e9) for v in values), default=0))
    return all(b >= a - scale for a, b in pairwise(values))


def _monotone(values: _Samples) -> Literal["increasing", "decreasing"] | None:
    ys = [y for _, y in values.finite()]
    if len(set(ys)) < 2:
        return None
    steps = [(b - a, 1e-12 * (1 + abs(a))) for a, b in pairwise(ys)]
    rises = any(step > tolerance for step, tolerance in steps)
    falls = any(step < -tolerance for step, tolerance in steps)
    if rises == falls:
        return None
    return "increasing" if rises else "decreasing"


def _parity(f: Function) -> Literal["odd", "even"] | None:
    pairs = [(f(x), f(-x)) for x in (k * 0.3717 for k in range(1, 24))]
    for sign, name in ((-1, "odd"), (1, "even")):
        if all(abs(a - sign * b) <= 1e-12 + 1e-9 * abs(a) for a, b in pairs):
            return "odd" if name == "odd" else "even"
    return None


def _defined(values: _Samples, points: Sequence[float]) -> bool:
    inside = [y for x, y in zip(values.x, values.y, strict=True) if abs(x) < 30]
    poles = [_tends_to(values.f, p, side) for p in points for side in (-1, 1)]
    at = [values.f(p) for p in points]
    return all(map(math.isfinite, [*inside, *at, *poles]))


def _normal_mean(f: Function, points: Sequence[float]) -> float:
    """Mean of f(z) for a standard normal z: Simpson's rule between breakpoints."""
    # the ends of a piece belong to it, not to its neighbour
    edges = [-12.0, *(p for p in points if -12 < p < 12), 12.0]
    total = 0.0
    for low, high in pairwise(edges):
        count = 2 * max(2, math.ceil((high - low) / _STEP / 2))
        step = (high - low) / count
        first, last = beside(low, 1, 1e-12), beside(high, -1, 1e-12)
        for k in range(count + 1):
            x = low + k * step
            weight = 1 if k in (0, count) else 4 if k % 2 else 2
            total += weight * step / 3 * f(min(max(x, first), last)) * math.exp(-x * x / 2)
    mean = total / math.sqrt(2 * math.pi)
    return 0.0 if abs(mean) < 1e-7 else mean


def _saturation(slopes: _Samples, steepest: float, ends: Span) -> tuple[float | None, float | None]:
    """The x beyond which |slope| stays below 1 % of its maximum, on either side."""
    if not 0 < steepest < math.inf:
        return None, None
    pairs = slopes.finite()
    left = _last_above(slopes.f, pairs, steepest / 100) if ends[0] == 0 else None
    right = _last_above(slopes.f, pairs[::-1], steepest / 100) if ends[1] == 0 else None
    return left, right


def _last_above(f: Function, pairs: Sequence[tuple[float, float]], level: float) -> float | None:
    """Coming from far out, where |f| first exceeds the level."""
    for (outer, _), (inner, y) in pairwise(pairs):
        if abs(y) >= level:
            for _ in range(40):
                middle = (outer + inner) / 2
                outer, inner = (outer, middle) if abs(f(middle)) >= level else (middle, inner)
            return round(inner, 6) + 0.0
    return None


def _dead_regions(root: Expr, points: Sequence[float]) -> tuple[Span, ...]:
    """Intervals between breakpoints on which the function does not depend on x."""
    merged: list[Span] = []
    for low, high in pairwise((-math.inf, *points, math.inf)):
        if not _constant_near(root, _inner_point(low, high)):
            continue
        if merged and merged[-1][1] == low:
            low = merged.pop()[0]
        merged.append((low, high))
    return tuple(merged)


def _inner_point(low: float, high: float) -> float:
    if math.isinf(low):
        return 0.0 if math.isinf(high) else high - 1
    return low + 1 if math.isinf(high) else (low + high) / 2


def _constant_near(root: Expr, point: float) -> bool:
    """With every branch decided as it is at the point: is the slope identically 0?"""
    try:
        return value_of(derivative(_decided(root, point))) == 0
    except InputError:  # it divides by what is 0 on this piece
        return False


def _decided(root: Expr, point: float) -> Expr:
    decided: dict[Expr, Expr] = {}
    for node in postorder(root):
        if isinstance(node, Call):
            arguments = tuple(decided[a] for a in node.arguments)
            decided[node] = _choice(node, arguments, point)
        else:
            decided[node] = node
    return decided[root]


def _choice(node: Call, arguments: tuple[Expr, ...], point: float) -> Expr:
    def at(part: Expr) -> float:
        return as_function(part, "x")(point)

    match node.primitive:
        case "where":
            return arguments[1] if at(node.arguments[0]) else arguments[2]
        case "maximum":
            return arguments[0] if at(node.arguments[0]) > at(node.arguments[1]) else arguments[1]
        case "minimum":
            return arguments[0] if at(node.arguments[0]) < at(node.arguments[1]) else arguments[1]
        case "absolute":
            return arguments[0] if at(node.arguments[0]) > 0 else build("negate", arguments[0])
        case "sign":
            return build("sign", 1 if at(node.arguments[0]) > 0 else -1)
        case comparison if comparison in COMPARISONS:
            return node
        case "guard":
            return arguments[0]
    return build(node.primitive, *arguments)


def _cost(root: Expr) -> tuple[int, int]:
    """Exponential-like functions, divisions and roots per element, shared parts counted once."""
    costs = [_node_cost(node) for node in postorder(root) if isinstance(node, Call)]
    return sum(cost[0] for cost in costs), sum(cost[1] for cost in costs)


def _node_cost(node: Call) -> tuple[int, int]:
    if not symbols([node]):
        return 0, 0
    if node.primitive == "divide":
        return 0, 1 if symbols([node.arguments[1]]) else 0
    if node.primitive == "power":
        n = value_of(node.arguments[1])
        if n is None or (2 * n).denominator != 1:
            return 1, 0
        return 0, int(n < 0) + int(n.denominator == 2)
    return _COSTS.get(node.primitive, (0, 0))
