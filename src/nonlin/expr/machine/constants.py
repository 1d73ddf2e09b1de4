"""Numbers known before anything runs: sqrt(2 / pi) becomes one constant of 50 digits."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from nonlin._errors import InputError
from nonlin.expr.interpret import OPERATORS
from nonlin.expr.nodes import COMPARISONS, Call, Constant, Expr, build, constant
from nonlin.expr.walk import fold

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


_DECIMALS: Mapping[str, Callable[..., Decimal]] = {
    **{name: function for name, function in OPERATORS.items() if name not in COMPARISONS},
    "pi": lambda: PI,
    "power": operator.pow,
    "sqrt": Decimal.sqrt,
    "exp": Decimal.exp,
    "log": Decimal.ln,
}


def evaluate_constants(root: Expr) -> Expr:
    """Replace what has no symbol in it by its value, to 50 digits."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if not isinstance(node, Call):
            return node
        if node.primitive in _DECIMALS and all(isinstance(a, Constant) for a in arguments):
            values = [a.value for a in arguments if isinstance(a, Constant)]
            return _evaluated(node.primitive, values)
        return build(node.primitive, *arguments)

    return fold(root, visit)


def _evaluated(primitive: str, values: list[Fraction]) -> Expr:
    with localcontext(Context(prec=50)):
        decimals = [Decimal(v.numerator) / Decimal(v.denominator) for v in values]
        try:
            return constant(_DECIMALS[primitive](*decimals))
        except (ArithmeticError, InputError):  # log(-1), log(0): left to the machine: NaN, -inf
            return build(primitive, *map(constant, values))
