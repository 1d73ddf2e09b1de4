"""Closed intervals of the extended real line, enough to bound what an expression can be."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import NamedTuple


class Interval(NamedTuple):
    """All numbers from `low` to `high`, ends included; either end may be infinite."""

    low: float
    high: float

    @property
    def bounded(self) -> bool:
        """Are both ends finite?"""
        return math.isfinite(self.low) and math.isfinite(self.high)


REALS = Interval(-math.inf, math.inf)
POSITIVE = Interval(0.0, math.inf)
UNIT = Interval(0.0, 1.0)
SIGNED_UNIT = Interval(-1.0, 1.0)

Rule = Callable[..., Interval]


def hull(*intervals: Interval) -> Interval:
    """The smallest interval that holds all of them."""
    return Interval(min(i.low for i in intervals), max(i.high for i in intervals))


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def added(a: Interval, b: Interval) -> Interval:
    """Bounds of a sum."""
    return Interval(a.low + b.low, a.high + b.high)


def negated(a: Interval) -> Interval:
    """Bounds of -a."""
    return Interval(-a.high, -a.low)


def subtracted(a: Interval, b: Interval) -> Interval:
    """Bounds of a difference."""
    return added(a, negated(b))


def multiplied(a: Interval, b: Interval) -> Interval:
    """Bounds of a product."""
    corners = [_times(p, q) for p, q in product(a, b)]
    return Interval(min(corners), max(corners))


def divided(a: Interval, b: Interval) -> Interval:
    """Bounds of a quotient; everything when the divisor may be zero."""
    if b.low <= 0 <= b.high:
        return REALS
    return multiplied(a, Interval(1 / b.high, 1 / b.low))


def absolute_value(a: Interval) -> Interval:
    """Bounds of |a|."""
    ends = sorted((abs(a.low), abs(a.high)))
    return Interval(0.0 if a.low <= 0 <= a.high else ends[0], ends[1])


def hypotenuse(a: Interval, b: Interval) -> Interval:
    """Bounds of sqrt(a**2 + b**2)."""
    return Interval(max(absolute_value(a).low, absolute_value(b).low), math.inf)


def raised(a: Interval, exponent: Interval) -> Interval:
    """Bounds of a ** n for a fixed n >= 0 and a bounded base; else no bound is claimed."""
    low, high = exponent
    even = low == high and low == int(low) and low % 2 == 0
    if low != high or low < 0:
        return POSITIVE if even or a.low >= 0 else REALS
    base = absolute_value(a) if even or low != int(low) else a
    try:
        return Interval(base.low**low, base.high**low)
    except OverflowError:
        return POSITIVE if even or a.low >= 0 else REALS


def larger(a: Interval, b: Interval) -> Interval:
    """Bounds of max(a, b)."""
    return Interval(max(a.low, b.low), max(a.high, b.high))


def smaller(a: Interval, b: Interval) -> Interval:
    """Bounds of min(a, b)."""
    return Interval(min(a.low, b.low), min(a.high, b.high))


def always(image: Interval) -> Rule:
    """The rule of a function whose values stay in `image`, whatever its arguments."""
    return lambda *_: image


def increasing(function: Callable[[float], float]) -> Rule:
    """The rule of an increasing function of one argument."""
    return lambda a: Interval(function(a.low), function(a.high))
