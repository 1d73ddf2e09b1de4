"""nonlin for PyTorch: any activation as a module or function of tensors.

    import nonlin.torch as nt
    nt.Mish(), nt.get("prelu", channels=64), nt.functional.mish(x)

Names are looked up on first use; a class for each entry of the catalogue is among them.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nonlin._errors import InputError, nearest

# where each public name lives; every other name is that of a class, such as Mish
_HOMES = {
    "get": "nonlin.torch.layer",
    "Layer": "nonlin.torch.layer",
    "functional": "nonlin.torch.functional",
    "inspect": "nonlin.torch.inspecting",
    "init_": "nonlin.torch.initialise",
    "calculate_gain": "nonlin.torch.gains",
    "swap": "nonlin.torch.swapping",
    "choose": "nonlin.torch.which_activation",
    "stability": "nonlin.torch.training_badly",
    "diagnose": "nonlin.torch.training_badly",
    "watch": "nonlin.torch.watching",
    "lightning_callback": "nonlin.torch.lightning",
}
_MODULES = ("functional",)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    if name in _HOMES:
        home = import_module(_needs_torch(_HOMES[name]))
        found = home if name in _MODULES else getattr(home, name)
    else:
        found = _class(name)
    globals()[name] = found
    return found


def _class(name: str) -> Any:
    found = None
    if name[0].isupper():
        found = import_module(_needs_torch("nonlin.torch.layer")).class_of(name)
    if found is None:
        catalogue = import_module("nonlin.catalogue")
        hint = nearest(name, (*_HOMES, *catalogue.names()))
        raise AttributeError(f"module 'nonlin.torch' has no attribute {name!r}.{hint}")
    return found


def _needs_torch(home: str) -> str:
    if find_spec("torch") is None:
        raise InputError("missing_package", package="torch", extra="torch")
    return home


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
