"""Bounds on an expression over an interval, by interval arithmetic."""

from __future__ import annotations

import math

from nonlin.expr.interval import REALS, Interval
from nonlin.expr.nodes import Expr, Symbol
from nonlin.expr.primitives import bounds_of
from nonlin.expr.walk import fold


def enclosure(root: Expr, x: Interval) -> Interval:
    """An interval that holds every value of the expression for x in the given one."""

    def visit(node: Expr, arguments: list[Interval]) -> Interval:
        if isinstance(node, Symbol):
            return x
        bound = bounds_of(node, arguments)
        return REALS if math.isnan(bound.low) or math.isnan(bound.high) else bound

    return fold(root, visit)
