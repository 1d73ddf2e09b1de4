"""Bounds on an expression over an interval, by interval arithmetic."""

from __future__ import annotations

import math

from nonlin.expr.interval import REALS, Interval
from nonlin.expr.nodes import Call, Constant, Expr, Symbol, as_float
from nonlin.expr.primitives import TABLE
from nonlin.expr.walk import fold


def enclosure(root: Expr, x: Interval) -> Interval:
    """An interval that holds every value of the expression for x in the given one."""

    def visit(node: Expr, arguments: list[Interval]) -> Interval:
        if isinstance(node, Symbol):
            return x
        if isinstance(node, Constant):
            return Interval(as_float(node.value), as_float(node.value))
        if not isinstance(node, Call) or node.primitive not in TABLE:
            return REALS
        bound = TABLE[node.primitive].bounds(*arguments)
        return REALS if math.isnan(bound.low) or math.isnan(bound.high) else bound

    return fold(root, visit)
