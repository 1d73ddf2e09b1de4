"""Answers as plain values for JSON: exact to the last bit, and short where they are large."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import numpy as np

HEAD = 6  # numbers of an array that are written down beside its digest
RENAMED: dict[str, str] = {}  # a name before: the name after, so that both are asked for
TIMED = re.compile(r"^(ns_per_element|seconds_per_network|seconds|nanoseconds)$")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def ask(thing: Any, path: str) -> Any:
    """`thing.path`, where the path may hold dots; a text that says so if a name is missing.

    None on the way is the answer: nothing diverged, there is no baseline.
    """
    for name in path.split("."):
        if thing is None:
            return None
        try:
            thing = getattr(thing, name)
        except AttributeError:
            if not hasattr(thing, RENAMED.get(name, name)):
                return f"<missing {name}>"
            thing = getattr(thing, RENAMED[name])
    return thing


def asked(thing: Any, names: Iterable[str]) -> dict[str, Callable[[], Any]]:
    """What each of these paths leads to, looked up when the answer is written down."""
    return {name: partial(ask, thing, name) for name in names}


def texts(sentences: Any) -> list[str] | str:
    """Sentences in the language in use."""
    return sentences if isinstance(sentences, str) else [str(each) for each in sentences]


def untimed(value: Any) -> Any:
    """The same without what a clock has measured."""
    if isinstance(value, Mapping):
        if value.get("unit") in ("ns", "s"):
            value = {key: each for key, each in value.items() if key == "unit"}
        return {key: untimed(each) for key, each in value.items() if not TIMED.match(str(key))}
    return [untimed(each) for each in value] if isinstance(value, list | tuple) else value


def plain(value: Any) -> Any:
    """Plain values all the way down; what can be called is called, an error is an answer."""
    if callable(value) and not hasattr(value, "kind"):  # an activation has one
        return _tried(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, np.generic):  # before float, which float64 is as well
        return f"{value.dtype} {plain(value.item())}"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes):
        return {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, np.ndarray):
        return _array(value)
    return _compound(value)


def _compound(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if hasattr(value, "_asdict"):  # a named tuple
        return plain(value._asdict())
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "get_columns"):  # a polars frame
        return {each.name: _column(each) for each in value.get_columns()}
    if is_dataclass(value) and type(value).__str__ is object.__str__ and not callable(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    shown = repr(value) if type(value).__str__ is object.__str__ else str(value)
    return _text(_ADDRESS.sub("", shown))


def _tried(call: Callable[[], Any]) -> Any:
    try:
        return plain(call())
    except Exception as error:
        return raised(error)


def raised(error: BaseException) -> dict[str, Any]:
    """An error as an answer: what it is called, and what it says."""
    return {"raised": type(error).__name__, "message": _text(_ADDRESS.sub("", str(error)))}


def _number(value: float) -> str:
    """To the last bit, and readable."""
    return f"{float(value)!r} {float(value).hex()}" if math.isfinite(value) else repr(float(value))


def _text(value: str) -> Any:
    lines = value.split("\n")
    return lines if len(lines) > 1 else value


def _array(value: Any) -> dict[str, Any]:
    array = np.ascontiguousarray(value)
    found = {"dtype": str(array.dtype), "shape": list(np.shape(value))}
    if array.dtype.kind in "OSU":
        return found | {"values": plain(array.tolist())}
    found["sha256"] = hashlib.sha256(array.tobytes()).hexdigest()
    return found | {"head": plain(array.ravel()[:HEAD].tolist())}


def _column(series: Any) -> dict[str, Any]:
    return {"dtype": str(series.dtype), "values": plain(series.to_list())}
