"""Activations as functions of tensors: `functional.mish(x)`, one for each name and alias.

from nonlin.torch import functional
functional.prelu(x, alpha=torch.tensor([0.1, 0.2]), dim=1)
"""

from __future__ import annotations

from typing import Any

from nonlin import catalogue
from nonlin._errors import InputError, nearest
from nonlin.activation import Activation
from nonlin.torch.tensor_function import TensorFunction
from nonlin.torch.tensors import not_traced


def function_of(activation: Activation) -> TensorFunction:
    """The one function of an activation."""
    _prepare(activation)
    found: TensorFunction = activation._ready[_KEY]
    return found


@not_traced
def _prepare(activation: Activation) -> bool:
    if _KEY not in activation._ready:
        activation._ready[_KEY] = TensorFunction(activation)
    return True


_KEY = "on tensors"


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        activation = catalogue.get(name)
    except InputError:
        hint = nearest(name, catalogue.names())
        raise AttributeError(f"nonlin.torch.functional has no {name!r}.{hint}") from None
    found = globals()[name] = function_of(activation)
    return found


def __dir__() -> list[str]:
    return sorted(catalogue.names())


for _name in catalogue.names():  # compilers do not ask __getattr__, nor loaded graphs the functions
    globals()[_name] = function_of(catalogue.get(_name))
    globals()[_name].register()
