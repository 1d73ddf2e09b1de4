"""Constants that are no float32: 0.7 is two of them, and beside 0.7 the second is all there is."""

from __future__ import annotations

from ctypes import c_float
from fractions import Fraction

from nonlin.expr.nodes import (
    COMPARISONS,
    Constant,
    Expr,
    Symbol,
    arguments_of,
    as_float,
    constant,
    is_call,
    value_of,
)
from nonlin.expr.walk import rebuild, rewrite

LARGE = Fraction(2**127)  # a float32
_EXACT = ("absolute", "negate", "where", "maximum", "minimum")  # they round nothing


def in_two_words(root: Expr) -> Expr:
    """The expression with x - 0.7 as (x - a) - b, a the float32 next to 0.7, and x > 0.7 alike."""
    return rewrite(root, _split_constant)


def _split_constant(node: Expr) -> Expr:
    number = constant_of(node)
    if number is None:
        return node
    high, (first, second) = _single(number), arguments_of(node)
    low = number - high
    if is_call(node, *COMPARISONS):
        return rebuild(node, (first - high, second - high))
    rounded = (each if value_of(each) is None else constant(high) for each in (first, second))
    taken = is_call(node, "subtract") and value_of(second) is not None
    return rebuild(node, rounded) + (-low if taken else low)


def constant_of(node: Expr) -> Fraction | None:
    """Of its sum, or its comparison, with an exact number; None if it is a float32."""
    if is_call(node, "add", "subtract", *COMPARISONS):
        first, second = arguments_of(node)
        for one, other in ((first, second), (second, first)):
            number = value_of(one)
            if number is not None and not is_exact(one) and is_exact(other):
                return number
    return None


def _single(number: Fraction) -> Fraction:
    """The float32 nearest to a number, or the largest power of two."""
    return Fraction(c_float(as_float(number)).value) if abs(number) < LARGE else LARGE


def is_exact(term: Expr) -> bool:
    """Is it a float32 for every x that is one?"""
    if isinstance(term, Constant):
        return term.value == _single(term.value)
    if isinstance(term, Symbol):
        return True
    parts = arguments_of(term)[is_call(term, "where") :]
    return is_call(term, *_EXACT) and all(map(is_exact, parts))
