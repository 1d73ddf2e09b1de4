"""Graphs for libraries, whose own functions and products overflow where a result is finite."""

from __future__ import annotations

from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import (
    Expr,
    arguments_of,
    build,
    constant,
    is_call,
    multiply,
    symbol,
    value_of,
)
from nonlin.expr.simplify import join, simplify, split
from nonlin.expr.stable import stabilise
from nonlin.expr.walk import rewrite, substitute, symbols

VALUE = "value"  # what a gate is multiplied with


def safe(graph: Expr) -> Expr:
    """An equal expression; kernels keep wide arguments and need only `stabilise`."""
    gated = _gated(graph)
    return rewrite(stabilise(graph) if gated is None else gated, _half_angle)


def _gated(graph: Expr) -> Expr | None:
    """value * f(x), f whole: in value * x * gate(x) the first product may overflow."""
    if VALUE not in symbols([graph]):
        return None
    factor = derivative(graph, VALUE)
    rest = simplify(substitute(graph, {VALUE: constant(0)}))
    if VALUE in symbols([factor]) or value_of(rest) != 0:
        return None
    return multiply(symbol(VALUE), stabilise(factor))


def _half_angle(node: Expr) -> Expr:
    """sin(2u) and cos(2u), as squares of sines have in derivatives, by u: 2u may overflow."""
    if not is_call(node, "sin", "cos"):
        return node
    coefficient, factors = split(*arguments_of(node))
    if abs(coefficient) != 2:
        return node
    half = join(coefficient / 2, factors)
    sine, cosine = build("sin", half), build("cos", half)
    if is_call(node, "sin"):
        return 2 * sine * cosine
    return (cosine - sine) * (cosine + sine)
