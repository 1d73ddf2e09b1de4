"""What an Activation does with a symbolic tensor or a variable of Keras.

Tensors of the back end are those of JAX or PyTorch, for which their own leaves answer.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.any_library.axes import check_pair
from nonlin.any_library.bound import check_request
from nonlin.keras.function import KerasFunction
from nonlin.keras.parts import Tensor
from nonlin.parameter import GatedPair, Request


def call(activation: Activation, x: Any, request: Request) -> Tensor:
    """f(x); of a symbolic tensor a symbolic one; a random activation as in evaluation."""
    check_request(activation, request, "Keras")
    given = tuple(x) if isinstance(x, GatedPair) else (x,)
    return KerasFunction(activation)(*given, axis=request.axis, **request.parameters)


def derivative(activation: Activation, x: Any, order: int, request: Request) -> Tensor:
    """Of what is no symbol."""
    return activation.derivative(_tensor(activation, x), order, **_options(request))


def value_and_derivative(activation: Activation, x: Any, request: Request) -> tuple[Tensor, Tensor]:
    """Of what is no symbol."""
    return activation.value_and_derivative(_tensor(activation, x), **_options(request))


def backward(activation: Activation, grad: Any, x: Any, request: Request) -> Any:
    """Of what is no symbol."""
    given = tuple(x) if isinstance(x, GatedPair) else (x,)
    tensors = [_tensor(activation, each) for each in (grad, *given)]
    return activation.backward(*tensors, **_options(request))


def gate(activation: Activation, value: Any, x: Any, request: Request) -> Tensor:
    """value * f(x)"""
    activation.needs_elementwise("gate")
    check_pair(value, x)
    return ops.multiply(value, call(activation, x, request))


def _tensor(activation: Activation, x: Any) -> Tensor:
    """That of the back end. InputError for a symbol, which has no numbers."""
    if isinstance(x, keras.KerasTensor):
        given = type(x).__name__
        raise InputError("no_arrays", name=activation.name, given=given, library="Keras")
    return ops.convert_to_tensor(x)


def _options(request: Request) -> dict[str, Any]:
    own = {"precision": request.precision, "out": request.out, "axis": request.axis}
    return {**own, **request.parameters}
