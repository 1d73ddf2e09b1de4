"""PyTorch's own modules of the very same functions, by name: nothing is imported for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nonlin.activation import Activation
from nonlin.catalogue import get, names


@dataclass(frozen=True, slots=True)
class Native:
    """A class of torch.nn. options: our parameters by what it calls them; fixed: other options."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    def arguments(self, values: Mapping[str, float]) -> dict[str, Any]:
        """What the class is called with, for these values of our parameters."""
        return {theirs: values[ours] for theirs, ours in self.options.items()} | {**self.fixed}


_ALPHA = {"alpha": "alpha"}
_LAMBD = {"lambd": "lambd"}
NATIVE: Mapping[str, Native] = {
    "celu": Native("CELU", _ALPHA),
    "elu": Native("ELU", _ALPHA),
    "gelu": Native("GELU"),
    "gelu_tanh": Native("GELU", fixed={"approximate": "tanh"}),
    "glu": Native("GLU"),
    "hard_sigmoid": Native("Hardsigmoid"),
    "hard_swish": Native("Hardswish"),
    "hard_tanh": Native("Hardtanh"),
    "hardshrink": Native("Hardshrink", _LAMBD),
    "identity": Native("Identity"),
    "leaky_relu": Native("LeakyReLU", {"negative_slope": "alpha"}),
    "log_sigmoid": Native("LogSigmoid"),
    "log_softmax": Native("LogSoftmax"),
    "mish": Native("Mish"),
    "prelu": Native("PReLU", {"init": "alpha"}),
    "relu": Native("ReLU"),
    "relu6": Native("ReLU6"),
    "rrelu": Native("RReLU", {"lower": "lower", "upper": "upper"}),
    "selu": Native("SELU"),
    "sigmoid": Native("Sigmoid"),
    "silu": Native("SiLU"),
    "softmax": Native("Softmax"),
    "softmin": Native("Softmin"),
    "softplus": Native("Softplus", {"beta": "beta"}),
    "softshrink": Native("Softshrink", _LAMBD),
    "softsign": Native("Softsign"),
    "tanh": Native("Tanh"),
    "tanhshrink": Native("Tanhshrink"),
    "threshold": Native("Threshold", {"threshold": "threshold", "value": "default_value"}),
}
ALONG = ("softmax", "log_softmax", "softmin", "glu")  # these take an axis, `dim`


def native(activation: Activation) -> Native | None:
    """PyTorch's module of an entry, whatever its parameters; None for other functions."""
    name = activation.name
    found = NATIVE.get(name)
    if found is None or name not in names() or get(name).formula is not activation.formula:
        return None
    return found
