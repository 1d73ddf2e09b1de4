"""The passes over a row that a row-wise formula needs, before any instruction is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    arithmetic, because a logarithm will magnify what is lost. ones: where this holds, a sum has 1
    more.
    """

    root: Expr
    constants: tuple[tuple[str, Expr], ...]
    name: str = ""
    primitive: str = ""
    saves: bool = False
    careful: bool = False
    ones: Expr | None = None


@dataclass(frozen=True, slots=True)
class RowPlan:
    """All passes, reductions in order, then the result."""

    reductions: tuple[Pass, ...]
    result: Pass


def plan_rows(root: Expr, inputs: tuple[str, ...], may_save: bool) -> RowPlan:
    """The passes for a formula in the arrays `inputs`.

    may_save: the output array holds numbers without rounding them.
    """
    result, found = numbered(root)
    result = _machine(result, found)
    parts = {name: _machine(each.inside, found) for name, each in found.items()}
    saves = False
    if parts:
        last = parts[list(parts)[-1]]
        saved = _replaced(result, last)
        if may_save and not isinstance(last, Symbol) and not set(symbols([saved])) & set(inputs):
            result, saves = saved, True
    varying = {*inputs, SAVED}
    careful = any(is_call(node, "log") for node in postorder(result))
    passes = [
        _counted(
            replace(
                _pass(part, varying, name),
                primitive=found[name].primitive,
                saves=saves and name == list(parts)[-1],
                careful=careful,
            )
        )
        for name, part in parts.items()
    ]
    return RowPlan(tuple(passes), _pass(result, varying))


def _counted(step: Pass) -> Pass:
    """Beside the exponential of the largest, which is 1, small ones get lost: it is counted."""
    if not step.careful or step.saves or not is_call(step.root, "exp_below"):
        return step
    given = arguments_of(step.root)
    return replace(
        step, root=build("exp_under", *given), careful=False, ones=build("greater_equal", *given)
    )


def _machine(root: Expr, found: dict[str, Reduction]) -> Expr:
    """In machine primitives; x - max(x), and exp of it, in such as know what they are."""

    def rule(node: Expr) -> Expr:
        node = below_max(node, found)
        if is_call(node, "exp") and is_call(arguments_of(node)[0], "below_max"):
            x, largest = arguments_of(arguments_of(node)[0])
            return build("exp_below", x, largest) if isinstance(x, Symbol) else node
        return node

    return evaluate_constants(lower(rewrite(root, rule), "double"))


def _replaced(root: Expr, part: Expr) -> Expr:
    """The expression with the symbol `saved` for a part."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        return symbol(SAVED) if node is part else rebuild(node, arguments)

    return fold(root, visit)


def _pass(root: Expr, varying: set[str], name: str = "") -> Pass:
    """Take out of an expression what does not vary along the row."""
    constants: dict[Expr, str] = {}

    def steady(node: Expr) -> bool:
        return not set(symbols([node])) & varying

    def named(node: Expr) -> Expr:
        if isinstance(node, Constant | Symbol):
            return node
        return symbol(constants.setdefault(node, f"{name or 'C'}_{len(constants)}"))

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
    return Pass(changed, tuple((n, e) for e, n in constants.items()), name)
