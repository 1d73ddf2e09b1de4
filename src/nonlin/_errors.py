"""The errors raised on purpose: each says what was given, what is allowed, the nearest match."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from nonlin._text import listed, say, text


class NonlinError(Exception):
    """Base class of every error that nonlin raises on purpose.

    `key` names the sentence in the message catalogue, `values` fill it in; the text is
    written in the language in use when it is read.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return say(f"errors.{self.key}", **self.values)

    def __reduce__(self) -> tuple[Callable[..., NonlinError], tuple[object, ...]]:
        return _rebuild, (type(self), self.key, self.values)


class InputError(NonlinError, ValueError):
    """What the caller gave cannot be used."""


class CompileError(NonlinError, RuntimeError):
    """A formula could not be compiled for this machine."""


def _rebuild(kind: type[NonlinError], key: str, values: dict[str, object]) -> NonlinError:
    return kind(key, **values)


def nearest(given: str, allowed: Iterable[str]) -> object:
    """A hint such as ' Did you mean relu, relu6?' for a name that is not among `allowed`."""
    options = {name.lower(): name for name in allowed}
    matches = difflib.get_close_matches(given.lower(), options, n=3, cutoff=0.5)
    if not matches:
        return ""
    return text("errors.nearest", names=listed((options[match] for match in matches), choice=True))
