"""Take primitives apart into the few that the machine has, shared as far as possible.

See `expr.decompositions`. Value and derivatives of what is logistic or hyperbolic find the same
e = exp(-|u|) and the same 1 / (1 + e) in the graph.
"""

from __future__ import annotations

from nonlin.expr.decompositions import decomposed
from nonlin.expr.interval import UNIT, Interval
from nonlin.expr.machine.slopes import gated_slope
from nonlin.expr.nodes import Call, Constant, Expr, arguments_of, build, is_call, multiply
from nonlin.expr.primitives import bounds_of
from nonlin.expr.walk import fold, rebuild

SAFE = Interval(2.0**-60, 2.0**60)  # of a denominator: its reciprocal needs no care


def lower(root: Expr, digits: str) -> Expr:
    """An equal expression in machine primitives, good for the arithmetic of that name."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if (slope := gated_slope(node)) is not None:
            return lower(slope, digits)
        if not isinstance(node, Call):
            return node
        found = decomposed(node.primitive, arguments, "kernel", digits)
        return rebuild(node, arguments) if found is None else found

    return fold(root, visit)


def shorten(root: Expr) -> Expr:
    """Cheaper instructions where the range of an argument allows them; for one-word numbers."""
    ranges: dict[Expr, Interval] = {}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        node = rebuild(node, arguments)
        varies = is_call(node, "divide") and not isinstance(arguments[1], Constant)
        if varies and _within(ranges[arguments[1]], SAFE):
            inverse = build("reciprocal", arguments[1])
            ranges[inverse] = bounds_of(inverse, [ranges[arguments[1]]])
            node = multiply(arguments[0], inverse)
        if is_call(node, "log1p") and _within(ranges[arguments[0]], UNIT):
            ratio = build("log1p_ratio", *arguments)
            ranges[ratio] = UNIT
            node = multiply(arguments[0], ratio)
        ranges[node] = bounds_of(node, [ranges[each] for each in arguments_of(node)])
        return node

    return fold(root, visit)


def _within(inner: Interval, outer: Interval) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high
