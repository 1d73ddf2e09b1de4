"""What other libraries call the entries: the tables in libraries/*.toml, which import nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from nonlin._errors import InputError
from nonlin._text import listed, text

NEAR = 0.6  # likeness from which a name is offered for one that nobody knows


@dataclass(frozen=True, slots=True)
class NameElsewhere:
    """A name in another library: the entry, and the parameter values that are its defaults.

    gate_first: of a gated pair, it takes the gate before the value.
    """

    library: str
    name: str
    entry: str
    parameters: Mapping[str, float]
    gate_first: bool = False

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value:g}" for name, value in self.parameters.items())
        return f"{self.name} ({values})" if values else self.name


@cache
def tables() -> dict[str, dict[str, Any]]:
    """The tables as they are written, by file name without its ending."""
    files = sorted(Path(__file__).with_name("libraries").glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


@cache
def names_elsewhere() -> dict[str, NameElsewhere]:
    """Every dotted name of every table."""
    return {row.name: row for table in tables().values() for row in _rows(table)}


def _rows(table: Mapping[str, Any]) -> Iterator[NameElsewhere]:
    for section, names in table.items():
        if section in ("title", "short", "left_out"):
            continue
        for name, given in names.items():
            values: dict[str, Any] = {"entry": given} if isinstance(given, str) else {**given}
            entry, first = values.pop("entry"), values.pop("first", "value")
            dotted = f"{section}.{name}"
            yield NameElsewhere(table["title"], dotted, entry, values, first == "gate")


def find(name: str) -> NameElsewhere | None:
    """The row of a dotted name, also in its short form, such as keras.silu; None if unknown."""
    known = names_elsewhere()
    if name in known:
        return known[name]
    section, _, last = name.rpartition(".")
    for table in tables().values():
        long = table.get("short", {}).get(section)
        if long and f"{long}.{last}" in known:
            return known[f"{long}.{last}"]
    return None


def elsewhere(entry: str) -> tuple[NameElsewhere, ...]:
    """The names that other libraries give to an entry, in the order of the tables."""
    return tuple(row for row in names_elsewhere().values() if row.entry == entry)


def unknown(name: str, own: Iterable[str]) -> InputError:
    """The error for a name that nobody knows: it tells the three nearest names."""
    return InputError("unknown_activation", given=name, hint=_nearest_three(name, own))


def _nearest_three(given: str, own: Iterable[str]) -> object:
    """By the part after the last dot; of names that differ in spelling only, the nearest.

    Nothing where nothing is near: three unrelated names are worse than none.
    """
    near = {name: _likeness(given, name) for name in (*own, *names_elsewhere())}
    ranked = sorted((name for name in near if near[name] >= NEAR), key=lambda name: -near[name])
    if not ranked:
        return ""
    found = {plain(name): name for name in reversed(ranked)}
    first = sorted(found.values(), key=ranked.index)[:3]
    return text("errors.nearest", names=listed(first, choice=True))


def _likeness(given: str, name: str) -> float:
    """Between 0 and 1.1: the last parts count first, then the whole, so that libraries agree."""
    last = SequenceMatcher(None, plain(given), plain(name)).ratio()
    return last + SequenceMatcher(None, given.lower(), name.lower()).ratio() / 10


def plain(name: str) -> str:
    """torch.nn.LeakyReLU, Leaky ReLU and leaky_relu are all leakyrelu."""
    return re.sub(r"[\s_-]", "", name.rpartition(".")[2].lower())
