"""Sums that vanish somewhere: beside that place what was rounded before is all that is left."""

from __future__ import annotations

from ctypes import c_float
from fractions import Fraction
from functools import lru_cache

from nonlin.expr.floats import as_function
from nonlin.expr.nodes import (
    COMPARISONS,
    Constant,
    Expr,
    Symbol,
    arguments_of,
    as_float,
    build,
    is_call,
    symbol,
    value_of,
    where,
)
from nonlin.expr.walk import rewrite, substitute, symbols

_KEPT = ("multiply", "negate", "guard", "damp")  # they vanish where one of their arguments does
_EXACT = ("absolute", "negate", "where", "maximum", "minimum")  # they round nothing
LARGE = Fraction(2**127)  # a float32
_TRIED = ((0.7, 0.7), (0.7, -0.4), (-0.4, 0.7))  # for the parameters, in turn
_BRANCH = symbol("branch")
_GRID = (*(k / 4 for k in range(-48, 49)), *(s * 10.0**k for s in (1, -1) for k in (2, 4)))


@lru_cache(maxsize=1024)
def crosses_zero(root: Expr, fused: bool = True, branch: Expr = _BRANCH) -> bool:
    """Is a factor of the result a sum of rounded terms whose sign changes?

    fused: a product and a sum round once together. branch: what it stands in, 0 elsewhere.
    """
    arguments = arguments_of(root)
    if is_call(root, "where"):
        branches = where(arguments[0], _BRANCH, 0), where(arguments[0], 0, _BRANCH)
        inside = (substitute(branch, {"branch": each}) for each in branches)
        return any(
            crosses_zero(each, fused, place)
            for each, place in zip(arguments[1:], inside, strict=True)
        )
    if is_call(root, "divide"):
        return crosses_zero(arguments[0], fused, branch)
    if is_call(root, *_KEPT):
        return any(crosses_zero(each, fused, branch) for each in arguments)
    if not is_call(root, "add", "subtract") or "x" not in symbols([root]):
        return False
    if _constant_of(root) is not None:
        return False
    if all(map(_rounds_once if fused else _is_exact, arguments)):
        return False
    return _changes_sign(substitute(branch, {"branch": root}))


def in_two_words(root: Expr) -> Expr:
    """The expression with x - 0.7 as (x - a) - b, a the float32 next to 0.7, and x > 0.7 alike."""
    return rewrite(root, _split_constant)


def _split_constant(node: Expr) -> Expr:
    number = _constant_of(node)
    if number is None:
        return node
    high, (first, second) = _single(number), arguments_of(node)
    low = number - high
    if is_call(node, *COMPARISONS):
        return build(node.primitive, first - high, second - high)
    rounded = (each if value_of(each) is None else high for each in (first, second))
    taken = is_call(node, "subtract") and value_of(second) is not None
    return build(node.primitive, *rounded) + (-low if taken else low)


def _constant_of(node: Expr) -> Fraction | None:
    """Of its sum, or its comparison, with an exact number; None if it is a float32."""
    if is_call(node, "add", "subtract", *COMPARISONS):
        first, second = arguments_of(node)
        for constant, other in ((first, second), (second, first)):
            number = value_of(constant)
            if number is not None and not _is_exact(constant) and _is_exact(other):
                return number
    return None


def _single(number: Fraction) -> Fraction:
    """The float32 nearest to a number, or the largest power of two."""
    return Fraction(c_float(as_float(number)).value) if abs(number) < LARGE else LARGE


def _changes_sign(root: Expr) -> bool:
    names = [name for name in symbols([root]) if name != "x"]
    f = as_function(root, "x", *names)
    for pair in _TRIED if names else _TRIED[:1]:
        numbers = [pair[place % 2] for place in range(len(names))]
        values = [f(x, *numbers) for x in _GRID]
        if any(v < 0 for v in values) and any(v > 0 for v in values):
            return True
    return False


def _rounds_once(term: Expr) -> bool:
    """Is it at most one operation on exact numbers, which the sum then may fuse?"""
    if _is_exact(term):
        return True
    parts = arguments_of(term)
    return is_call(term, "multiply", "power", "divide") and all(map(_is_exact, parts))


def _is_exact(term: Expr) -> bool:
    if isinstance(term, Constant):
        return term.value == _single(term.value)
    if isinstance(term, Symbol):
        return True
    parts = arguments_of(term)[is_call(term, "where") :]
    return is_call(term, *_EXACT) and all(map(_is_exact, parts))
