"""PyTorch's own modules of the very same functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError, nearest
from nonlin.activation import Activation
from nonlin.catalogue import get, names

Values = Mapping[str, float]
_IN_PLACE = ("relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "mish", "hard_sigmoid",
             "hard_swish", "hard_tanh", "threshold", "rrelu")  # fmt: skip
_ALONG = ("softmax", "log_softmax", "softmin", "glu")
_MODULES: Mapping[str, Callable[..., nn.Module]] = {
    "celu": lambda v, **o: nn.CELU(v["alpha"], **o),
    "elu": lambda v, **o: nn.ELU(v["alpha"], **o),
    "gelu": lambda v: nn.GELU(),
    "gelu_tanh": lambda v: nn.GELU(approximate="tanh"),
    "glu": lambda v, dim: nn.GLU(dim),
    "hard_sigmoid": lambda v, **o: nn.Hardsigmoid(**o),
    "hard_swish": lambda v, **o: nn.Hardswish(**o),
    "hard_tanh": lambda v, **o: nn.Hardtanh(**o),
    "hardshrink": lambda v: nn.Hardshrink(v["lambd"]),
    "identity": lambda v: nn.Identity(),
    "leaky_relu": lambda v, **o: nn.LeakyReLU(v["alpha"], **o),
    "log_sigmoid": lambda v: nn.LogSigmoid(),
    "log_softmax": lambda v, dim: nn.LogSoftmax(dim),
    "mish": lambda v, **o: nn.Mish(**o),
    "prelu": lambda v, channels, device, dtype: nn.PReLU(channels, v["alpha"], device, dtype),
    "relu": lambda v, **o: nn.ReLU(**o),
    "relu6": lambda v, **o: nn.ReLU6(**o),
    "rrelu": lambda v, **o: nn.RReLU(v["lower"], v["upper"], **o),
    "selu": lambda v, **o: nn.SELU(**o),
    "sigmoid": lambda v: nn.Sigmoid(),
    "silu": lambda v, **o: nn.SiLU(**o),
    "softmax": lambda v, dim: nn.Softmax(dim),
    "softmin": lambda v, dim: nn.Softmin(dim),
    "softplus": lambda v: nn.Softplus(v["beta"]),
    "softshrink": lambda v: nn.Softshrink(v["lambd"]),
    "softsign": lambda v: nn.Softsign(),
    "tanh": lambda v: nn.Tanh(),
    "tanhshrink": lambda v: nn.Tanhshrink(),
    "threshold": lambda v, **o: nn.Threshold(v["threshold"], v["default_value"], **o),
}


def native_module(
    activation: Activation,
    channels: int | None,
    dim: int | None,
    inplace: bool,
    device: Any,
    dtype: torch.dtype | None,
) -> nn.Module:
    """The module; InputError if PyTorch has none, or none with these options."""
    name = activation.name
    make = _MODULES.get(name)
    if make is None or name not in names() or get(name).formula is not activation.formula:
        raise InputError("no_native", name=name, hint=nearest(name, _MODULES))
    options: dict[str, Any] = {}
    if name in _ALONG:
        options["dim"] = -1 if dim is None else dim
    elif dim not in (None, 1) or (dim is not None and name != "prelu"):
        raise InputError("no_native_option", name=name, option="dim")
    if name == "prelu":
        options |= {"channels": channels or 1, "device": device, "dtype": dtype}
    if inplace:
        if name not in _IN_PLACE:
            raise InputError("no_native_option", name=name, option="inplace")
        options["inplace"] = True
    return make(activation.values, **options)
