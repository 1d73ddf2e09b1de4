"""Least and greatest values, where the function rises and falls, zeros and fixed points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nonlin.expr.analyse.branches import Piece, one_sided, regions
from nonlin.expr.analyse.curve import EDGE, Curve, crossings, peak
from nonlin.expr.nodes import Expr

Span = tuple[float, float]
_STRIDE, _FAR, _REFINED = 1.2347, 9719, 80


@dataclass(frozen=True, slots=True)
class Extreme:
    """A bound of the values; `at` is where it is taken, None if it is only approached."""

    value: float
    at: float | None


def sides(curve: Curve, branches: Sequence[Expr | None]) -> list[Span]:
    """The limits (from the left, from the right) at every breakpoint."""
    return [
        (one_sided(curve.f, branches[k], p, -1), one_sided(curve.f, branches[k + 1], p, 1))
        for k, p in enumerate(curve.points)
    ]


def extreme(curve: Curve, sign: int, taken: Iterable[float], limits: Iterable[float]) -> Extreme:
    """The greatest (sign 1) or least (sign -1) of the values taken at points and of limits."""
    values = [(sign * curve.f(x), x) for x in taken]
    values = [(y, x) for y, x in values if math.isfinite(y)]
    top, at = max(values, key=lambda pair: (pair[0], -abs(pair[1])), default=(-math.inf, None))
    bound = max((sign * y for y in limits if not math.isnan(y)), default=-math.inf)
    seen, place = _highest_sample(curve, sign)
    if seen > max(top, bound) + 1e-9 * (1 + abs(seen)):
        top, at = (math.inf, None) if abs(place) > 1e3 and abs(seen) > 100 else (seen, place)
    if math.isfinite(top) and top >= bound - 1e-12 * (1 + abs(top)):
        return Extreme(sign * top + 0.0, at)
    return Extreme(sign * max(top, bound) + 0.0, None)


def far_extreme(curve: Curve, sign: int, found: Extreme) -> Extreme:
    """The same bound of a wave, looked for up to |x| = 12,000, where its parts may meet."""
    if not math.isfinite(found.value):
        return found
    samples = [(sign * curve.f(k * _STRIDE), k * _STRIDE) for k in range(-_FAR, _FAR + 1)]
    best = sorted((each for each in samples if math.isfinite(each[0])), reverse=True)[:_REFINED]
    tops = [peak(lambda x: sign * curve.f(x), x - _STRIDE, x + _STRIDE) for _, x in best]
    x, y = max(tops, key=lambda pair: pair[1], default=(0.0, -math.inf))
    further = y > sign * found.value + 1e-9 * (1 + abs(y))
    return Extreme(sign * y + 0.0, x) if further else found


def _highest_sample(curve: Curve, sign: int) -> tuple[float, float]:
    finite = curve.finite()
    if not finite:
        return -math.inf, 0.0
    index = max(range(len(finite)), key=lambda i: sign * finite[i][1])
    low, high = finite[max(index - 1, 0)][0], finite[min(index + 1, len(finite) - 1)][0]
    x, y = finite[index]
    refined = peak(lambda x: sign * curve.f(x), low, high)
    return max((sign * y, x), (refined[1], refined[0]))


def courses(
    slope: Curve, knots: Sequence[float], jumps: dict[float, float]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The intervals on which the function rises and those on which it falls, as long as can be."""
    spans: dict[int, list[Span]] = {1: [], 0: [], -1: []}
    previous = 0
    for low, high in pairwise((-math.inf, *knots, math.inf)):
        sign = _sign_between(slope, low, high)
        joined = sign == previous and sign * jumps.get(low, 0.0) >= 0
        start = spans[sign].pop()[0] if joined and spans[sign] else low
        spans[sign].append((start, high))
        previous = sign
    return tuple(spans[1]), tuple(spans[-1])


def _sign_between(slope: Curve, low: float, high: float) -> int:
    inside = [y for x, y in slope.finite() if low < x < high]
    if not any(inside):
        return 0
    return 1 if max(inside, key=abs) > 0 else -1


def never_falls(slope: Curve, knots: Sequence[float], jumps: Iterable[float], sign: int) -> bool:
    """Is the function with this slope (times the sign) nowhere decreasing?"""
    if any(sign * size < 0 for size in jumps):
        return False
    edges = (-math.inf, *knots, math.inf)
    return all(sign * _sign_between(slope, low, high) >= 0 for low, high in pairwise(edges))


def zeros(curve: Curve, candidates: Iterable[float], flat: Sequence[Piece]) -> tuple[Span, ...]:
    """Where the function is 0: points as (x, x), and whole intervals."""
    spans = regions([piece for piece in flat if curve.f(piece.inner) == 0], 0.0)
    scale = 1e-14 * max((abs(y) for x, y in curve.finite() if abs(x) < 2), default=0.0)
    found = {x for x in candidates if _vanishes(curve, x, min(scale, 1e-12))}
    found |= {x for x in crossings(curve) if abs(curve.f(x)) <= 1e-9 * (1 + abs(x))}
    outside = [x for x in sorted(found) if not any(low <= x <= high for low, high in spans)]
    apart = [x for k, x in enumerate(outside) if k == 0 or x - outside[k - 1] > 1e-7]
    return tuple(sorted([*spans, *((x, x) for x in apart)]))


def _vanishes(curve: Curve, x: float, scale: float) -> bool:
    """Is it 0 but for rounding there, and not just small as everything around is?"""
    here = abs(curve.f(x))
    step = 1e-3 * (1 + abs(x))
    around = [abs(curve.f(x + side * step)) for side in (-1, 1)]
    return here == 0 or (here <= scale and here <= 1e-7 * max(around))


def within(values: Iterable[float]) -> tuple[float, ...]:
    """Those near the origin: all that is listed of what repeats without end."""
    return tuple(x for x in values if abs(x) <= EDGE)
