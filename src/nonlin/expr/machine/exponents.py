"""What is known of the argument of an exponential before it is computed."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from nonlin.expr.nodes import Expr, absolute, arguments_of, is_call, multiply, symbol
from nonlin.expr.simplify import split

X = symbol("x")


class Argument(NamedTuple):
    """One or two factors without rounding: x or |x|, the first times a power of two and a sign."""

    factors: tuple[Expr, ...]
    falling: bool  # never positive

    @staticmethod
    def of(node: Expr) -> Argument | None:
        """The parts of a node, or None if it is no such product."""
        coefficient, base, exponent = _one_power(node)
        if is_call(base, "absolute"):
            inside, base, once = _one_power(*arguments_of(base))
            coefficient *= abs(inside) ** int(exponent)
            base = absolute(base) if once == 1 else node
        size, even = abs(coefficient), exponent == 2 or base is not X
        if base not in (X, absolute(X)) or exponent not in (1, 2):
            return None
        if size.numerator.bit_count() != 1 or size.denominator.bit_count() != 1:
            return None
        factors = (multiply(coefficient, base), base)[: int(exponent)]
        return Argument(factors, even and coefficient < 0)


def _one_power(node: Expr) -> tuple[Fraction, Expr, Fraction]:
    """c, b and n of a node c b^n; 1, the node and 1 if it is none."""
    coefficient, factors = split(node)
    if len(factors) != 1:
        return Fraction(1), node, Fraction(1)
    ((base, exponent),) = factors.items()
    return coefficient, base, exponent
