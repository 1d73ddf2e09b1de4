"""nonlin for Keras 3: any activation as a function or layer, and initialisers that fit it.

    import nonlin.keras as nk
    keras.layers.Dense(64, activation=nk.get("mish"),
                       kernel_initializer=nk.initializers.for_activation("mish"))
    nk.mish(x), nk.Mish(), nk.Layer("prelu", channels=64)

Importing it imports Keras, so that saved models find what they were made of.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nonlin._errors import InputError, nearest

_HOMES = {
    "get": "nonlin.keras.function",
    "KerasFunction": "nonlin.keras.function",
    "Layer": "nonlin.keras.layer",
    "initializers": "nonlin.keras.initializers",
}
_MODULES = ("initializers",)

with suppress(ImportError):  # what is asked for later says what is missing
    for _home in _HOMES.values():
        import_module(_home)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    _needs_keras()
    if name in _HOMES:
        home = import_module(_HOMES[name])
        found = home if name in _MODULES else getattr(home, name)
    else:
        found = _entry(name)
    globals()[name] = found
    return found


def _needs_keras() -> None:
    if find_spec("keras") is None:
        raise InputError("missing_package", package="keras", extra="keras")
    try:
        import_module("keras")
    except ModuleNotFoundError as error:
        raise InputError("keras_back_end", missing=error.name) from None


def _entry(name: str) -> Any:
    """A layer for `Mish`, a function for `mish`."""
    names = import_module("nonlin.catalogue").names()
    kind = "layer" if name[0].isupper() else "function"
    found = import_module(f"nonlin.keras.{kind}").of_name(name)
    if found is None:
        hint = nearest(name, (*_HOMES, *names))
        raise AttributeError(f"module 'nonlin.keras' has no attribute {name!r}.{hint}")
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *import_module("nonlin.catalogue").names()})
