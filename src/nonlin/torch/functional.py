"""Activations as functions of tensors: `functional.mish(x)`, one for each name and alias.

from nonlin.torch import functional
functional.prelu(x, alpha=torch.tensor([0.1, 0.2]), dim=1)
"""

from __future__ import annotations

from nonlin import catalogue
from nonlin._public import public_names
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


def _of_name(name: str) -> TensorFunction | None:
    found = catalogue.find(name)
    return None if found is None else function_of(found)


__getattr__ = public_names(__name__, {}, _of_name)


def __dir__() -> list[str]:
    return sorted(catalogue.names())


for _name in catalogue.names():  # compilers do not ask __getattr__, nor loaded graphs the functions
    globals()[_name] = function_of(catalogue.get(_name))
    globals()[_name].register()
