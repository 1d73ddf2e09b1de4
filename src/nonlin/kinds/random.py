"""Activations that draw noise in training, such as RReLU; in evaluation they do not.

The noise is drawn from a seed, in the order of the elements and in one thread: the same seed
gives the same noise for arrays of one shape, on any number of threads. It enters the formula
for training as one more array.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin.expr.walk import symbols
from nonlin.function import Function, kind_of
from nonlin.kernels import arrays
from nonlin.kernels.arrays import Array
from nonlin.kinds import elementwise, rowwise
from nonlin.parameter import NOISE, Parameter, Request

DRAW = {"uniform": "random", "normal": "standard_normal", "gumbel": "gumbel"}


def value(activation: Function, x: Any, seed: Any, call: Request) -> Any:
    """f(x) with the noise of the seed."""
    given = arrays.as_input(x)
    drawn, call, noise = _with_noise(activation, given, seed, call)
    if kind_of(drawn.formula) == "rowwise":
        return rowwise.evaluate(drawn, drawn.formula, {"x": given, **noise}, call)
    return elementwise.value(drawn, given, call)


def backward(activation: Function, grad: Any, x: Any, seed: Any, call: Request) -> Any:
    """The gradient by x with the noise of the seed."""
    inputs = arrays.as_inputs((grad, x))
    drawn, call, noise = _with_noise(activation, inputs[1], seed, call)
    if kind_of(drawn.formula) == "rowwise":
        return rowwise.pull(drawn, inputs[0], {"x": inputs[1], **noise}, call)
    return elementwise.backward(drawn, inputs[0], inputs[1], call)


def parameter_gradients(
    activation: Function, grad: Any, x: Any, seed: Any, call: Request
) -> dict[str, Any]:
    """Gradients by the learned parameters with the noise of the seed."""
    drawn, call, _ = _with_noise(activation, arrays.as_input(x), seed, call)
    return elementwise.parameter_gradients(drawn, grad, x, activation.learned, call)


def _with_noise(
    activation: Function, x: Array, seed: Any, call: Request
) -> tuple[Function, Request, dict[str, Array]]:
    """The activation as in training: its noise is a parameter, or an input beside x."""
    formula = activation.training
    assert formula is not None  # noqa: S101 - for the type checker
    rng = np.random.default_rng(checked_seed(seed))
    names = [name for name in NOISE if name in symbols([formula])]
    noise = {name: getattr(rng, DRAW[name])(size=x.shape).astype(x.dtype) for name in names}
    if kind_of(formula) == "rowwise":
        bound = activation.bind(**call.parameters)
        return replace(bound, formula=formula, training=None, from_output=None), call, noise
    rows = (*activation.parameters, *(Parameter(name, 0.0) for name in names))
    drawn = replace(activation, formula=formula, training=None, parameters=rows)
    return drawn, replace(call, parameters={**call.parameters, **noise}), noise


def with_given_noise(activation: Function) -> tuple[Any, str] | None:
    """The activation as in training with its noise as a parameter, and the name of that.

    None for functions of rows, whose noise is an array.
    """
    formula = activation.training
    if formula is None or kind_of(formula) == "rowwise":
        return None
    (name,) = (name for name in NOISE if name in symbols([formula]))
    rows = (*activation.parameters, Parameter(name, 0.0))
    return replace(activation, formula=formula, training=None, parameters=rows), name


def checked_seed(seed: Any) -> int:
    """A whole number from 0 on."""
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise InputError("sample_seed", given=repr(seed))
    return number
