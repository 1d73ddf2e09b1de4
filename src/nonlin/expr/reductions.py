"""Functions of whole rows: their reductions, numbered, so that each is computed once, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nonlin.expr.nodes import Call, Expr, Symbol, arguments_of, build, is_call, symbol
from nonlin.expr.walk import fold, postorder, rebuild

COMPILED = ("row_max", "row_sum")
REDUCTIONS = (*COMPILED, "row_threshold", "row_first")
RESHAPES = ("row_join", "row_pool")  # at the root of a formula only


class Reduction(NamedTuple):
    """The maximum, sum, ... over a row of `inside`, in x and the reductions before.

    options: further arguments, which do not vary along the row.
    """

    primitive: str
    inside: Expr
    options: tuple[Expr, ...] = ()


def is_rowwise(root: Expr) -> bool:
    """Does the expression reduce rows?"""
    return any(is_call(node, *REDUCTIONS) for node in postorder(root))


def is_compiled(root: Expr) -> bool:
    """Do kernels have all its reductions? NumPy evaluates the others."""
    others = set(REDUCTIONS) - set(COMPILED)
    return not any(is_call(node, *others) for node in postorder(root))


def below_max(node: Expr, reductions: Mapping[str, Reduction] | None = None) -> Expr:
    """A rule: x - max(x), at an infinite maximum the limit, in a primitive that knows it."""
    if not is_call(node, "subtract"):
        return node
    x, largest = arguments_of(node)
    found = (reductions or {}).get(largest.name) if isinstance(largest, Symbol) else None
    if found == Reduction("row_max", x) or largest is build("row_max", x):
        return build("below_max", x, largest)
    return node


def numbered(root: Expr) -> tuple[Expr, dict[str, Reduction]]:
    """The expression with a symbol R0, R1, ... for each reduction, inner ones first."""
    reductions: dict[str, Reduction] = {}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if not (isinstance(node, Call) and is_call(node, *REDUCTIONS)):
            return rebuild(node, arguments)
        name = f"R{len(reductions)}"
        reductions[name] = Reduction(node.primitive, arguments[0], tuple(arguments[1:]))
        return symbol(name)

    return fold(root, visit), reductions
