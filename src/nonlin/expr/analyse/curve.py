"""A function and its derivatives on a grid, and the points where one of them changes its sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median

from nonlin.expr.analyse.breaks import FloatFunction, beside, breakpoints, steady
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function, table
from nonlin.expr.nodes import Constant, Expr, Symbol, arguments_of, is_call

STEP = 1 / 16
_MANY = 24  # sign changes
EDGE = 12.0
_GRID = (
    *(-(EDGE * 10.0 ** (k / 16)) for k in range(48, 0, -1)),
    *(k * STEP for k in range(-192, 193)),
    *(EDGE * 10.0 ** (k / 16) for k in range(1, 49)),
)
_SIGNED = ("exp", "sin", "cos", "tanh", "arctan")  # whose sign is right, however small they are
_NEAR = (1e-9, 1e-6, 1e-4, 1e-2)  # distances from a breakpoint that are looked at as well


@dataclass(frozen=True, slots=True)
class Curve:
    """One function of x: itself, and its values on the grid (no breakpoint is on the grid)."""

    f: FloatFunction
    points: tuple[float, ...]
    xs: Sequence[float]
    ys: Sequence[float]
    cancels: bool = True  # a sum: then the sign of what is very small is that of rounding

    def finite(self) -> list[tuple[float, float]]:
        """The samples that are numbers."""
        return [(x, y) for x, y in zip(self.xs, self.ys, strict=True) if math.isfinite(y)]

    def signs(self) -> list[tuple[float, int]]:
        """x and the sign there, without the samples that rounding may have given their sign."""
        inner = [abs(y) for x, y in self.finite() if abs(x) <= 8 and y]
        noise = 1e-12 * median(inner) if inner and self.cancels else 0.0
        return [(x, 1 if y > 0 else -1) for x, y in self.finite() if abs(y) > noise]


def crossings(curve: Curve) -> tuple[float, ...]:
    """Where the sign changes: to the last bit inside a piece, else at the breakpoint.

    Of very many only those near the origin are refined; the others show that there are more.
    """
    changes = [(a, b) for (a, p), (b, q) in pairwise(curve.signs()) if p != q]
    found = []
    for low, high in changes:
        between = [p for p in curve.points if low < p < high]
        if len(changes) > _MANY and min(abs(low), abs(high)) > EDGE:
            found.append(low)
        elif not between:
            found.append(bisect(curve.f, low, high))
        elif len(between) == 1:
            found.append(between[0])
    return tuple(found)


@lru_cache(maxsize=32)
def curves(root: Expr) -> tuple[Curve, Curve, Curve]:
    """f, f' and f'' on the same grid."""
    points = breakpoints(root)
    sides = {beside(p, side, step) for p in points for side in (-1, 1) for step in _NEAR}
    xs = sorted({*_GRID, *sides}.difference(points))
    slope = derivative(root)
    roots = tuple(map(steady, (root, slope, derivative(slope))))
    columns = table(roots, xs)
    columns = [columns[0], *([*map(_where_real, columns[0], ys)] for ys in columns[1:])]
    value, first, second = (
        Curve(as_function(each, "x"), points, xs, ys, _cancels(each))
        for each, ys in zip(roots, columns, strict=True)
    )
    return value, first, second


def _cancels(root: Expr) -> bool:
    """Is there a sum among the factors?"""
    if is_call(root, "multiply", "divide", "negate", "damp", "guard"):
        return any(map(_cancels, arguments_of(root)))
    return not (isinstance(root, Symbol | Constant) or is_call(root, *_SIGNED))


def _where_real(value: float, slope: float) -> float:
    """A derivative exists at most where the function does: log'(-1) is not -1."""
    return slope if value == value else value


def bisect(f: FloatFunction, low: float, high: float) -> float:
    """The point between two of different sign where f changes it, to the last bit."""
    if low < 0 < high and f(0.0) == 0:
        return 0.0
    sign = f(low) > 0
    while high - low > 1e-300:
        middle = low + (high - low) / 2
        value = f(middle)
        if value == 0:
            return middle + 0.0
        if not low < middle < high:
            break
        if (value > 0) == sign:
            low = middle
        else:
            high = middle
    return min(low, high, key=lambda x: abs(f(x)))


def peak(f: FloatFunction, low: float, high: float) -> tuple[float, float]:
    """(x, f(x)) of the greatest value between two points, by golden section."""
    ratio = (math.sqrt(5) - 1) / 2
    best = (low, -math.inf)
    for _ in range(50):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        at_a, at_b = f(a), f(b)
        best = max(best, (a, at_a), (b, at_b), key=lambda pair: pair[1])
        low, high = (low, b) if at_a > at_b else (a, high)
    return best
