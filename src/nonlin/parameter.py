"""What a call of an activation may say, and tracing, which turns a function into a graph."""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any, NamedTuple

from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.expr.nodes import Expr, lift, symbol

PRECISIONS = ("fast", "exact")
ORDERS = (1, 2, 3)
NOISE = {"uniform": "0.5", "normal": "0", "gumbel": "0"}  # and what stands for it in evaluation
# what a call takes itself, and the arrays that a kernel may read
RESERVED = ("x", "pi", "order", "precision", "out", "axis", "seed", "grad", "value", "y", *NOISE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that shapes an activation: its value, and the open range it may lie in.

    learned: networks train it together with their weights, one for a layer or a channel.
    """

    name: str
    value: float
    above: float = -math.inf
    below: float = math.inf
    learned: bool = False

    def checked(self, value: Any) -> float:
        """The value as a float, if it is one and lies in the range."""
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise InputError("parameter_number", name=self.name, given=repr(value)) from None
        if not math.isfinite(number):
            raise InputError("parameter_finite", name=self.name, given=value)
        if not self.above < number < self.below:
            raise self._outside(value)
        return number

    def checked_array(self, values: Any) -> Any:
        """The values as an array of floats, if all of them are allowed."""
        import numpy as np

        from nonlin.kernels import arrays

        array = arrays.as_input(values)
        if not np.isfinite(array).all():
            raise InputError(
                "parameter_finite", name=self.name, given=array[~np.isfinite(array)][0]
            )
        outside = ~((array > self.above) & (array < self.below))
        if outside.any():
            raise self._outside(array[outside][0])
        return array

    def _outside(self, value: Any) -> InputError:
        low, high = self.above, self.below
        return InputError("parameter_range", name=self.name, given=value, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Request:
    """What a call of an activation says besides its arrays of inputs.

    Parameters may be arrays for element-wise functions: see `kinds.elementwise`.
    """

    precision: str = "fast"
    out: Any = None
    axis: Any = -1
    parameters: Mapping[str, Any] = field(default_factory=dict)


class GatedPair(NamedTuple):
    """The two inputs of a gated activation."""

    value: Any
    gate: Any


ELSEWHERE = {("leaky_relu", "negative_slope"): "alpha"}  # what PyTorch calls them, and ours


def with_values(
    activation: str, parameters: tuple[Parameter, ...], given: Mapping[str, Any]
) -> tuple[Parameter, ...]:
    """The parameters of an activation with the values that are given."""
    given = own_names(activation, given)
    check_names(activation, parameters, given)
    return tuple(replace(p, value=p.checked(given.get(p.name, p.value))) for p in parameters)


def own_names(activation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values under our names of the parameters; of two names of one, the other is unknown."""
    ours = {name: ELSEWHERE.get((activation, name), name) for name in given}
    return {(name if ours[name] in given else ours[name]): value for name, value in given.items()}


def check_names(
    activation: str, parameters: tuple[Parameter, ...], given: Mapping[str, Any]
) -> None:
    """Are these parameters of the activation?"""
    known = {parameter.name: parameter for parameter in parameters}
    if given and not known:
        raise InputError("no_parameters", activation=activation, given=next(iter(given)))
    for name in given:
        if name not in known:
            raise InputError(
                "unknown_parameter",
                activation=activation,
                given=name,
                allowed=listed(known),
                hint=nearest(name, known),
            )


def own_parameter(name: str, value: float) -> Parameter:
    """A parameter of a user's activation, if the name is free."""
    from nonlin.expr.parse import FUNCTIONS

    if not name.isidentifier() or keyword.iskeyword(name) or name in (*RESERVED, *FUNCTIONS):
        raise InputError("parameter_name", given=name)
    return Parameter(name, Parameter(name, 0.0).checked(value))


def trace(function: Callable[..., Expr], names: Iterable[str] = ()) -> Expr:
    """Call a Python function on symbols, x and those named, and keep what it builds."""
    try:
        result = function(symbol("x"), **{name: symbol(name) for name in names})
    except TypeError as error:  # math.exp(x), a parameter that was not named, ...
        raise InputError("not_traced", reason=str(error)) from error
    return lift(result)


def check_precision(precision: str) -> None:
    """Is it a precision that kernels have?"""
    if not isinstance(precision, str) or precision not in PRECISIONS:
        raise InputError("precision", given=precision, allowed=listed(PRECISIONS))


def check_order(order: int) -> None:
    """Is it an order of derivative that kernels have?"""
    if not isinstance(order, Real) or order not in ORDERS:
        raise InputError("order", given=order, allowed="1, 2, 3")
