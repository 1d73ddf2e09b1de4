"""Products written so that no part overflows, or underflows, where the whole does not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from nonlin.expr.interval import Interval
from nonlin.expr.nodes import (
    Expr,
    absolute,
    arguments_of,
    build,
    constant,
    divide,
    is_call,
    multiply,
    power,
    square_of,
    value_of,
    where,
)
from nonlin.expr.simplify import join, split, terms_of
from nonlin.expr.walk import rewrite, symbols

FAR = constant(2**60)  # its square is no overflow in single precision, and 1 is nothing beside it
HIGHEST = 4  # of the powers that are taken apart
Bound = Callable[[Expr], Interval]


def without_overflow(root: Expr, bound: Bound) -> Expr:
    """An equal expression: s x**2 is (s x) x, x g / 4 is x (g / 4), g bounded, 6 x s is x (6 s)."""
    return rewrite(root, lambda node: _divided(_scaled(_raised(_rooted(node))), bound))


def _rooted(node: Expr) -> Expr:
    """log(1 + u**2) is 2 log(1 + |u|) where 1 is nothing beside u."""
    if not is_call(node, "log1p"):
        return node
    (square,) = arguments_of(node)
    base = square_of(square)
    if base is None:
        return node
    far = absolute(base) > FAR
    return where(far, 2, 1) * build("log1p", where(far, absolute(base), square))


def over_square(a: Expr, base: Expr) -> Expr:
    """a / base**2, which is a number even where the square is none."""
    coefficient, factors = split(a)
    times = factors.pop(base, Fraction(0))
    if times.denominator != 1 or times < 1:
        return a * (1 / base) * (1 / base)
    rest = join(coefficient, factors)
    return rest * (1 / base) if times == 1 else rest * power(base, times - 2)


def square_beside_number(node: Expr) -> tuple[Expr, Expr] | None:
    """The s and u of a sum n + c u**2 that is s u**2 from FAR on, or None.

    s is c, and what a large n adds to it.
    """
    if not is_call(node, "add", "subtract"):
        return None
    terms = terms_of(node)
    n = terms.pop(constant(1), Fraction(0))
    if len(terms) != 1:
        return None
    ((square, c),) = terms.items()
    u = square_of(square)
    if u is None:
        return None
    return (constant(c) if abs(n) < 2**60 * abs(c) else c + n * (1 / u) * (1 / u)), u


def _raised(node: Expr) -> Expr:
    """A factor of its own goes to the base of a power, before that is multiplied up."""
    if not is_call(node, "multiply"):
        return node
    factor, raised = arguments_of(node)
    if "x" in symbols([factor]) or not is_call(raised, "power") or not _shrinks(factor):
        return node
    base, exponent = arguments_of(raised)
    n = value_of(exponent)
    if n is None or n.denominator != 1 or not 2 <= n <= HIGHEST or "x" not in symbols([base]):
        return node
    return multiply(multiply(factor, base), power(base, n - 1))


def _scaled(node: Expr) -> Expr:
    """A large number goes to the parameter, which may be small, not to x."""
    if not is_call(node, "multiply"):
        return node
    product, factor = arguments_of(node)
    if "x" in symbols([factor]) or not symbols([factor]) or not is_call(product, "multiply"):
        return node
    number, rest = arguments_of(product)
    size = value_of(number)
    if size is None or abs(size) <= 1:
        return node
    return multiply(rest, multiply(number, factor))


def _shrinks(factor: Expr) -> bool:
    number = value_of(factor)
    return number is None or abs(number) < 1


def _divided(node: Expr, bound: Bound) -> Expr:
    """A number divides the factor that is bounded, or each branch, not the whole."""
    if not is_call(node, "divide"):
        return node
    whole, number = arguments_of(node)
    size = value_of(number)
    if size is None or abs(size) <= 1 or bound(whole).bounded:
        return node
    if is_call(whole, "where"):
        condition, first, second = arguments_of(whole)
        parts = (_divided(divide(part, number), bound) for part in (first, second))
        return where(condition, *parts)
    if not is_call(whole, "multiply"):
        return node
    first, second = arguments_of(whole)
    if bound(second).bounded and not bound(first).bounded:
        return multiply(first, divide(second, number))
    if bound(first).bounded and not bound(second).bounded:
        return multiply(divide(first, number), second)
    return node
