"""Arrays of other libraries, and which of our modules answers for them when they come.

The modules are leaves that nobody imports: they are looked up here by name, once an array of
their library is there, so that its library is in use.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

_LEAVES = {"torch": "nonlin.torch.arrays_of_torch"}


@cache
def leaf_of(kind: type) -> Any:
    """The module with call, derivative, value_and_derivative, backward and gate; None for NumPy."""
    for base in kind.__mro__:
        home = _LEAVES.get(base.__module__.partition(".")[0])
        if home is not None and base.__name__ == "Tensor":
            return import_module(home)
    return None
