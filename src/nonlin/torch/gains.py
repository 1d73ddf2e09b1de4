"""The gain of anything that is an activation: a name, a formula, a module, a function."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import elsewhere, get
from nonlin.gaussian_moments.quadrature import expect
from nonlin.theory.propagation import gain
from nonlin.torch.layer import Layer
from nonlin.torch.reading.recognise import recognised

Array = NDArray[np.float64]
POINTS = np.linspace(-2, 2, 41)
LINEAR = ("linear", *(f"conv{n}d" for n in (1, 2, 3)), *(f"conv_transpose{n}d" for n in (1, 2, 3)))


def calculate_gain(
    nonlinearity: Any, param: float | None = None, *, backward: bool = False
) -> float:
    """By how much weights of variance 1 / fan_in grow behind an activation, to keep a signal.

    1 / sqrt(E[f(z)^2]), z standard normal, or 1 / sqrt(E[f'(z)^2]) for gradients on their way
    back. nonlinearity: a name (also PyTorch's, such as "linear"), an Activation, an nn.Module or
    a function of tensors, element by element. param: the slope of "leaky_relu", as in
    torch.nn.init.calculate_gain, whose values for tanh (5/3) and selu (3/4) are conventions and
    not these. Raises InputError for what is no element-wise function.
    """
    if isinstance(nonlinearity, str) and nonlinearity in LINEAR:
        return 1.0
    if isinstance(nonlinearity, str | Activation):
        entry = get(nonlinearity)
        return gain(entry if param is None else _with(entry, param), backward=backward)
    function = _function(nonlinearity)
    known = recognised(lambda x: _values(function, x))
    if known is not None:
        return gain(known, backward=backward)
    run = _slope if backward else _values
    second = expect(lambda z: run(function, z) ** 2, ()).value
    return 1 / math.sqrt(second) if second > 0 else math.inf


def _with(entry: Activation, param: float) -> Activation:
    if len(entry.values) != 1:
        raise InputError("torch_gain_param", name=entry.name, count=len(entry.values))
    return entry.bind(**dict.fromkeys(entry.values, param))


def _function(given: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    """As a function of float64 tensors. InputError for what is none, element by element."""
    if isinstance(given, nn.Module):
        given = copy.deepcopy(given).eval().double()
    if not callable(given):
        raise InputError("activation_type", given=repr(given))
    name = getattr(given, "__name__", type(given).__name__)
    try:
        values, some = _values(given, POINTS), _values(given, POINTS[::-3].copy())
    except Exception as error:
        raise InputError("torch_gain_fails", name=name, error=str(error).strip()) from error
    alone = values.shape == POINTS.shape and np.allclose(values[::-3], some, equal_nan=True)
    if not alone:
        raise InputError("torch_gain_elementwise", name=name)
    found: Callable[[torch.Tensor], torch.Tensor] = given
    return found


def _values(function: Callable[[torch.Tensor], torch.Tensor], x: Array) -> Array:
    with torch.no_grad():
        found = function(torch.from_numpy(np.array(x, np.float64)))
    return np.asarray(found.double().numpy(), np.float64)


def _slope(function: Callable[[torch.Tensor], torch.Tensor], x: Array) -> Array:
    given = torch.from_numpy(np.array(x, np.float64)).requires_grad_()
    (found,) = torch.autograd.grad(function(given).sum(), given)
    return np.asarray(found.numpy(), np.float64)


def activation_of_module(module: nn.Module) -> Activation | None:
    """The activation that a module is, by its values; None if it is something else."""
    if isinstance(module, Layer):
        return module.activation
    row = elsewhere.find(f"torch.nn.{type(module).__name__}")
    of_torch = row is not None and type(module).__module__ == "torch.nn.modules.activation"
    if row is not None and of_torch and get(row.entry).kind != "elementwise":
        return get(row.entry)
    held = any(True for _ in module.parameters()) and not of_torch
    if held or any(True for _ in module.children()):
        return None
    try:
        function = _function(module)
    except InputError:
        return None
    found = recognised(lambda x: _values(function, x))
    does_nothing = found is not None and found.name == "identity"
    return None if does_nothing and not isinstance(module, nn.Identity) else found
