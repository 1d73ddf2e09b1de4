"""Names with options, as in torch.nn.LeakyReLU(0.1) and nn.GELU(approximate="tanh")."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nonlin._errors import InputError
from nonlin._text import listed
from nonlin.catalogue import elsewhere

MAX_LENGTH = 200  # characters
_NO_CHANGE = ("inplace", "num_parameters", "device", "dtype", "name")  # none of the values


@dataclass(frozen=True, slots=True)
class Called:
    """A name, and what stands in its brackets: numbers, texts, True, False and None only."""

    name: str
    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]


def split(written: str) -> Called | None:
    """The parts of a name with brackets; None for anything else, such as a formula in x."""
    if not written.endswith(")") or len(written) > MAX_LENGTH:
        return None
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(tree, ast.Call) or not _dotted(tree.func):
        return None
    try:
        positional = tuple(map(ast.literal_eval, tree.args))
        keywords = {each.arg: ast.literal_eval(each.value) for each in tree.keywords}
    except ValueError:
        return None
    if None in keywords or any(isinstance(v, tuple | list | dict | set) for v in positional):
        return None
    return Called(ast.unparse(tree.func), positional, {str(k): v for k, v in keywords.items()})


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and not node.id.startswith("_")


def resolve(called: Called, order: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The name, with the options that a table lists as part of it, and the others by name.

    order: what options without a name are called. Raises InputError for more than these, and
    for rows along another axis than the last.
    """
    if len(called.positional) > len(order):
        names = listed(order) if order else "-"
        raise InputError("options_by_place", name=called.name, most=len(order), names=names)
    options = {**dict(zip(order, called.positional, strict=False)), **called.keywords}
    for axis in ("dim", "axis"):
        if options.pop(axis, -1) not in (-1, None):
            raise InputError("axis_in_name", name=called.name)
    options = {k: v for k, v in options.items() if k not in _NO_CHANGE}
    words = {k: v for k, v in options.items() if isinstance(v, bool | str)}
    name = called.name
    for option, value in words.items():
        if _variant(name, option, value):
            name = f"{name}({option}={value!r})"
            del options[option]
        elif value == "none" or (value in (True, False) and _variant(name, option, not value)):
            del options[option]  # what the name without options means
    return name, options


def _variant(name: str, option: str, value: Any) -> bool:
    return elsewhere.find(f"{name}({option}={value!r})") is not None
