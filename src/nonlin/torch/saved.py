"""Which tensor is kept for the gradient: f(x) where f' is well conditioned in it, else x.

The next layer of a network keeps f(x) as its own input, so keeping f(x) costs no memory. Not for
elu, whose f' = y + 1 loses all digits of f' far below 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nonlin.catalogue import get
from nonlin.expr import vocabulary as f
from nonlin.expr.nodes import Expr, absolute, build, symbol
from nonlin.function import Function

_GRAD, _Y = symbol("grad"), symbol("y")


def _softplus(grad: Any, y: Any) -> Any:
    return grad * -f.expm1(-symbol("beta") * y)


# besides those that the catalogue has a rule for
_RULES: Mapping[str, Callable[[Any, Any], Any]] = {
    "relu": lambda grad, y: f.where(y > 0, grad, 0),
    "leaky_relu": lambda grad, y: f.where(y > 0, grad, symbol("alpha") * grad),
    "softplus": _softplus,
    "softsign": lambda grad, y: grad * (1 - absolute(y)) ** 2,
}


def from_output(function: Function) -> Expr | None:
    """The gradient by x in `grad` and `y`; None where x must be kept."""
    if function.from_output is not None:
        return function.from_output
    rule = _RULES.get(function.name)
    if rule is None or get(function.name).formula is not function.formula:
        return None
    if function.values.get("alpha", 0.0) < 0:  # f(x) does not tell on which side x was
        return None
    found: Expr = rule(_GRAD, _Y)
    return found


def guarded(rule: Expr) -> Expr:
    """NaN where y is, as kernels have it."""
    return build("guard", rule, _Y)
