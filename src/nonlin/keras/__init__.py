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
from typing import Any

from nonlin._errors import InputError
from nonlin._public import entries, needs, public_names

_HOMES = {
    "get": "nonlin.keras.function",
    "KerasFunction": "nonlin.keras.function",
    "Layer": "nonlin.keras.layer",
    "initializers": "nonlin.keras.initializers",
}

with suppress(ImportError):  # what is asked for later says what is missing
    for _home in _HOMES.values():
        import_module(_home)


def _needs_keras() -> None:
    needs("keras")
    try:
        import_module("keras")
    except ModuleNotFoundError as error:
        raise InputError("keras_back_end", missing=error.name) from None


def _entry(name: str) -> Any:
    """A layer for `Mish`, a function for `mish`."""
    kind = "layer" if name[0].isupper() else "function"
    return import_module(f"nonlin.keras.{kind}").of_name(name)


__getattr__ = public_names(__name__, _HOMES, _entry, _needs_keras)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *entries()})
