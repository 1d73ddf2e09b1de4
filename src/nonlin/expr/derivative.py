"""Derivatives of expression graphs, to any order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from nonlin.expr.interval import REALS
from nonlin.expr.nodes import (
    Call,
    Expr,
    Symbol,
    add,
    arguments_of,
    build,
    constant,
    multiply,
    value_of,
)
from nonlin.expr.primitives import TABLE
from nonlin.expr.recognise import recognise
from nonlin.expr.simplify import simplify
from nonlin.expr.surrogate import without_surrogates
from nonlin.expr.walk import postorder, symbols


def derivative(root: Expr, variable: str = "x", order: int = 1) -> Expr:
    """The derivative of the given order with respect to a symbol, simplified."""
    for _ in range(order):
        root = _next(root, variable)
    return root


def derivatives(formula: Expr, orders: Iterable[int]) -> list[Expr]:
    """What the kernels compute: the recognised formula, differentiated to each of the orders.

    A derivative exists at most where the value does: log'(-1) is not -1.
    """
    value = recognise(formula)
    known = {0: value}
    for order in range(1, max(orders := tuple(orders)) + 1):
        known[order] = derivative(known[order - 1])
    if _is_partial(value):
        known |= {n: build("guard", known[n], value) for n in known if n > 0}
    return [without_surrogates(known[order]) for order in orders]


def _is_partial(root: Expr) -> bool:
    """Is there a part that is not defined everywhere, as a logarithm or a root of a variable?"""
    parts = (node for node in postorder(root) if isinstance(node, Call) and _has_domain(node))
    return any(symbols([part]) for part in parts)


def _has_domain(node: Call) -> bool:
    if node.primitive == "power":
        exponent = value_of(node.arguments[1])
        return exponent is None or exponent.denominator != 1
    return node.primitive in TABLE and TABLE[node.primitive].domain != REALS


@lru_cache(maxsize=1024)  # every target, property and gain begins with the same few
def _next(root: Expr, variable: str) -> Expr:
    slopes: dict[Expr, Expr] = {}
    for node in postorder(root):
        slopes[node] = _slope(node, [slopes[a] for a in arguments_of(node)], variable)
    return simplify(slopes[root])


def _slope(node: Expr, slopes: list[Expr], variable: str) -> Expr:
    if isinstance(node, Symbol):
        return constant(1 if node.name == variable else 0)
    if not isinstance(node, Call):
        return constant(0)
    row = TABLE[node.primitive]
    if row.branches is not None:
        return row.branches(node.arguments, slopes)
    total = constant(0)
    for partial, slope in zip(row.partials, slopes, strict=True):
        if value_of(slope) != 0:
            total = add(total, multiply(partial(*node.arguments), slope))
    return total
