"""Functions of whole rows: their reductions, numbered, so that each is computed once, in order."""

from __future__ import annotations

from typing import NamedTuple

from nonlin.expr.nodes import Call, Expr, is_call, symbol
from nonlin.expr.walk import fold, postorder, rebuild

REDUCTIONS = ("row_max", "row_sum")


class Reduction(NamedTuple):
    """The maximum or the sum, over a row, of `inside`, in x and the reductions before."""

    primitive: str
    inside: Expr


def is_rowwise(root: Expr) -> bool:
    """Does the expression reduce rows?"""
    return any(is_call(node, *REDUCTIONS) for node in postorder(root))


def numbered(root: Expr) -> tuple[Expr, dict[str, Reduction]]:
    """The expression with a symbol R0, R1, ... for each reduction, inner ones first."""
    reductions: dict[str, Reduction] = {}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if not (isinstance(node, Call) and is_call(node, *REDUCTIONS)):
            return rebuild(node, arguments)
        name = f"R{len(reductions)}"
        reductions[name] = Reduction(node.primitive, arguments[0])
        return symbol(name)

    return fold(root, visit), reductions
