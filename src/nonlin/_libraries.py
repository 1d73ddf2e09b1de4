"""Other libraries, and which of our modules answers for them when their arrays come, or when
somebody asks for them on the command line.

The modules are leaves that nobody imports: they are looked up here by name, once an array of
their library is there, so that its library is in use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

_LEAVES = {"torch": "nonlin.torch.arrays_of_torch"}
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
        homes = [_LEAVES.get(each.__module__.partition(".")[0]) for each in _tensors(kind)]
        _known[kind] = next(filter(None, homes), "")
        if _known[kind]:
            import_module(_known[kind])
    return _known[kind]


_name_of._dynamo_marked_constant = True  # type: ignore[attr-defined] # run by compilers, not traced


def _tensors(kind: type) -> list[type]:
    return [each for each in kind.__mro__ if each.__name__ == "Tensor"]
