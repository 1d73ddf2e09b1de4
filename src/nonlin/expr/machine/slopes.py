"""The slope of a gated function, s(v) + A s'(v), as a product that keeps its last digits.

Apart from a zero of the slope, where everything cancels, the sum would lose a bit or more: both
parts carry all roundings of the gate. In a product they are common to both.
"""

from __future__ import annotations

from nonlin.expr.nodes import Expr, absolute, arguments_of, build, is_call, negate, power, where
from nonlin.expr.walk import postorder


def gated_slope(node: Expr) -> Expr | None:
    """The product for gate(v) + density(v) A, or gate(v) + damp(density(v), A); None for others."""
    if not is_call(node, "add"):
        return None
    gate, product = arguments_of(node)
    for name, density, rule in _GATES:
        if is_call(gate, name) and is_call(product, "damp", "multiply"):
            first, factor = arguments_of(product)
            (v,) = arguments_of(gate)
            if first is build(density, v):
                return rule(v, factor)
    return None


def _logistic(v: Expr, factor: Expr) -> Expr:
    """s (1 + A - A s) for v < 0, else s (1 + A (1 - s)); both inside with t = s(-|v|)"""
    e = build("exp", negate(absolute(v)))
    r = 1 / (1 + e)
    t = e * r
    if any(is_call(part, "add") for part in postorder(factor)):
        factor = build("rounded_once", factor)
    signed = where(v < 0, negate(factor), factor)
    inside = where(v < 0, 1 + factor, 1) + build("damp", t, signed)
    return build("damp", where(v < 0, t, r), inside)


def _normal(v: Expr, factor: Expr) -> Expr:
    """E (tail + c A) for v < 0, else 1 - E (tail - c A); E = exp(-v^2/2), c = 1/sqrt(2 pi)"""
    tail = build("normal_tail", absolute(v))
    c = 1 / build("sqrt", 2 * build("pi"))
    bell = build("exp", negate(power(v, 2) / 2))
    product = build("damp", bell, tail + c * where(v < 0, factor, negate(factor)))
    return where(v < 0, product, 1 - product)


_GATES = (("sigmoid", "logistic_density", _logistic), ("normal_cdf", "normal_pdf", _normal))
