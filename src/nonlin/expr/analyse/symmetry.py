"""Identities that a function obeys: symmetries, scaling, periods, f(f(x)) = f(x)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from nonlin.expr.analyse.breaks import FloatFunction
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function, constant_value, table
from nonlin.expr.nodes import Expr, arguments_of, is_call, subtract, symbol
from nonlin.expr.simplify import simplify, split
from nonlin.expr.walk import postorder, symbols

_TESTED = (
    0.0013,
    0.017,
    *(k * 0.3717 for k in range(1, 24)),
    13.7,
    41.9,
    133.1,
)  # no round numbers
_NOTHING = 1e-9  # a function smaller than this has shown nothing
_FACTORS = (0.37, 2.9, 17.0)
_DISTANT = (*(-100 + k / 16 for k in range(641)), *(60 + k / 16 for k in range(641)))


def parity(f: FloatFunction, points: Iterable[float]) -> Literal["odd", "even"] | None:
    """f(-x) = -f(x) or f(-x) = f(x), also at the points? Of what vanishes at all: unknown."""
    pairs = [(f(x), f(-x)) for x in (*_TESTED, *points)]
    if all(abs(a) < _NOTHING and abs(b) < _NOTHING for a, b in pairs):
        return None
    if all(_equal(a, -b) for a, b in pairs):
        return "odd"
    return "even" if all(_equal(a, b) for a, b in pairs) else None


def centre(f: FloatFunction, candidates: Iterable[float]) -> tuple[float, float] | None:
    """The point (c, f(c)) about which the curve looks the same after half a turn."""
    for c in candidates:
        middle = f(c)
        if math.isfinite(middle) and all(
            _equal(f(c + x) - middle, middle - f(c - x), 1e-12 * (1 + abs(middle)))
            for x in (x * (1 + abs(c)) for x in _TESTED)
        ):
            return c, middle + 0.0
    return None


def homogeneous(f: FloatFunction) -> bool:
    """f(a x) = a f(x) for every a > 0?"""
    return all(_equal(f(a * x), a * f(x)) for a in _FACTORS for x in _both_sides())


def idempotent(f: FloatFunction) -> bool:
    """f(f(x)) = f(x)?"""
    return all(_equal(f(f(x)), f(x)) for x in _both_sides())


def sign_preserving(ys: Sequence[tuple[float, float]]) -> bool:
    """Is f(x) never of the other sign than x?"""
    return all(x * y >= 0 for x, y in ys)


def period(root: Expr, f: FloatFunction) -> float | None:
    """The least T with f(x + T) = f(x), tried for those of the sines and cosines inside."""
    for length in sorted(_wavelengths(root)):
        if all(_equal(f(x + length), f(x), 1e-9) for x in _both_sides()):
            return length
    return None


def self_gated(root: Expr) -> bool:
    """x times a factor that depends on x and is written as such?"""
    factors = split(simplify(root))[1]
    rest = [base for base in factors if base is not symbol("x")]
    return factors.get(symbol("x")) == 1 and any(symbols([base]) for base in rest)


def _both_sides() -> Iterator[float]:
    for x in _TESTED:
        yield from (x, -x)


def _wavelengths(root: Expr) -> Iterator[float]:
    for node in postorder(root):
        if is_call(node, "sin", "cos"):
            rate = constant_value(derivative(arguments_of(node)[0]))
            if rate:
                yield from (math.pi / abs(rate), 2 * math.pi / abs(rate))


def _equal(a: float, b: float, tolerance: float = 1e-12) -> bool:
    return abs(a - b) <= tolerance * (1 + max(abs(a), abs(b)))


def repeats(root: Expr, zeros: bool, fixed: bool) -> tuple[float | None, tuple[str, ...]]:
    """The period, and which of zeros, fixed points, turns and inflections never end."""
    difference = subtract(root, symbol("x"))
    length = period(root, as_function(root, "x"))
    drift = period(difference, as_function(difference, "x"))
    ever = [*_endless(root), *["zeros"] * (zeros and length is not None)]
    ever += ["fixed_points"] * (fixed and drift is not None)
    return length, tuple(dict.fromkeys(ever))


def _endless(root: Expr) -> tuple[str, ...]:
    """Those that still come far out."""
    slope = derivative(root)
    columns = table((root, subtract(root, symbol("x")), slope, derivative(slope)), _DISTANT)
    names = ("zeros", "fixed_points", "turning_points", "inflections")
    return tuple(name for name, ys in zip(names, columns, strict=True) if _alternates(ys))


def _alternates(ys: Sequence[float]) -> bool:
    """Is it below and above 0 in turn, on one side of the origin at least?"""
    half = len(ys) // 2
    return any(
        sum(a * b < 0 for a, b in pairwise(side)) > 1 and max(map(abs, side)) > 1e-9
        for side in (ys[:half], ys[half:])
    )
