"""Let a module be called like the function that it is named after.

`nonlin.choose` is both a package and the function `nl.choose(X, y)`: importing a submodule
binds its name in the package, over a function of the same name, so the module itself answers.
"""

from __future__ import annotations

import sys
from inspect import Signature, signature
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return _function(self)(*arguments, **options)

    @property
    def __signature__(self) -> Signature:  # what `inspect.signature` and editors show
        return signature(_function(self))


def make_callable(module: str) -> None:
    """Calling the module `a.b` calls its function `b`; `help` shows what that function does."""
    found = sys.modules[module]
    found.__class__ = _CallableModule
    found.__doc__ = _function(found).__doc__


def _function(module: ModuleType) -> Any:
    return getattr(module, module.__name__.rpartition(".")[2])
