"""What happens far out, where gradients fade, and where f(x) = x."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from nonlin.expr.analyse.branches import pieces
from nonlin.expr.analyse.breaks import FloatFunction, limit_of
from nonlin.expr.analyse.curve import Curve, crossings
from nonlin.expr.analyse.extrema import zeros
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import Expr, subtract, symbol

Span = tuple[float, float]
_FAR = (1e2, 1e3, 1e4, 1e5, 1e6)  # farther out, a x would swallow b


def asymptote(root: Expr, side: int, limit: float, slope: float) -> Span | None:
    """(a, b) if the function tends to a x + b on this side."""
    if math.isfinite(limit):
        return 0.0, limit
    if not math.isfinite(slope) or slope == 0:
        return None
    f = as_function(root, "x")
    rests = [f(side * far) - slope * side * far for far in _FAR]
    rest = limit_of(rests)
    return (slope, _accelerated(rests, rest)) if math.isfinite(rest) else None


def _accelerated(values: Sequence[float], limit: float) -> float:
    """The limit by Aitken's rule, if the values close in on it as a power of x does."""
    a, b, c = values[-3:]
    if a == b or not 0 < (c - b) / (b - a) < 0.5:
        return limit
    better = c - (c - b) ** 2 / ((c - b) - (b - a))
    return round(better, 9) + 0.0 if abs(better - limit) <= abs(c - b) else limit


def fixed_points(
    root: Expr, value: Curve, slope: Curve, candidates: Iterable[float], sides: Mapping[float, Span]
) -> tuple[tuple[float, float, float], ...]:
    """Where f(x) = x, with the slope there: (x, x, slope), or (low, high, 1) for an interval."""
    difference = subtract(root, symbol("x"))
    pairs = zip(value.xs, value.ys, strict=True)
    ys = [0.0 if abs(y - x) < 1e-13 * abs(x) else y - x for x, y in pairs]
    curve = Curve(as_function(difference, "x"), value.points, value.xs, ys)
    touching = Curve(lambda x: slope.f(x) - 1, slope.points, slope.xs, [y - 1 for y in slope.ys])
    near = [*candidates, *crossings(touching)]
    spans = zeros(curve, near, pieces(difference, value.points))
    return tuple((low, high, _at(slope, low, sides) if low == high else 1.0) for low, high in spans)


def _at(slope: Curve, point: float, sides: Mapping[float, Span]) -> float:
    """The slope; at a breakpoint the steeper of both sides."""
    return max(sides[point], key=abs) if point in sides else slope.f(point)


def saturation(slope: Curve, steepest: float, ends: Span) -> tuple[float | None, float | None]:
    """The x beyond which |slope| stays below 1 % of its maximum, on either side."""
    if not 0 < steepest < math.inf:
        return None, None
    pairs = slope.finite()
    left = _last_above(slope.f, pairs, steepest / 100) if ends[0] == 0 else None
    right = _last_above(slope.f, pairs[::-1], steepest / 100) if ends[1] == 0 else None
    return left, right


def _last_above(
    f: FloatFunction, pairs: Sequence[tuple[float, float]], level: float
) -> float | None:
    """Coming from far out, where |f| first exceeds the level."""
    for (outer, _), (inner, y) in pairwise(pairs):
        if abs(y) >= level:
            for _ in range(40):
                middle = (outer + inner) / 2
                outer, inner = (outer, middle) if abs(f(middle)) >= level else (middle, inner)
            return round(inner, 6) + 0.0
    return None
