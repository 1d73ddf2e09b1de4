"""Names of a package that are looked up on first use, so that importing it stays light."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def public_names(
    package: str,
    homes: Mapping[str, str],
    entry: Callable[[str], Any],
    ready: Callable[[], object] = lambda: None,
) -> Callable[[str], Any]:
    """The `__getattr__` of a package, which imports what is asked for once.

    homes: the module in which a name lives; one that ends as the name does is meant itself.
    entry: what any other name stands for, or None. ready: raises InputError where something is
    missing.
    """

    def look_up(name: str) -> Any:
        if name.startswith("_"):  # what tools look for; no entry has such a name
            raise AttributeError(name)
        ready()
        if name in homes:
            home = import_module(homes[name])
            found = home if homes[name] == f"{package}.{name}" else getattr(home, name)
        else:
            found = entry(name)
        if found is None:
            from nonlin._errors import nearest

            hint = nearest(name, (*homes, *entries()))
            raise AttributeError(f"module {package!r} has no attribute {name!r}.{hint}")
        setattr(sys.modules[package], name, found)
        return found

    return look_up


def entries() -> tuple[str, ...]:
    """The names of the catalogue."""
    from nonlin.catalogue import names

    return names()


def needs(package: str, extra: str = "") -> None:
    """InputError where that package is not installed.

    extra: of nonlin, that installs it; without, one that has its name.
    """
    if find_spec(package) is None:
        from nonlin._errors import InputError

        raise InputError("missing_package", package=package, extra=extra or package)
