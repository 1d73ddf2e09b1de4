"""Let a module be called like the function that it is named after.

`nonlin.choose` is both a package and the function `nl.choose(X, y)`: importing a submodule
binds its name in the package, over a function of the same name, so the module itself answers.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return getattr(self, self.__name__.rpartition(".")[2])(*arguments, **options)


def make_callable(module: str) -> None:
    """Calling the module `a.b` calls its function `b`."""
    sys.modules[module].__class__ = _CallableModule
