"""Products written so that no part overflows, or underflows, where the whole does not."""

from __future__ import annotations

from collections.abc import Callable

from nonlin.expr.interval import Interval
from nonlin.expr.nodes import Expr, arguments_of, divide, is_call, multiply, power, value_of, where
from nonlin.expr.walk import rewrite, symbols

HIGHEST = 4  # of the powers that are taken apart
Bound = Callable[[Expr], Interval]


def without_overflow(root: Expr, bound: Bound) -> Expr:
    """An equal expression: s x**2 is (s x) x, x g / 4 is x (g / 4), g bounded, 6 x s is x (6 s)."""
    return rewrite(root, lambda node: _divided(_scaled(_raised(node)), bound))


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
