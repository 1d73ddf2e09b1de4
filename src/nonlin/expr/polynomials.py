"""Polynomials as graphs, and the fraction of polynomials that tanh is near 0."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from nonlin.expr.nodes import Expr, constant


def near_tanh(last: int) -> tuple[list[Fraction], list[Fraction]]:
    """P, Q with a - tanh(a) = a w P(w) / Q(w), w = a^2: Lambert's fraction w / (3 + w / (5 + ...

    `last` is the last of the odd numbers.
    """
    above, below = [Fraction(1)], [Fraction(last)]  # the fraction so far is w above / below
    for odd in range(last - 2, 1, -2):
        above, below = below, _sum([odd * c for c in below], [Fraction(0), *above])
    scale = below[0]
    below = _sum(below, [Fraction(0), *above])
    return [c / scale for c in above], [c / scale for c in below]


def _sum(a: Sequence[Fraction], b: Sequence[Fraction]) -> list[Fraction]:
    longer = max(len(a), len(b))
    padded = ([*each, *[Fraction(0)] * (longer - len(each))] for each in (a, b))
    return [p + q for p, q in zip(*padded, strict=True)]


def horner(terms: Sequence[float | Fraction], w: Expr) -> Expr:
    """The polynomial of these terms, constant first, as a graph."""
    *rest, last = terms
    total = constant(last)
    for term in reversed(rest):
        total = total * w + term if term > 0 else total * w - -term
    return total
