"""Numbers known before anything runs: sqrt(2 / pi) becomes one constant of 50 digits."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, localcontext

from nonlin._errors import InputError
from nonlin.expr.interpret import OPERATORS
from nonlin.expr.nodes import COMPARISONS, Call, Constant, Expr, arguments_of, constant
from nonlin.expr.walk import rewrite

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
    return rewrite(root, _evaluated)


def _evaluated(node: Expr) -> Expr:
    values = [each.value for each in arguments_of(node) if isinstance(each, Constant)]
    if not isinstance(node, Call) or len(values) < len(node.arguments):
        return node
    if node.primitive not in _DECIMALS:
        return node
    with localcontext(Context(prec=50)):
        decimals = [Decimal(v.numerator) / Decimal(v.denominator) for v in values]
        try:
            return constant(_DECIMALS[node.primitive](*decimals))
        except (ArithmeticError, InputError):  # log(-1), log(0): left to the machine: NaN, -inf
            return node
