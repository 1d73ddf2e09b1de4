"""Activations as functions of tensors: `functional.mish(x)`, one for each name and alias.

    from nonlin.torch import functional
    functional.prelu(x, alpha=torch.tensor([0.1, 0.2]), dim=1)
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from nonlin import catalogue
from nonlin._errors import InputError, nearest
from nonlin.activation import Activation
from nonlin.torch.tensor_function import TensorFunction


@lru_cache(maxsize=1024)
def function_of(activation: Activation) -> TensorFunction:
    """The one function of an activation."""
    return TensorFunction(activation)


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


for _name in catalogue.names():  # compilers do not ask __getattr__
    globals()[_name] = function_of(catalogue.get(_name))
