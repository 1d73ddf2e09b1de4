"""Every sentence a user reads: one catalogue, two languages (English, Chinese)."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath
from string import Formatter
from typing import Any

LANGUAGES = ("en", "zh")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COMMANDS = re.compile(  # to a terminal, or to whoever writes from right to left; halves of letters
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_chosen: ContextVar[str | None] = ContextVar("nonlin_language", default=None)


def language() -> str:
    """The language in use: the one chosen with `set_language`, else the environment's."""
    return _chosen.get() or _from_environment(os.environ)


def set_language(name: str) -> None:
    """Choose "en" or "zh" for every text from here on."""
    if name not in LANGUAGES:
        from nonlin._errors import InputError

        raise InputError("unknown_language", given=name, allowed=", ".join(LANGUAGES))
    _chosen.set(name)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Use language `name` inside a `with` block."""
    before = _chosen.get()
    set_language(name)
    try:
        yield
    finally:
        _chosen.set(before)


def _from_environment(environ: Mapping[str, str]) -> str:
    for variable in ("NONLIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def catalogue(name: str) -> dict[str, str]:
    """All messages of one language, flat: {"errors.unknown_name": "...", ...}."""
    files = sorted((Path(__file__).with_name("messages") / name).glob("*.toml"))
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return {key: message for table in tables for key, message in _flatten(table)}


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from _flatten(value, f"{prefix}{key}.")


def say(key: str, /, **values: object) -> str:
    """The message `key` in the language in use, with `values` filled in."""
    shown = {name: harmless(value) for name, value in values.items()}
    return QUOTING.vformat(catalogue(language())[key], (), shown)


class _Quoting(Formatter):
    """{name!r} of a text is the text between quotes, as people write it and not as Python does;
    a number of NumPy is the number.
    """

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """A value as its conversion asks for."""
        if getattr(value, "shape", None) == () and hasattr(value, "item"):
            value = value.item()
        if conversion != "r" or not isinstance(value, str):
            return super().convert_field(value, conversion)
        return f"'{value}'".replace("\n", "\\n").replace("\t", "\\t")


QUOTING = _Quoting()


def harmless(value: object) -> object:
    """A text or path as it can be shown anywhere: signs that command a terminal or turn the
    direction of writing are spelt out, and bytes of a file name are read as UTF-8. Others stay.
    """
    if isinstance(value, PurePath):
        value = str(value)
    if not isinstance(value, str) or not COMMANDS.search(value):
        return value
    try:
        value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a letter, which no file name has
        value = value.encode("utf-8", "backslashreplace").decode()
    return COMMANDS.sub(lambda found: ascii(found[0])[1:-1], value)


@dataclass(frozen=True, slots=True)
class Text:
    """A message kept as key and values, so that it can be read in either language."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return say(self.key, **self.values)


def text(key: str, /, **values: object) -> Text:
    """A `Text` of message `key` with `values`."""
    return Text(key, values)


@dataclass(frozen=True, slots=True)
class Listed:
    """Names in a sentence, one after the other as the language in use separates them.

    more: others follow that are not named. choice: one of them is meant. None of them is false.
    """

    names: tuple[object, ...]
    more: bool = False
    choice: bool = False

    def __bool__(self) -> bool:
        return bool(self.names)

    def __str__(self) -> str:
        *first, last = map(str, self.names or ("",))
        before = say("listed.comma").join(first)
        between = say("listed.last" if self.choice else "listed.comma") if first else ""
        after = say("listed.more") if self.more else ""
        whole = before + between + last + (after if last.isascii() else after.lstrip())
        return str(harmless(whole))


def listed(names: Iterable[object], most: int | None = None, choice: bool = False) -> Listed:
    """The first `most` of some names as they stand in a sentence; choice: as in "this or that"."""
    found = tuple(names)
    return Listed(found[:most], most is not None and len(found) > most, choice)


def bracketed(name: object, value: object) -> Text:
    """A name with something in parentheses behind it."""
    return text("listed.bracketed", name=name, value=value)


def percent(share: float, form: str = ".0f") -> Text:
    """A share in per cent."""
    return text("listed.percent", value=format(100 * share, form))


def power(value: float, digits: int) -> str:
    """A number for a sentence: 3.58×10³ for 3.58e+03."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    raised = str(int(exponent)).translate(SUPERSCRIPTS) if exponent else ""
    return f"{mantissa}×10{raised}" if raised else mantissa


def in_a_row(sentences: Iterable[object]) -> str:
    """Sentences as one paragraph in the language in use; Chinese has no blanks between them."""
    return ("" if language() == "zh" else " ").join(str(each) for each in sentences)
