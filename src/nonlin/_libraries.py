"""Arrays of other libraries, and which of our modules answers for them when they come.

The modules are leaves that nobody imports: they are looked up here by name, once an array of
their library is there, so that its library is in use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

_LEAVES = {
    ("torch", "Tensor"): "nonlin.torch.arrays_of_torch",
    ("jax", "Array"): "nonlin.jax.arrays_of_jax",
    ("jax", "Tracer"): "nonlin.jax.arrays_of_jax",  # what jit, grad and vmap hand over
    ("keras", "KerasTensor"): "nonlin.keras.arrays_of_keras",
    ("keras", "Variable"): "nonlin.keras.arrays_of_keras",
}
# what a library is called, and how its arrays become those of NumPy
NAMES = {
    "torch": ("PyTorch", "x.detach().cpu().numpy()"),
    "jax": ("JAX", "numpy.asarray(x)"),
    "keras": ("Keras", "keras.ops.convert_to_numpy(x)"),
}
_known: dict[type, str] = {}


def leaf_of(kind: type) -> Any:
    """The module with call, derivative, value_and_derivative, backward and gate; None for NumPy."""
    name = _name_of(kind)
    return sys.modules[name] if name else None


def _name_of(kind: type) -> str:
    """The name of the module, which is imported by then; none for NumPy."""
    if kind not in _known:
        homes = [_LEAVES.get(_place(each)) for each in kind.__mro__]
        _known[kind] = next(filter(None, homes), "")
        if _known[kind]:
            import_module(_known[kind])
    return _known[kind]


_name_of._dynamo_marked_constant = True  # type: ignore[attr-defined] # run by compilers, not traced


def _place(kind: type) -> tuple[str, str]:
    """The library and the name of a class; JAX writes more than a name into the name."""
    return kind.__module__.partition(".")[0], kind.__name__.rpartition(".")[2]


def names_of(kind: type) -> tuple[str, str]:
    """What the library of an array is called, and how the array becomes one of NumPy."""
    return NAMES[_name_of(kind).split(".")[1]]
