"""The words of a formula: what the functions of the catalogue are written with."""

from __future__ import annotations

from collections.abc import Callable

from nonlin.expr.nodes import Expr, Operand, absolute, build, where

__all__ = [
    "absolute", "arctan", "arctan_gate", "cos", "erf", "exp", "expm1", "inverse_root", "isru",
    "log", "log1p", "maximum", "minimum", "normal_cdf", "normal_pdf", "pi", "row_first", "row_join",
    "row_length", "row_max", "row_pool", "row_sum", "row_threshold", "sigmoid", "sign", "sin",
    "softplus", "softsign", "sqrt", "squareplus", "surrogate", "tanh", "tanhshrink", "where",
]  # fmt: skip


def _word(primitive: str, arity: int = 1) -> Callable[..., Expr]:
    def word(*arguments: Operand) -> Expr:
        if len(arguments) != arity:
            raise TypeError(f"{primitive} takes {arity} arguments, not {len(arguments)}")
        return build(primitive, *arguments)

    return word


pi = build("pi")
sqrt, exp, expm1, log, log1p = map(_word, ("sqrt", "exp", "expm1", "log", "log1p"))
sin, cos, arctan, tanh, sign = map(_word, ("sin", "cos", "arctan", "tanh", "sign"))
maximum, minimum = _word("maximum", 2), _word("minimum", 2)
erf, normal_cdf, normal_pdf = map(_word, ("erf", "normal_cdf", "normal_pdf"))
sigmoid = _word("sigmoid")  # 1 / (1 + exp(-a))
softplus = _word("softplus")  # log(1 + exp(a))
tanhshrink = _word("tanhshrink")  # a - tanh(a)
arctan_gate = _word("arctan_gate")  # arctan(a) / pi + 1/2
softsign = _word("softsign")  # a / (1 + |a|)
isru = _word("isru")  # a / sqrt(1 + a**2)
inverse_root = _word("inverse_root")  # 1 / sqrt(1 + a**2)
squareplus = _word("squareplus", 2)  # (a + sqrt(a**2 + b)) / 2
surrogate = _word("surrogate", 2)  # a, with the derivative of b
row_max, row_sum = _word("row_max"), _word("row_sum")
row_first = _word("row_first")  # 1 at the first of the largest elements of a row, 0 elsewhere
row_threshold = _word("row_threshold", 2)  # t with sum(max(a - t, 0) ** power) = 1 over a row
row_join = _word("row_join", 2)  # a row twice as long: a, then b
row_pool = _word("row_pool", 2)  # a shorter row: the largest of each group of so many neighbours


def row_length(a: Expr) -> Expr:
    """How many elements a row has: none of them is above the largest."""
    return row_sum(where(a > row_max(a), 0, 1))


# what derivatives are made of
sech_squared, logistic_density = _word("sech_squared"), _word("logistic_density")
algebraic_sigmoid = _word("algebraic_sigmoid", 2)
