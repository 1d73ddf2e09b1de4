"""What an Activation does when it is called on an array of JAX: `nl.mish(array)` is one, too."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.any_library.bound import check_request
from nonlin.jax.function import function_of
from nonlin.jax.parts import Array
from nonlin.parameter import GatedPair, Request, check_order


def call(activation: Activation, x: Any, request: Request) -> Array:
    """f(x); a random activation as in evaluation."""
    check_request(activation, request, "JAX")
    given = tuple(x) if isinstance(x, GatedPair) else (x,)
    return function_of(activation)(*given, axis=request.axis, **request.parameters)


def derivative(activation: Activation, x: Any, order: int, request: Request) -> Array:
    """The derivative of order 1, 2 or 3 of an element-wise function, with further derivatives."""
    activation.needs_elementwise("derivative_elsewhere")
    check_order(order)
    check_request(activation, request, "JAX")
    return function_of(activation).derivative(x, order, **request.parameters)


def value_and_derivative(activation: Activation, x: Any, request: Request) -> tuple[Array, Array]:
    """Both."""
    return call(activation, x, request), derivative(activation, x, 1, request)


def backward(activation: Activation, grad: Any, x: Any, request: Request) -> Any:
    """The gradient by x, or by value and gate, with further derivatives."""
    given = tuple(x) if isinstance(x, GatedPair) else (x,)

    def run(*arrays: Any) -> Array:
        return call(activation, GatedPair(*arrays) if len(arrays) == 2 else arrays[0], request)

    y, pull = jax.vjp(run, *given)
    if jnp.shape(grad) != y.shape:
        raise InputError("input_shapes", first=jnp.shape(grad), other=y.shape)
    found = pull(jnp.asarray(grad, y.dtype))
    return found if len(given) == 2 else found[0]


def gate(activation: Activation, value: Any, x: Any, request: Request) -> Array:
    """value * f(x)"""
    if jnp.shape(value) != jnp.shape(x):
        raise InputError("input_shapes", first=jnp.shape(value), other=jnp.shape(x))
    activation.needs_elementwise("gate")
    return jnp.asarray(value) * call(activation, x, request)
