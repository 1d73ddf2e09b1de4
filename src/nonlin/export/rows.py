"""Derivatives of functions of rows as formulas: carried back and pushed forward."""

from __future__ import annotations

from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Expr, build, constant, is_call, multiply, symbol, value_of, where
from nonlin.expr.reductions import Reduction, below_max, numbered
from nonlin.expr.walk import rewrite, substitute


def carried_back(formula: Expr, cotangent: str = "grad") -> Expr:
    """The Jacobian by x, transposed, times the cotangent: the last reduction first.

    Where several elements are the maximum, each has the same share of it.
    """
    root, reductions = numbered(formula)
    grad, x = symbol(cotangent), "x"
    total = multiply(grad, derivative(root, x))
    shares = {name: _sum(multiply(grad, derivative(root, name))) for name in reductions}
    for name, reduction in reversed(reductions.items()):
        inside = reduction.inside
        weight = multiply(shares[name], _weight(reduction, symbol(name)))
        total = total + multiply(weight, derivative(inside, x))
        for earlier in shares:
            shares[earlier] = shares[earlier] + _sum(multiply(weight, derivative(inside, earlier)))
    return _whole(total, reductions)


def pushed_forward(formula: Expr, tangent: str = "dot") -> Expr:
    """The Jacobian by x times the tangent: through the reductions, the first one first."""
    root, reductions = numbered(formula)
    changes = {"x": symbol(tangent)}
    for name, reduction in reductions.items():
        moved = _moved(reduction.inside, changes)
        changes[name] = _sum(multiply(_weight(reduction, symbol(name)), moved))
    return _whole(_moved(root, changes), reductions)


def machine_rows(root: Expr) -> Expr:
    """An equal expression with the limits at infinite elements, and NaN where the row has one."""
    return rewrite(rewrite(root, below_max), _first_of_numbers)


def _first_of_numbers(node: Expr) -> Expr:
    if not is_call(node, "row_first"):
        return node
    spoilt = build("row_sum", build("guard", constant(0), symbol("x")))
    return build("guard", node, spoilt)


def _moved(part: Expr, changes: dict[str, Expr]) -> Expr:
    total = constant(0)
    for name, change in changes.items():
        total = total + multiply(derivative(part, name), change)
    return total


def _whole(total: Expr, reductions: dict[str, Reduction]) -> Expr:
    """The reductions themselves in place of their symbols."""
    for name, reduction in reversed(reductions.items()):
        total = substitute(
            total, {name: build(reduction.primitive, reduction.inside, *reduction.options)}
        )
    return total


def _weight(reduction: Reduction, result: Expr) -> Expr:
    """The derivative of a reduction by an element that it reduces."""
    primitive, inside = reduction.primitive, reduction.inside
    if primitive == "row_sum":
        return constant(1)
    if primitive == "row_first":
        return constant(0)
    share = where(inside >= result, 1, 0)
    if primitive == "row_threshold":  # by the rule for implicit functions
        above = where(inside > result, inside - result, 1) ** (reduction.options[0] - 1)
        share = where(inside > result, above, 0)
    return share / build("row_sum", share)


def _sum(inside: Expr) -> Expr:
    return inside if value_of(inside) == 0 else build("row_sum", inside)
