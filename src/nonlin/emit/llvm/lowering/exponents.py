"""What is known of the argument of an exponential before it is computed."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from nonlin.expr.nodes import (
    Expr,
    Symbol,
    absolute,
    arguments_of,
    is_call,
    negate,
    square_of,
    value_of,
)


class Argument(NamedTuple):
    """A product of `scale`, a power of two, and one or two factors, each x, -x, |x| or -|x|."""

    scale: float
    factors: tuple[Expr, ...]
    falling: bool  # never positive

    @staticmethod
    def of(node: Expr) -> Argument | None:
        """The parts of a node, or None if it is no such product."""
        coefficient, factors = _parts(node)
        size = abs(coefficient)
        if len(factors) not in (1, 2) or not all(map(_is_plain, factors)):
            return None
        if size.numerator.bit_count() != 1 or size.denominator.bit_count() != 1:
            return None
        rising = factors[0] is factors[-1] if len(factors) == 2 else is_call(factors[0], "absolute")
        first = negate(factors[0]) if coefficient < 0 else factors[0]
        return Argument(float(size), (first, *factors[1:]), rising and coefficient < 0)


def _is_plain(node: Expr) -> bool:
    if is_call(node, "absolute"):
        (node,) = arguments_of(node)
    return isinstance(node, Symbol) and node.name == "x"


def _parts(node: Expr) -> tuple[Fraction, tuple[Expr, ...]]:
    """A coefficient and what it multiplies."""
    arguments = arguments_of(node)
    number = value_of(node)
    if number is not None:
        return number, ()
    if is_call(node, "negate", "absolute"):
        coefficient, factors = _parts(arguments[0])
        if is_call(node, "negate"):
            return -coefficient, factors
        return abs(coefficient), tuple(map(absolute, factors))
    if (base := square_of(node)) is not None:
        p, above = _parts(base)
        return p * p, above + above
    if is_call(node, "multiply", "divide"):
        (p, above), (q, below) = map(_parts, arguments)
        if is_call(node, "multiply"):
            return p * q, above + below
        if not below and q:
            return p / q, above
    return Fraction(1), (node,)
