"""Other libraries, and which of our modules answers for them when their arrays come, or when
somebody asks for them on the command line.

The modules are leaves that nobody imports: they are looked up here by name, once an array of
their library is there, so that its library is in use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

# classes of arrays by library and name; a Tracer is what jit, grad and vmap of JAX hand over
_ARRAYS = (("torch", "Tensor"), ("jax", "Array"), ("jax", "Tracer"), ("keras", "KerasTensor"),
           ("keras", "Variable"), ("tensorflow", "Tensor"))  # fmt: skip
_LEAVES = {
    "torch": "nonlin.torch.arrays_of_torch",
    "jax": "nonlin.jax.arrays_of_jax",
    "keras": "nonlin.keras.arrays_of_keras",
}
# what a library is called, and how its arrays become those of NumPy
_NAMES = {
    "torch": ("PyTorch", "x.detach().cpu().numpy()"),
    "jax": ("JAX", "numpy.asarray(x)"),
    "keras": ("Keras", "keras.ops.convert_to_numpy(x)"),
    "tensorflow": ("TensorFlow", "x.numpy()"),
}
_PUBLIC = {"torch": "nonlin.torch"}
_known: dict[type, str] = {}


def leaf(library: str) -> Any:
    """Our package for that library; its names raise InputError if the library is not installed."""
    return import_module(_PUBLIC[library])


def leaf_of(kind: type) -> Any:
    """The module with call, derivative, value_and_derivative, backward and gate; None for NumPy."""
    name = _name_of(kind)
    return sys.modules[name] if name else None


def _name_of(kind: type) -> str:
    """The name of the module, which is imported by then; none for NumPy."""
    if kind not in _known:
        _known[kind] = _LEAVES.get(library_of(kind), "")
        if _known[kind]:
            import_module(_known[kind])
    return _known[kind]


_name_of._dynamo_marked_constant = True  # type: ignore[attr-defined] # run by compilers, not traced


def library_of(kind: type) -> str:
    """The library whose array this is, "" for NumPy; JAX writes more than a name into names."""
    for each in kind.__mro__:
        found = each.__module__.partition(".")[0], each.__name__.rpartition(".")[2]
        if found in _ARRAYS:
            return found[0]
    return ""


def names_of(kind: type) -> tuple[str, str] | None:
    """What the library of an array is called, and how the array becomes one of NumPy."""
    return _NAMES.get(library_of(kind))
