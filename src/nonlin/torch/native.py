"""PyTorch's own modules of the very same functions, made: `export.native` lists them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError, nearest
from nonlin.activation import Activation
from nonlin.export.native import ALONG, NATIVE, native

_IN_PLACE = ("relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "mish", "hard_sigmoid",
             "hard_swish", "hard_tanh", "threshold", "rrelu")  # fmt: skip


def native_module(
    activation: Activation,
    channels: int | None,
    dim: int | None,
    inplace: bool,
    device: Any,
    dtype: torch.dtype | None,
) -> nn.Module:
    """The module; InputError if PyTorch has none, or none with these options."""
    name, row = activation.name, native(activation)
    if row is None:
        raise InputError("no_native", name=name, hint=nearest(name, NATIVE))
    options = row.arguments(activation.values)
    if name in ALONG:
        options["dim"] = -1 if dim is None else dim
    elif dim not in (None, 1) or (dim is not None and name != "prelu"):
        raise InputError("no_native_option", name=name, option="dim")
    if name == "prelu":
        options |= {"num_parameters": channels or 1, "device": device, "dtype": dtype}
    if inplace:
        if name not in _IN_PLACE:
            raise InputError("no_native_option", name=name, option="inplace")
        options["inplace"] = True
    module: nn.Module = getattr(nn, row.name)(**options)
    return module
