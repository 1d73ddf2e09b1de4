"""nonlin list: all activations, or those that the filters keep."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError, nearest
from nonlin._text import listed, say
from nonlin.cli.shared import printing
from nonlin.cli.shared.options import Json, Row, with_options

if TYPE_CHECKING:
    from nonlin.activation import Activation
    from nonlin.expr.properties import Properties


@dataclass(frozen=True, slots=True)
class Filter:
    """An option, which entries it keeps, and how its value is read; a flag has no value."""

    name: str
    keeps: Callable[[Activation, Any], bool]
    read: Callable[[str], Any] | None = None

    @property
    def row(self) -> Row:
        """The value stays as it is typed, so that it can be said again."""
        key = f"cli.list.help.{self.name.replace('-', '_')}"
        return Row(self.name, key, self.name.upper() if self.read else None)


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
    from nonlin.expr.infix import infix

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
    raise InputError("list_choice", option=option, given=given, allowed=listed(names), hint=hint)


@with_options([each.row for each in FILTERS])
def command(
    sort: Annotated[str, typer.Option(help="cli.list.sort", metavar="KEY")] = "",
    as_json: Json = False,
    **filters: str | bool | None,
) -> None:
    """All activations in one table, or those that the filters keep."""
    from nonlin.catalogue import get, names

    everything = [get(name) for name in names()]
    asked = [(each, filters[each.row.identifier]) for each in FILTERS]
    in_use = {each: given for each, given in asked if given not in (None, False)}
    entries = _select(everything, in_use, sort)
    if as_json:
        printing.write_json([_as_dict(entry) for entry in entries])
    elif entries:
        _print_table(entries)
        print(say("cli.list.count", count=len(entries), total=len(everything)))
    else:
        print(say("cli.list.nothing", filters=_written(in_use), total=len(everything)))


def _select(
    entries: Sequence[Activation], filters: Mapping[Filter, Any], sort: str
) -> list[Activation]:
    """The entries that all filters keep, in the order of the catalogue or sorted.

    Raises InputError for a value that no filter takes.
    """
    order = SORTS[_one_of("--sort", sort, SORTS)] if sort else None
    rows = [(row.keeps, row.read(given) if row.read else True) for row, given in filters.items()]
    kept = [entry for entry in entries if all(keeps(entry, wanted) for keeps, wanted in rows)]
    return sorted(kept, key=order) if order else kept


def _written(filters: Mapping[Filter, Any]) -> str:
    """The filters as they are typed."""
    return " ".join(
        f"--{row.name} {shlex.quote(given)}" if row.read else f"--{row.name}"
        for row, given in filters.items()
    )


def _as_dict(entry: Activation) -> dict[str, Any]:
    from nonlin.expr.infix import infix

    return {
        "name": entry.name,
        "title": entry.title,
        "kind": entry.kind,
        "year": entry.year,
        "formula": infix(entry.formula),
        "aliases": entry.aliases,
        "parameters": entry.values,
    }


def _print_table(entries: list[Activation]) -> None:
    """One line for each entry; what does not fit is cut off, `nonlin show` has it."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    from nonlin.expr.infix import infix

    name = max(len(entry.name) for entry in entries)
    title = max(cell_len(entry.title) for entry in entries)
    with printing.screen() as console:
        room = max(console.width - name - 15, 20)  # beside the name, the year and all gaps
        title = min(title, 2 * room // 5)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
        widths = {"name": name, "year": 4, "title": title, "formula": room - title}
        for key, width in widths.items():
            table.add_column(say(f"cli.list.{key}"), no_wrap=True, overflow="ellipsis", width=width)
        for entry in entries:
            table.add_row(entry.name, str(entry.year), entry.title, infix(entry.formula))
        console.print(table)
