"""The words of a formula: what the functions of the catalogue are written with."""

from __future__ import annotations

from typing import TypeAlias

from nonlin.expr.nodes import Expr, Operand, absolute, build, lift, where

__all__ = [
    "absolute", "arctan", "cos", "erf", "exp", "expm1", "inverse_root", "isru", "log", "log1p",
    "maximum", "minimum", "normal_cdf", "normal_pdf", "pi", "row_first", "row_join", "row_max",
    "row_pool", "row_sum", "row_threshold", "sigmoid", "sign", "sin", "softplus",
    "softsign", "sqrt", "squareplus", "tanh", "tanhshrink", "where",
]  # fmt: skip

Number: TypeAlias = Operand
pi = build("pi")


def _apply(primitive: str, *arguments: Number) -> Expr:
    return build(primitive, *map(lift, arguments))


def arctan(a: Number) -> Expr:
    """Arc tangent."""
    return _apply("arctan", a)


def cos(a: Number) -> Expr:
    """Cosine."""
    return _apply("cos", a)


def erf(a: Number) -> Expr:
    """Error function."""
    return _apply("erf", a)


def exp(a: Number) -> Expr:
    """e ** a"""
    return _apply("exp", a)


def expm1(a: Number) -> Expr:
    """e ** a - 1"""
    return _apply("expm1", a)


def inverse_root(a: Number) -> Expr:
    """1 / sqrt(1 + a**2)"""
    return _apply("inverse_root", a)


def isru(a: Number) -> Expr:
    """a / sqrt(1 + a**2)"""
    return _apply("isru", a)


def log(a: Number) -> Expr:
    """Natural logarithm."""
    return _apply("log", a)


def log1p(a: Number) -> Expr:
    """log(1 + a)"""
    return _apply("log1p", a)


def maximum(a: Number, b: Number) -> Expr:
    """The larger of two."""
    return _apply("maximum", a, b)


def minimum(a: Number, b: Number) -> Expr:
    """The smaller of two."""
    return _apply("minimum", a, b)


def normal_cdf(a: Number) -> Expr:
    """Probability that a standard normal variable is below a."""
    return _apply("normal_cdf", a)


def normal_pdf(a: Number) -> Expr:
    """Density of the standard normal distribution."""
    return _apply("normal_pdf", a)


def row_max(a: Number) -> Expr:
    """The largest element of a row."""
    return _apply("row_max", a)


def row_first(a: Number) -> Expr:
    """1 at the first of the largest elements of a row, 0 elsewhere."""
    return _apply("row_first", a)


def row_join(a: Number, b: Number) -> Expr:
    """A row twice as long: a, then b."""
    return _apply("row_join", a, b)


def row_pool(a: Number, pieces: Number) -> Expr:
    """A shorter row: the largest of each group of so many neighbours."""
    return _apply("row_pool", a, pieces)


def row_threshold(a: Number, power: Number) -> Expr:
    """t with sum(max(a - t, 0) ** power) = 1 over a row."""
    return _apply("row_threshold", a, power)


def row_sum(a: Number) -> Expr:
    """The sum of a row."""
    return _apply("row_sum", a)


def sigmoid(a: Number) -> Expr:
    """1 / (1 + exp(-a))"""
    return _apply("sigmoid", a)


def sign(a: Number) -> Expr:
    """-1, 0 or 1."""
    return _apply("sign", a)


def sin(a: Number) -> Expr:
    """Sine."""
    return _apply("sin", a)


def softplus(a: Number) -> Expr:
    """log(1 + exp(a))"""
    return _apply("softplus", a)


def softsign(a: Number) -> Expr:
    """a / (1 + |a|)"""
    return _apply("softsign", a)


def sqrt(a: Number) -> Expr:
    """Square root."""
    return _apply("sqrt", a)


def squareplus(a: Number, b: Number) -> Expr:
    """(a + sqrt(a**2 + b)) / 2"""
    return _apply("squareplus", a, b)


def tanh(a: Number) -> Expr:
    """Hyperbolic tangent."""
    return _apply("tanh", a)


def tanhshrink(a: Number) -> Expr:
    """a - tanh(a)"""
    return _apply("tanhshrink", a)
