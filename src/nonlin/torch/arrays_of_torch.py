"""What an Activation does when it is called on a tensor: `nl.mish(tensor)` is a tensor."""

from __future__ import annotations

from typing import Any

import torch

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.any_library.bound import check_request
from nonlin.parameter import GatedPair, Request, check_order
from nonlin.torch.differentiable import apply
from nonlin.torch.functional import function_of
from nonlin.torch.tensors import Tensor, floating


def call(activation: Activation, x: Any, request: Request) -> Tensor:
    """f(x); a random activation as in evaluation."""
    check_request(activation, request, "PyTorch")
    given = tuple(x) if isinstance(x, GatedPair) else (x,)
    found: Tensor = function_of(activation)(*given, dim=request.axis, **request.parameters)
    return found


def derivative(activation: Activation, x: Tensor, order: int, request: Request) -> Tensor:
    """The derivative of order 1, 2 or 3 of an element-wise function, with further derivatives."""
    activation.needs_elementwise("derivative_elsewhere")
    check_order(order)
    check_request(activation, request, "PyTorch")
    (x,) = floating(x)
    part = function_of(activation.bind(**request.parameters)).prepare((), (), False).part
    for _ in range(order):
        part = part.by("x")
    return apply(part, x).to(x.dtype)


def value_and_derivative(
    activation: Activation, x: Tensor, request: Request
) -> tuple[Tensor, Tensor]:
    """Both."""
    return call(activation, x, request), derivative(activation, x, 1, request)


def backward(activation: Activation, grad: Tensor, x: Any, request: Request) -> Any:
    """The gradient by x, or by value and gate, with further derivatives."""
    given = tuple(x) if isinstance(x, GatedPair) else (x,)

    def run(*tensors: Tensor) -> Tensor:
        pair = GatedPair(*tensors) if len(tensors) == 2 else tensors[0]
        return call(activation, pair, request)

    pull: Any = torch.func.vjp(run, *floating(*given))[1]
    found = pull(grad)
    return found if len(given) == 2 else found[0]


def gate(activation: Activation, value: Tensor, x: Tensor, request: Request) -> Tensor:
    """value * f(x)"""
    if value.shape != x.shape:
        raise InputError("input_shapes", first=tuple(value.shape), other=tuple(x.shape))
    activation.needs_elementwise("gate")
    return value * call(activation, x, request)
