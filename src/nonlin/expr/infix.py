"""Write an expression as the formula a user would type; `parse` reads it back."""

from __future__ import annotations

from decimal import Context
from fractions import Fraction
from math import gcd

from nonlin.expr.nodes import Call, Constant, Expr, Symbol
from nonlin.expr.walk import fold

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
_INFIX = {
    "greater": (" > ", 0, _SUM, _SUM),
    "less": (" < ", 0, _SUM, _SUM),
    "greater_equal": (" >= ", 0, _SUM, _SUM),
    "less_equal": (" <= ", 0, _SUM, _SUM),
    "add": (" + ", _SUM, _SUM, _PRODUCT),
    "subtract": (" - ", _SUM, _SUM, _PRODUCT),
    "multiply": (" * ", _PRODUCT, _PRODUCT, _POWER),
    "divide": (" / ", _PRODUCT, _PRODUCT, _POWER),
    "power": ("**", _POWER, _ATOM, _SIGN),
}
_SHORT = {"absolute": "abs", "maximum": "max", "minimum": "min"}

Piece = tuple[str, int]  # a formula and how tightly its outermost operator binds


def infix(root: Expr) -> str:
    """The formula in Python's spelling, with no more brackets than it needs.

    Shared parts are written out each time, so this is for formulas, not for long derivatives.
    """
    return fold(root, piece)[0]


def piece(node: Expr, arguments: list[Piece]) -> Piece:
    """One node, given the spelling of its arguments."""
    if isinstance(node, Constant):
        return number(node.value)
    if isinstance(node, Symbol):
        return node.name, _ATOM
    assert isinstance(node, Call)  # noqa: S101 - for the type checker
    if node.primitive == "pi":
        return "pi", _ATOM
    if node.primitive == "negate":
        return "-" + inside(arguments[0], _POWER), _SIGN
    if node.primitive in _INFIX:
        sign, binding, left, right = _INFIX[node.primitive]
        return _operation(arguments, sign, left, right), binding
    inner = ", ".join(formula for formula, _ in arguments)
    return f"{_SHORT.get(node.primitive, node.primitive)}({inner})", _ATOM


def _operation(arguments: list[Piece], sign: str, left: int, right: int) -> str:
    (a, a_binding), (b, b_binding) = arguments
    if b.startswith("-") and sign != "**" and left != right:
        b_binding = 0  # a - (-b) reads better than a - -b
    return inside((a, a_binding), left) + sign + inside((b, b_binding), right)


def inside(written: Piece, least: int) -> str:
    """The formula, in brackets if it binds less tightly than its place asks for."""
    formula, binding = written
    return formula if binding >= least else f"({formula})"


def number(value: Fraction) -> Piece:
    """A rational number as a decimal where that is exact and no longer, else as a quotient."""
    binding = _SIGN if value < 0 else _ATOM
    quotient = f"{value.numerator}/{value.denominator}"
    decimal = as_decimal(value)
    if decimal is None or (value.denominator > 1 and len(decimal) > len(quotient)):
        return quotient, _PRODUCT
    return decimal, binding


def as_decimal(value: Fraction) -> str | None:
    """The shortest exact decimal, None where there is none (1/3)."""
    rest, places = value.denominator, 0
    while rest != 1 and gcd(rest, 10) != 1:
        rest, places = rest // gcd(rest, 10), places + 1
    if rest != 1:
        return None
    digits = str(value.numerator * 10**places // value.denominator)
    context = Context(prec=len(digits))
    exact = context.normalize(context.create_decimal(f"{digits}e-{places}"))
    plain, scientific = f"{exact:f}", f"{exact:e}".replace("e+", "e")
    return plain if len(plain) <= max(len(scientific), 12) else scientific
