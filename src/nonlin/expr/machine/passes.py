"""The passes over a row that a row-wise formula needs, before any instruction is written."""

from __future__ import annotations

from dataclasses import dataclass

from nonlin.expr.machine.constants import evaluate_constants
from nonlin.expr.machine.lower import lower
from nonlin.expr.nodes import (
    Constant,
    Expr,
    Symbol,
    arguments_of,
    build,
    constant,
    divide,
    is_call,
    multiply,
    symbol,
)
from nonlin.expr.reductions import Reduction, below_max, numbered
from nonlin.expr.walk import fold, postorder, rebuild, rewrite, symbols

SAVED = "saved"  # what the last reduction left in the output array


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass: `root` for every element. `constants` are the same all over the row.

    A reduction has a name and a primitive; `saves` says whether it leaves its elements in the
    output array, for the pass after it. careful: every number joins a sum in the wide
    arithmetic, because a logarithm will magnify what is lost. ones: where one of these holds, a
    sum has 1 more.
    """

    root: Expr
    constants: tuple[tuple[str, Expr], ...]
    name: str = ""
    primitive: str = ""
    saves: bool = False
    careful: bool = False
    ones: tuple[Expr, ...] = ()


def plan_rows(root: Expr, inputs: tuple[str, ...], may_save: bool) -> list[Pass]:
    """The passes for a formula in the arrays `inputs`: reductions in order, then the result.

    may_save: the output array holds numbers without rounding them.
    """
    result, found = numbered(root)
    result = _machine(result, found)
    parts = {name: _machine(each.inside, found) for name, each in found.items()}
    saved = ""
    if parts and may_save:
        name, last = list(parts.items())[-1]
        rest = rewrite(result, lambda node: symbol(SAVED) if node is last else node)
        if not isinstance(last, Symbol) and not set(symbols([rest])) & set(inputs):
            result, saved = rest, name
    varying = {*inputs, SAVED}
    careful = any(is_call(node, "log") for node in postorder(result))
    passes = []
    for name, part in parts.items():
        primitive, saves = found[name].primitive, name == saved
        ones: tuple[Expr, ...] = ()
        if careful and not saves and primitive == "row_sum" and is_call(part, "exp_below"):
            # beside the exponential of the largest, which is 1, small ones get lost: it is counted
            ones = (build("greater_equal", *arguments_of(part)),)
            part = build("exp_under", *arguments_of(part))
        steady = _steady(part, varying, name)
        passes.append(Pass(*steady, name, primitive, saves, careful and not ones, ones))
    return [*passes, Pass(*_steady(result, varying, "C"))]


def _machine(root: Expr, found: dict[str, Reduction]) -> Expr:
    """In machine primitives; x - max(x), and exp of it, in such as know what they are."""

    def rule(node: Expr) -> Expr:
        node = below_max(node, found)
        if is_call(node, "exp") and is_call(arguments_of(node)[0], "below_max"):
            x, largest = arguments_of(arguments_of(node)[0])
            return build("exp_below", x, largest) if isinstance(x, Symbol) else node
        return node

    return evaluate_constants(lower(rewrite(root, rule), "double"))


def _steady(root: Expr, varying: set[str], name: str) -> tuple[Expr, tuple[tuple[str, Expr], ...]]:
    """Take out of an expression what does not vary along the row."""
    constants: dict[Expr, str] = {}

    def steady(node: Expr) -> bool:
        return not set(symbols([node])) & varying

    def named(node: Expr) -> Expr:
        if isinstance(node, Constant | Symbol):
            return node
        return symbol(constants.setdefault(node, f"{name}_{len(constants)}"))

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if is_call(node, "divide") and not isinstance(arguments[1], Constant):
            above, below = arguments
            if steady(below) and not steady(above):
                return multiply(above, named(divide(constant(1), below)))
        if steady(node):
            return rebuild(node, arguments)
        return rebuild(node, [named(each) if steady(each) else each for each in arguments])

    changed = fold(root, visit)
    changed = named(changed) if steady(changed) else changed
    return changed, tuple((n, e) for e, n in constants.items())
