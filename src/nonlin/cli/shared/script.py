"""What stands in a Python file of the user, which is run to get it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from nonlin._errors import InputError, nearest


def named(text: str, flag: str, example: str) -> tuple[Path, str]:
    """ "script.py:name" as file and name. InputError for anything else, and if there is no file."""
    place, colon, name = text.rpartition(":")
    if not colon or not place.endswith(".py") or not name.isidentifier():
        raise InputError("script_place", name=flag, given=text, example=example)
    path = Path(place)
    if not path.is_file():
        beside = [each.name for each in path.parent.glob("*.py")] if path.parent.is_dir() else []
        raise InputError("script_file", given=place, hint=nearest(path.name, beside))
    return path, name


def found(path: Path, name: str) -> Any:
    """The object of that name in a file. InputError if the file fails, or has none."""
    module = _run(path.resolve())
    known = [each for each in vars(module) if not each.startswith("_")]
    if not hasattr(module, name):
        raise InputError("script_name", path=path, given=name, hint=nearest(name, known))
    return getattr(module, name)


@cache
def _run(path: Path) -> Any:
    """The module, run once; what it prints goes to stderr, where it disturbs no answer."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None  # noqa: S101 - it ends in .py
    assert spec.loader is not None  # noqa: S101
    module = module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their module up
    sys.path.insert(0, str(path.parent))  # as Python does for a script
    with guarded(path, ""):
        spec.loader.exec_module(module)
    return module


@contextmanager
def guarded(path: Path, name: str) -> Iterator[None]:
    """While code of the user runs: an error of it becomes one sentence that says where."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (KeyboardInterrupt, InputError):
        raise
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [each for each in frames if Path(each.filename) == path.resolve()]
        line = own[-1].lineno if own else getattr(error, "lineno", None)
        kind = type(error).__name__
        told = f"{kind}: {error}".splitlines()[0].removesuffix(": ")
        key = "script_fails" if not name else "script_call_fails" if line else "script_call"
        raise InputError(key, path=path, name=name, error=told, line=line or "?") from None


def made(text: str, flag: str, example: str) -> Any:
    """What the function of that name gives; or what stands there, if it is none."""
    path, name = named(text, flag, example)
    given = found(path, name)
    if not isinstance(given, Callable) or _is_ready(given):  # type: ignore[arg-type]
        return given
    with guarded(path, name):
        return given()


def _is_ready(given: Any) -> bool:
    """A model can be called as well, and is meant itself."""
    return hasattr(given, "named_parameters") and not isinstance(given, type)
