"""Formulas of unusual size, such as 1e-200 * tanh(x), are measured in units of their own.

Grids and tolerances are made for an x and an f(x) near 1. Units are powers of two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nonlin.expr.floats import as_function
from nonlin.expr.nodes import Expr, arguments_of, constant, symbol
from nonlin.expr.simplify import simplify, split
from nonlin.expr.walk import substitute, symbols

X = symbol("x")
_USUAL = 30  # rates from 2**-30 to 2**30
_ALIKE = 20  # rates this many powers of two apart have no unit in common
_SMALL = 1e-6  # values
_LOOKED_AT = (0.0, *(sign * size for size in (0.01, 0.3, 1.0, 2.1, 5.3) for sign in (1, -1)))


@dataclass(frozen=True, slots=True)
class Units:
    """What 1 on the axis of x, and of the values, stands for."""

    x: float
    y: float

    @property
    def usual(self) -> bool:
        """Is nothing to be changed?"""
        return self.x == self.y == 1


def units_of(root: Expr) -> Units:
    """The units in which a function of x has an ordinary size."""
    across = _unit_of_x(root)
    sizes = map(abs, map(as_function(in_units(root, Units(across, 1.0)), "x"), _LOOKED_AT))
    largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
    small = 0 < largest < _SMALL
    return Units(across, math.ldexp(1.0, math.frexp(largest)[1]) if small else 1.0)


def in_units(root: Expr, units: Units) -> Expr:
    """The function, x and f(x) counted in these units."""
    if units.usual:
        return root
    return simplify(substitute(root, {"x": _number(units.x) * X}) / _number(units.y))


def _number(unit: float) -> Expr:
    return constant(Fraction(unit))


def _unit_of_x(root: Expr) -> float:
    """By the rate of x, if it is alike wherever x stands: 1e200 in tanh(1e-200 * x)."""
    rates = [*_rates(simplify(root))]
    if not rates or max(rates) - min(rates) > _ALIKE:
        return 1.0
    middle = (max(rates) + min(rates)) / 2
    return 1.0 if abs(middle) <= _USUAL else math.ldexp(1.0, -round(middle))


def _rates(node: Expr) -> Iterator[float]:
    """Of every power of x with its coefficient, (c x)**n: the logarithm of |c|, to base 2."""
    if not symbols([node]):
        return
    coefficient, factors = split(node)
    if [*factors] == [X] and coefficient:
        size = abs(coefficient)
        yield (math.log2(size.numerator) - math.log2(size.denominator)) / float(factors[X])
        return
    for argument in arguments_of(node):
        yield from _rates(argument)


def put_back(found: dict[str, Any], units: Units) -> dict[str, Any]:
    """Properties that were measured in units, in numbers."""
    changed = dict(found)
    for name in ("rising", "falling", "zeros", "dead_regions"):
        changed[name] = tuple(tuple(x * units.x for x in span) for span in found[name])
    for name in ("inflections", "breakpoints", "kinks", "saturation_points"):
        changed[name] = tuple(_times(x, units.x) for x in found[name])
    for name in ("lowest_at", "highest_at", "steepest_at", "period"):
        changed[name] = _times(found[name], units.x)
    for name in ("range", "limits"):
        changed[name] = tuple(y * units.y for y in found[name])
    changed["slope_limits"] = tuple(_slope(y, units) for y in found["slope_limits"])
    for name in ("lipschitz", "slope_at_zero"):
        changed[name] = _slope(found[name], units)
    changed["curvature"] = _slope(found["curvature"], units) / units.x
    changed["jumps"] = tuple((x * units.x, y * units.y) for x, y in found["jumps"])
    changed["slope_jumps"] = tuple((x * units.x, _slope(y, units)) for x, y in found["slope_jumps"])
    middle, lines = found["centre"], found["asymptotes"]
    changed["centre"] = middle and (middle[0] * units.x, middle[1] * units.y)
    changed["asymptotes"] = tuple(
        line and (_slope(line[0], units), line[1] * units.y) for line in lines
    )
    return changed


def _times(x: float | None, unit: float) -> float | None:
    return None if x is None else x * unit


def _slope(value: float, units: Units) -> float:
    return value * units.y / units.x
