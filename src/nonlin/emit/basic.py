"""A graph in the primitives that a target spells, ready to be written: see `decompositions`."""

from __future__ import annotations

from collections.abc import Collection

from nonlin.expr.decompositions import decomposed
from nonlin.expr.floats import constant_value
from nonlin.expr.nodes import (
    COMPARISONS,
    Call,
    Constant,
    Expr,
    arguments_of,
    build,
    call,
    constant,
    is_call,
    symbol,
    value_of,
    where,
)
from nonlin.expr.walk import fold, rebuild, rewrite, symbols

OPERATORS = ("add", "subtract", "multiply", "divide", "negate", *COMPARISONS)  # every target has
_LARGEST_POWER = 16  # a higher one is left to the target's own power function


def basic(root: Expr, native: Collection[str], digits: str = "double") -> Expr:
    """The expression in the primitives of `native`, with every number worked out.

    digits: "double", or "single" for float32 only.
    """

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if not isinstance(node, Call):
            return node
        rebuilt = rebuild(node, arguments)
        return _lowered(_worked_out(rebuilt), native, digits)

    return fold(root, visit)


def _worked_out(node: Expr) -> Expr:
    """A number, where all arguments are numbers."""
    if all(isinstance(argument, Constant) for argument in arguments_of(node)):
        number = constant_value(node)
        if number is not None and number - number == 0:  # finite
            return constant(number)
    return node


def _lowered(node: Expr, native: Collection[str], digits: str) -> Expr:
    if not isinstance(node, Call):
        return node
    name = node.primitive
    if name == "power":
        return _power(*node.arguments)
    if name in native:
        return node
    found = decomposed(name, node.arguments, "plain", digits)
    return node if found is None else basic(found, native, digits)


def _power(base: Expr, exponent: Expr) -> Expr:
    """Products and roots for the usual exponents."""
    n = value_of(exponent)
    if n is None or abs(n) > _LARGEST_POWER or n.denominator not in (1, 2):
        return build("power", base, exponent)
    whole = _whole_power(base, abs(n.numerator) // n.denominator)
    result = whole if n.denominator == 1 else whole * build("sqrt", base)
    return result if n > 0 else 1 / result


def _whole_power(base: Expr, n: int) -> Expr:
    if n == 0:
        return constant(1)
    half = _whole_power(base, n // 2)
    squared = half * half
    return squared * base if n % 2 else squared


def filled(root: Expr, everywhere: bool = False) -> Expr:
    """The expression with `fill(x, number)`, an array like x, where a number would not do.

    That is where two numbers meet in a `where` (any number, if `everywhere`), and where the
    result would be a number.
    """

    def visit(node: Expr) -> Expr:
        if not is_call(node, "where"):
            return node
        condition, a, b = arguments_of(node)
        first, second = isinstance(a, Constant), isinstance(b, Constant)
        a = _fill(a) if first and (second or everywhere) else a
        return where(condition, a, _fill(b) if second and everywhere else b)

    if isinstance(root, Constant):
        return _fill(root)
    ready = rewrite(root, visit)
    return ready if "x" in symbols([root]) else call("multiply", ready, _fill(constant(1)))


def _fill(number: Expr) -> Expr:
    return call("fill", symbol("x"), number)
