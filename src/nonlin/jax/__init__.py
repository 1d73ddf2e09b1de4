"""nonlin for JAX: any activation as a function of arrays, and initialisers that fit it.

    import nonlin.jax as nj
    nj.mish(x), nj.get("elu", alpha=0.5), nj.initializers.for_activation("mish")

Names are looked up on first use; every entry of the catalogue is among them.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nonlin._errors import InputError, nearest

_HOMES = {
    "get": "nonlin.jax.function",
    "JaxFunction": "nonlin.jax.function",
    "initializers": "nonlin.jax.initializers",
}
_MODULES = ("initializers",)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    home = import_module(_needs_jax(_HOMES.get(name, "nonlin.jax.function")))
    if name in _HOMES:
        found = home if name in _MODULES else getattr(home, name)
    else:
        found = _entry(home, name)
    globals()[name] = found
    return found


def _entry(home: Any, name: str) -> Any:
    try:
        return home.get(name)
    except InputError:
        hint = nearest(name, (*_HOMES, *import_module("nonlin.catalogue").names()))
        raise AttributeError(f"module 'nonlin.jax' has no attribute {name!r}.{hint}") from None


def _needs_jax(home: str) -> str:
    if find_spec("jax") is None:
        raise InputError("missing_package", package="jax", extra="jax")
    return home


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *import_module("nonlin.catalogue").names()})
