"""The filters of `nonlin list`: one row of FILTERS for each option."""

from __future__ import annotations

import inspect
import math
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from nonlin._errors import InputError, nearest
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.expr.properties import Properties
from nonlin.expr.text import infix


@dataclass(frozen=True, slots=True)
class Filter:
    """An option, which entries it keeps, and how its value is read; a flag has no value."""

    name: str
    keeps: Callable[[Activation, Any], bool]
    read: Callable[[str], Any] | None = None


def _flag(name: str, holds: Callable[[Properties], bool]) -> Filter:
    """On what is measured of an element-wise function; no other kind ever has it."""
    return Filter(name, lambda entry, _: entry.elementwise and holds(entry.properties))


def _kind(text: str) -> str:
    from nonlin.catalogue import get, names

    allowed = dict.fromkeys(get(name).kind for name in names())
    return _one_of("--kind", text, allowed)


def _count(text: str) -> int:
    found = re.fullmatch(r"(\d{1,3})(exp)?", text.strip())
    if not found:
        raise InputError("list_cost", given=text)
    return int(found[1])


def _costs_at_most(entry: Activation, count: int) -> bool:
    return entry.elementwise and entry.properties.exponentials <= count


def _words(text: str) -> list[str]:
    return _plain(text).split()


def _plain(text: str) -> str:
    return text.lower().replace("_", " ").replace("-", " ")


def _mentions(entry: Activation, words: Sequence[str]) -> bool:
    """Does every word stand somewhere in names, names elsewhere, titles, formula and source?"""
    from nonlin.catalogue.elsewhere import elsewhere

    known_as = (row.name for row in elsewhere(entry.name))
    texts = (entry.name, *entry.aliases, *entry.titles, infix(entry.formula), entry.source)
    everything = "\n".join((*texts, *known_as, *map(_plain, texts))).lower()
    return all(word in everything for word in words)


FILTERS = (
    _flag("smooth", lambda p: p.smoothness == math.inf and p.defined_everywhere),
    _flag("monotone", lambda p: p.monotone is not None),
    _flag("bounded", lambda p: p.bounded),
    _flag("odd", lambda p: p.parity == "odd"),
    _flag("even", lambda p: p.parity == "even"),
    _flag("zero-centred", lambda p: p.zero_centred),
    Filter("kind", lambda entry, wanted: entry.kind == wanted, _kind),
    Filter("cost", _costs_at_most, _count),
    Filter("search", _mentions, _words),
)

SORTS: Mapping[str, Callable[[Activation], Any]] = {
    "name": lambda entry: entry.name,
    "year": lambda entry: (entry.year or 0, entry.name),
    "cost": lambda entry: (*_cost(entry), entry.name),
}


def _cost(entry: Activation) -> tuple[float, float]:
    """Functions of rows and of pairs come last: they are not counted per element."""
    if not entry.elementwise:
        return math.inf, math.inf
    return entry.properties.exponentials, entry.properties.divisions


def _one_of(option: str, given: str, allowed: Iterable[str]) -> str:
    """The value that was meant: whatever its case."""
    names = list(allowed)
    if given.strip().lower() in names:
        return given.strip().lower()
    hint = nearest(given, names)
    raise InputError("list_choice", option=option, given=given, allowed=", ".join(names), hint=hint)


def select(entries: Sequence[Activation], given: Mapping[str, Any], sort: str) -> list[Activation]:
    """The entries that all filters keep, in the order of the catalogue or sorted.

    Raises InputError for a value that no filter takes.
    """
    order = SORTS[_one_of("--sort", sort, SORTS)] if sort else None
    rows = [(row, row.read(given[row.name]) if row.read else True) for row in in_use(given)]
    kept = [entry for entry in entries if all(row.keeps(entry, wanted) for row, wanted in rows)]
    return sorted(kept, key=order) if order else kept


def in_use(given: Mapping[str, Any]) -> list[Filter]:
    """The filters that were asked for."""
    return [row for row in FILTERS if given.get(row.name) not in (None, False)]


def written(given: Mapping[str, Any]) -> str:
    """The filters as they are typed."""
    values = {
        row.name: f" {shlex.quote(given[row.name])}" if row.read else "" for row in in_use(given)
    }
    return " ".join(f"--{name}{value}" for name, value in values.items())


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes `filters`, a mapping, one option for each row of the table."""
    return with_options(command, FILTERS, "filters", "cli.list.help")


def with_options(
    command: Callable[..., None], rows: Sequence[Filter], into: str, help_table: str
) -> Callable[..., None]:
    """Give a command that takes a mapping called `into` one option for each row."""
    taken = inspect.signature(command, eval_str=True).parameters.values()
    own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in taken if p.name != into]

    def filtered(**given: Any) -> None:
        values = {row.name: given.pop(_identifier(row)) for row in rows}
        command(**{into: values}, **given)

    options = [_option(row, help_table) for row in rows]
    filtered.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    filtered.__annotations__ = {}  # the signature says it all
    return filtered


def _identifier(row: Filter) -> str:
    return row.name.replace("-", "_")


def _option(row: Filter, help_table: str) -> inspect.Parameter:
    help_text = say(f"{help_table}.{_identifier(row)}")
    kind_of, default, metavar = (
        (bool, False, None) if row.read is None else (str | None, None, row.name.upper())
    )
    option = typer.Option(f"--{row.name}", help=help_text, metavar=metavar)
    return inspect.Parameter(
        _identifier(row),
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind_of, option],
    )
