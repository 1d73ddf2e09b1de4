"""What a formula costs per element, counted on the graph that the kernels compute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from nonlin.expr.nodes import COMPARISONS, Call, Expr, arguments_of, value_of
from nonlin.expr.paths import roots_of
from nonlin.expr.properties import Cost
from nonlin.expr.walk import postorder, symbols

# what one primitive is made of; "exponentials" of the same argument are shared between them
_MADE_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("exp", "expm1", "sin", "cos", "arctan", "erf"), ("exponentials",)),
    **dict.fromkeys(("normal_cdf", "normal_pdf"), ("exponentials", "products")),
    **dict.fromkeys(("log", "log1p"), ("logarithms",)),
    **dict.fromkeys(("sigmoid", "tanh"), ("exponentials", "divisions", "sums")),
    **dict.fromkeys(
        ("logistic_density", "sech_squared"), ("exponentials", "divisions", "products")
    ),
    "arctan_gate": ("exponentials", "divisions", "sums"),
    "tanhshrink": ("exponentials", "divisions", "sums"),
    "softplus": ("exponentials", "logarithms", "sums"),
    "softsign": ("divisions", "sums"),
    "sqrt": ("roots",),
    "squareplus": ("roots", "divisions", "products", "sums"),
    "isru": ("roots", "divisions", "products", "sums"),
    "inverse_root": ("roots", "divisions", "products", "sums"),
    "algebraic_sigmoid": ("roots", "divisions", "products", "sums"),
    "divide": ("divisions",),
    **dict.fromkeys(("multiply", "damp"), ("products",)),
    **dict.fromkeys(("add", "subtract", "absorb"), ("sums",)),
    **dict.fromkeys(("maximum", "minimum", "sign", *COMPARISONS), ("comparisons",)),
}
# primitives that come from one exponential (and one quotient) of their argument
_FAMILY: Mapping[str, str] = {
    **dict.fromkeys(("sigmoid", "logistic_density", "softplus"), "logistic"),
    **dict.fromkeys(("tanh", "sech_squared", "tanhshrink"), "hyperbolic"),
    **dict.fromkeys(("exp", "expm1"), "exponential"),
    **dict.fromkeys(("squareplus", "algebraic_sigmoid"), "algebraic"),
    **dict.fromkeys(("isru", "inverse_root"), "inverse_root"),
}
_SHARED = ("exponentials", "divisions", "roots")


def cost(formula: Expr, *orders: int) -> Cost:
    """The cost of the derivatives of these orders together (0: the value)."""
    pieces = {
        piece
        for node in postorder(*roots_of(formula, orders))
        if isinstance(node, Call) and symbols([node])
        for piece in _pieces(node)
    }
    return Cost(**Counter(str(kind) for kind, *_ in pieces))


def _pieces(node: Call) -> Iterator[tuple[object, ...]]:
    """(kind of operation, what tells it from others): equal pieces are computed once."""
    family = _FAMILY.get(node.primitive, node.primitive)
    for number, kind in enumerate(_kinds(node)):
        shared = kind in _SHARED and node.primitive in _FAMILY
        yield (kind, family, *node.arguments) if shared else (kind, node, number)


def _kinds(node: Call) -> tuple[str, ...]:
    if node.primitive == "divide":  # by a number: a product with its reciprocal
        return ("divisions",) if symbols([node.arguments[1]]) else ("products",)
    if node.primitive != "power":
        return _MADE_OF.get(node.primitive, ())
    n = value_of(arguments_of(node)[1])
    if n is None or (2 * n).denominator != 1:
        return ("exponentials", "logarithms")
    kinds = ["divisions"] * (n < 0) + ["roots"] * (n.denominator == 2)
    whole = int(abs(n))  # by repeated squaring
    products = max(0, whole.bit_length() + whole.bit_count() - 2)
    return (*kinds, *["products"] * products)
