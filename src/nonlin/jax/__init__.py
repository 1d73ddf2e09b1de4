"""nonlin for JAX: any activation as a function of arrays, and initialisers that fit it.

    import nonlin.jax as nj
    nj.mish(x), nj.get("elu", alpha=0.5), nj.initializers.for_activation("mish")

Names are looked up on first use; every entry of the catalogue is among them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nonlin._public import entries, needs, public_names

_HOMES = {
    "get": "nonlin.jax.function",
    "JaxFunction": "nonlin.jax.function",
    "initializers": "nonlin.jax.initializers",
}


def _entry(name: str) -> Any:
    return import_module("nonlin.jax.function").of_name(name)


__getattr__ = public_names(__name__, _HOMES, _entry, lambda: needs("jax"))


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *entries()})
