"""What a call of an activation may say, and tracing, which turns a function into a graph."""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nonlin._errors import InputError, nearest
from nonlin.expr.nodes import Expr, lift, symbol

PRECISIONS = ("fast", "exact")
ORDERS = (1, 2, 3)
RESERVED = ("x", "pi", "order", "precision", "out", "axis")  # what a call takes itself


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that shapes an activation: its value, and the open range it may lie in."""

    name: str
    value: float
    above: float = -math.inf
    below: float = math.inf

    def checked(self, value: Any) -> float:
        """The value as a float, if it is one and lies in the range."""
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise InputError("parameter_number", name=self.name, given=repr(value)) from None
        if not math.isfinite(number):
            raise InputError("parameter_finite", name=self.name, given=value)
        if not self.above < number < self.below:
            raise InputError(
                "parameter_range", name=self.name, given=value, low=self.above, high=self.below
            )
        return number


@dataclass(frozen=True, slots=True)
class Call:
    """What a call of an activation says besides its arrays."""

    precision: str = "fast"
    out: Any = None
    axis: Any = -1
    parameters: Mapping[str, Any] = field(default_factory=dict)


def with_values(
    activation: str, parameters: tuple[Parameter, ...], given: Mapping[str, Any]
) -> tuple[Parameter, ...]:
    """The parameters of an activation with the values that are given."""
    known = {parameter.name: parameter for parameter in parameters}
    if not known:
        raise InputError("no_parameters", activation=activation, given=next(iter(given)))
    for name in given:
        if name not in known:
            raise InputError(
                "unknown_parameter",
                activation=activation,
                given=name,
                allowed=", ".join(known),
                hint=nearest(name, known),
            )
    return tuple(replace(p, value=p.checked(given.get(p.name, p.value))) for p in parameters)


def own_parameter(name: str, value: float) -> Parameter:
    """A parameter of a user's activation, if the name is free."""
    from nonlin.expr.parse import FUNCTIONS

    if not name.isidentifier() or keyword.iskeyword(name) or name in (*RESERVED, *FUNCTIONS):
        raise InputError("parameter_name", given=name)
    return Parameter(name, Parameter(name, 0.0).checked(value))


def trace(function: Callable[..., Expr], parameters: Mapping[str, Parameter] | None = None) -> Expr:
    """Call a Python function on symbols and keep what it builds."""
    names = parameters or {}
    try:
        result = function(symbol("x"), **{name: symbol(name) for name in names})
    except TypeError as error:  # math.exp(x), a parameter that was not named, ...
        raise InputError("not_traced", reason=str(error)) from error
    return lift(result)


def check_precision(precision: str) -> None:
    """Is it a precision that kernels have?"""
    if not isinstance(precision, str) or precision not in PRECISIONS:
        raise InputError("precision", given=precision, allowed=", ".join(PRECISIONS))


def check_order(order: int) -> None:
    """Is it an order of derivative that kernels have?"""
    if not isinstance(order, int | float) or order not in ORDERS:
        raise InputError("order", given=order, allowed="1, 2, 3")
