"""Frozen dataclasses as plain JSON values, and back, checked against their annotations.

What is read comes from a file that anybody may have written: every value is checked, and
nothing in it is ever called, imported or evaluated.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import LANGUAGES, Listed, Text, speaking

DTYPES = {"b": "bool", "i": "int64", "u": "uint64", "f": "float64", "U": "str"}


def plain(value: Any) -> Any:
    """`value` as dictionaries, lists, text, numbers, true, false and null."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Listed):
        return str(value)
    if isinstance(value, Text):
        return {"key": value.key, "values": plain(value.values)}
    if isinstance(value, np.ndarray):
        return {"dtype": DTYPES[value.dtype.kind], "values": value.tolist()}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return [plain(item) for item in value]


def build(kind: Any, given: Any, where: str) -> Any:
    """The value of type `kind` that `given` describes; `where` names it in errors.

    kind: text, numbers, truth values, arrays of one axis, `Text`, tuples, mappings, unions, and
    dataclasses of these. Raises InputError for everything else that stands in `given`.
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _union(inner, given, where)
    if origin is tuple:
        return _tuple(inner, given, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        pairs = _checked(dict, given, where).items()
        return {key: build(inner[1], item, f"{where}.{key}") for key, item in pairs}
    if kind is Text:
        return _text(given, where)
    if kind is np.ndarray or origin is np.ndarray:
        return _array(given, where)
    if is_dataclass(kind):
        return _dataclass(kind, given, where)
    return _checked(kind, given, where)


def _checked(kind: Any, given: Any, where: str) -> Any:
    if kind in (Any, object):
        kind = (str, int, float, bool)
    if kind is float and type(given) is int and abs(given) < 2**53:
        return float(given)
    wrong_truth = isinstance(given, bool) and kind in (int, float)
    if kind is types.NoneType or not isinstance(given, kind) or wrong_truth:
        raise InputError("model_value", where=where, given=shown(given))
    return given


def shown(given: Any) -> str:
    """A value as an error shows it: as it stands in the file of the model, and short."""
    text = isinstance(given, str)
    written = f"'{given}'" if text else json.dumps(given, ensure_ascii=False, default=str)
    return written if len(written) <= 60 else f"{written[:60]}..."


def _union(kinds: tuple[Any, ...], given: Any, where: str) -> Any:
    if given is None and types.NoneType in kinds:
        return None
    *first, last = [kind for kind in kinds if kind is not types.NoneType]
    for kind in first:
        try:
            return build(kind, given, where)
        except InputError:
            continue
    return build(last, given, where)


def _tuple(kinds: tuple[Any, ...], given: Any, where: str) -> tuple[Any, ...]:
    items = _checked(list, given, where)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(items)
    if len(items) != len(kinds):
        raise InputError("model_value", where=where, given=shown(given))
    named = enumerate(zip(kinds, items, strict=True))
    return tuple(build(kind, item, f"{where}[{at}]") for at, (kind, item) in named)


def _array(given: Any, where: str) -> np.ndarray:
    table = _checked(dict, given, where)
    values = _checked(list, table.get("values"), f"{where}.values")
    dtype = table.get("dtype")
    kinds = {"bool": bool, "int64": int, "uint64": int, "float64": float, "str": str}
    if not isinstance(dtype, str) or dtype not in kinds:
        raise InputError("model_value", where=f"{where}.dtype", given=shown(dtype))
    items = [_checked(kinds[dtype], value, f"{where}.values") for value in values]
    try:
        return np.array(items, dtype)
    except OverflowError:
        raise InputError("model_value", where=f"{where}.values", given=shown(values)) from None


def _text(given: Any, where: str) -> Text:
    """A message of ours, if it can be written in every language."""
    table = _checked(dict, given, where)
    values = _checked(dict, table.get("values"), f"{where}.values")
    parts = {name: _text_value(value, f"{where}.{name}") for name, value in values.items()}
    found = Text(_checked(str, table.get("key"), f"{where}.key"), parts)
    for language in LANGUAGES:
        with speaking(language):
            try:
                str(found)
            except (KeyError, ValueError, TypeError, IndexError, AttributeError):
                raise InputError("model_value", where=where, given=shown(given)) from None
    return found


def _text_value(given: Any, where: str) -> Any:
    if isinstance(given, dict):
        return _text(given, where)
    return None if given is None else _checked(object, given, where)


def _dataclass(kind: Any, given: Any, where: str) -> Any:
    table = _checked(dict, given, where)
    hints = typing.get_type_hints(kind)
    wanted = {each.name for each in fields(kind)}
    for name in (*table, *wanted):
        if name not in wanted or name not in table:
            key = "model_missing" if name in wanted else "model_unknown"
            raise InputError(key, name=f"{where}.{name}")
    return kind(**{name: build(hints[name], table[name], f"{where}.{name}") for name in wanted})
