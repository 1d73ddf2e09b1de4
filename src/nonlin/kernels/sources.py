"""The source files that a module is made of: what compiled code in a store depends on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
# looked for as bytes: a syntax tree of every file takes 100 times as long, and this is start-up
_IMPORT = re.compile(rb"([.\w]*) import (\([^)]*\)|.*)")
_FOR_TYPES = re.compile(rb"\nif TYPE_CHECKING:\n(?:(?: .*)?\n)*")


@cache
def digest(*modules: str, root: Path = ROOT) -> str:
    """Changes when one of the modules does, or one that they import, however deep.

    Imports inside functions count, those for type checkers do not.
    """
    found = sources(modules, root)
    result = hashlib.sha256()
    for name in sorted(found):
        result.update(name.encode() + b"\0" + found[name])
    return result.hexdigest()


def sources(modules: tuple[str, ...], root: Path = ROOT) -> dict[str, bytes]:
    """The modules and all of ours that they import, by name, each with its source."""
    found: dict[str, bytes] = {}
    ahead = list(modules)
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        source = _read(name, str(root))
        if source is not None:
            found[name] = source
            ahead += _imported(source, str(root))
        elif "." in name:  # what a package defines itself
            ahead.append(name.rpartition(".")[0])
    return found


def _imported(source: bytes, root: str) -> Iterator[str]:
    if b"TYPE_CHECKING" in source:
        source = _FOR_TYPES.sub(b"", source)
    for rest in source.split(b"from nonlin")[1:]:
        if (found := _IMPORT.match(rest)) is None:
            continue
        base = f"nonlin{found[1].decode()}"
        if not _is_package(base, root):
            yield base
            continue
        for part in found[2].strip(b"()").split(b","):
            if words := part.split():
                yield f"{base}.{words[0].decode()}"


def _read(module: str, root: str) -> bytes | None:
    place = _place(module, root)
    for path in (f"{place}.py", f"{place}/__init__.py"):
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            continue
    return None


@cache
def _is_package(module: str, root: str) -> bool:
    return Path(_place(module, root)).is_dir()


def _place(module: str, root: str) -> str:
    return root + module.removeprefix("nonlin").replace(".", "/")
