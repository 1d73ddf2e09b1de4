"""An activation for one call: numbers put in, what is an array left free, noise in training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.expr.nodes import Expr, Symbol, arguments_of, is_call
from nonlin.expr.walk import substitute, symbols
from nonlin.function import Function
from nonlin.parameter import NOISE, Request, check_names

Numbers = Sequence[tuple[str, Any]]


def noises(activation: Activation) -> tuple[str, ...]:
    """The noise that it draws in training, by name."""
    noisy = () if activation.training is None else symbols([activation.training])
    return tuple(name for name in NOISE if name in noisy)


def bound(
    activation: Activation, free: Sequence[str], numbers: Numbers, training: bool
) -> tuple[Function, tuple[str, ...]]:
    """The function, and the names of the arrays that it takes: x, then value, parameters, noise.

    Raises InputError for parameters that it does not have, or that must be numbers.
    """
    check_names(activation.name, activation.parameters, dict.fromkeys(free))
    activation = activation.bind(**dict(numbers))
    if free and (activation.kind == "gated" or activation.rowwise):
        raise InputError("tensor_parameter", name=activation.name, given=free[0])
    if activation.kind == "gated":
        return activation.trained, ("x", "value")
    function: Function = replace(activation.trained, training=None)
    if activation.training is not None and training:
        name = f"{activation.name}_training"
        function = replace(function, name=name, formula=activation.training, from_output=None)
    order = [each.name for each in activation.parameters if each.name in free]
    return function, ("x", *order, *(noises(activation) if training else ()))


def formula_of(function: Function, names: Sequence[str], formula: Expr | None = None) -> Expr:
    """Its formula, or another one, with the parameters that are no arrays put in."""
    values = {n: Fraction(v) for n, v in function.values.items() if n not in names}
    return substitute(function.formula if formula is None else formula, values)


def parts_of(activation: Activation) -> list[Function | None]:
    """What a reshaping function joins or pools, one function for each; None leaves x."""
    formula = activation.formula
    inner = arguments_of(formula)[: 2 if is_call(formula, "row_join") else 1]
    return [
        None if isinstance(each, Symbol) else _part(activation, place, each)
        for place, each in enumerate(inner)
    ]


def _part(activation: Activation, place: int, formula: Expr) -> Function:
    name = f"{activation.name}_{place + 1}"
    return replace(activation, name=name, formula=formula, from_output=None)


def check_hashable(numbers: Numbers) -> None:
    """Lists and arrays are no numbers, and not even keys."""
    for name, value in numbers:
        if isinstance(value, list | dict) or getattr(value, "ndim", None):
            raise InputError("parameter_number", name=name, given=repr(value))


def pieces_of(activation: Activation, parameters: Mapping[str, Any]) -> float:
    """Into how many pieces a function pools; 0 for one that joins."""
    found: float = {**activation.values, **parameters}.get("pieces", 0.0)
    return found


def check_request(activation: Activation, request: Request, library: str) -> None:
    """Only kernels, on arrays of NumPy, have a precision and write into `out`."""
    asked = {"precision": request.precision != "fast", "out": request.out is not None}
    for option in filter(asked.get, asked):
        raise InputError("tensor_option", name=activation.name, option=option, library=library)
