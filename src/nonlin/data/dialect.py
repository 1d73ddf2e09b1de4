"""How a text file is laid out: separator, quotes, comments, and whether a line holds the names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from nonlin.data import gap_words, numerals, written_dates

SEPARATORS = ",;\t|"
DOUBLED, BACKSLASH, LITERAL = QUOTING = ("doubled", "backslash", "literal")
BEFORE = ("# ", "sep=", "SEP=")  # comments, and what Excel says of the separator
SAMPLE = 1 << 18  # bytes that show how a file is laid out
RECORDS = 500  # of them
VALUES = ("number", "date")
NO_VALUE = frozenset(gap_words.EVERY)
YEAR = re.compile(r"\s*(1[89]|20)\d\d\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """encoding: as Python calls it. quoting: one of QUOTING, how a quote stands inside quotes; in
    "literal" files a quote is a letter like others. header: does the first line hold the names?
    comments: lines before the table. marked: the line of names begins with "# ", like a comment.
    """

    encoding: str
    separator: str
    quoting: str
    header: bool
    comments: int
    marked: bool


def find(
    written: str, encoding: str, header: bool | None = None, known: Dialect | None = None
) -> Dialect:
    """The dialect of a text, of which the first SAMPLE letters are looked at.

    header: whether the first line holds names, if that is known. known: the dialect of an earlier
    file of the same kind, which is preferred where two would do.
    """
    comments, rest = _comments(written)
    said = next((line[4:5] for line in comments if line.lower().startswith("sep=")), "")
    sample = _sample(rest)
    separator = said if said and said in SEPARATORS else _separator(sample, known)
    quoting = BACKSLASH if '\\"' in sample and _escaped(sample, separator) else DOUBLED
    rows = records(sample, separator, quoting)
    named = _names(rows)
    marked = bool(comments) and header is not False and named is not True
    marked = marked and _is_head(comments[-1], rows, separator)
    first = header if header is not None else bool(marked or named is not False)
    return Dialect(encoding, separator, quoting, first, len(comments) - marked, marked)


def records(written: str, separator: str, quoting: str) -> list[list[str]]:
    """The cells of the first RECORDS lines that are not blank; up to one that is broken."""
    found = []
    with suppress(csv.Error):
        text = io.StringIO(written, newline="")
        for row in islice(lines(text, separator, quoting), RECORDS):
            found.append(row)
    return found


def lines(written: Iterable[str], separator: str, quoting: str) -> Iterator[list[str]]:
    """The cells of each line that is not blank, of an open text whose line ends are left alone.

    Raises csv.Error for one that cannot be read.
    """
    rows = csv.reader(written, **options(separator, quoting))
    return (row for row in rows if len(row) > 1 or "".join(row).strip())


def options(separator: str, quoting: str) -> dict[str, Any]:
    """As Python's csv takes them."""
    found: dict[str, Any] = {"delimiter": separator}
    if quoting == LITERAL:
        return found | {"quoting": csv.QUOTE_NONE}
    escaped = quoting == BACKSLASH
    return found | {"doublequote": not escaped, "escapechar": "\\" if escaped else None}


def _comments(written: str) -> tuple[list[str], str]:
    """The lines before the table that begin with BEFORE, and the rest."""
    found = []
    while written.startswith(BEFORE):
        line, _, written = written.partition("\n")
        found.append(line.rstrip("\r"))
    return found, written


def _sample(written: str) -> str:
    """The first SAMPLE letters, up to the end of a line."""
    if len(written) <= SAMPLE:
        return written
    return written[:SAMPLE].rpartition("\n")[0] or written[:SAMPLE]


def _separator(sample: str, known: Dialect | None) -> str:
    """The one by which most lines have as many cells as the first one, and these look like cells.

    In a file of one column it is any that does not take its cells apart.
    """
    ranks = {each: _rank(sample, each, known) for each in SEPARATORS}
    best = max(SEPARATORS, key=ranks.__getitem__)
    if ranks[best][0] > 0 or ranks[","][1] < 1:
        return best
    return known.separator if known else ","


def _rank(sample: str, separator: str, known: Dialect | None) -> tuple[float, float, bool, int]:
    rows = records(sample, separator, BACKSLASH if '\\"' in sample else DOUBLED)
    if not rows:
        return 0.0, 0.0, False, 0
    width = len(rows[0])
    fits = sum(len(row) == width for row in rows) / len(rows)
    preferred = known is not None and known.separator == separator
    if width == 1:
        return 0.0, fits, preferred, width
    cells = [cell for row in rows for cell in row]
    odd = sum(map(_odd, cells)) / len(cells)
    return fits * (1 - odd), fits, preferred, width


def _odd(cell: str) -> bool:
    """Does it look like several cells? A quote inside is one that opens none."""
    return not SEPARATING.isdisjoint(cell) and not NUMBER.match(cell.strip())


SEPARATING = frozenset(SEPARATORS)
NUMBER = re.compile("|".join(map(numerals.pattern, numerals.DECIMALS)))


def _escaped(sample: str, separator: str) -> bool:
    """Do as many lines fit the first one if a backslash escapes a quote, and no second quote?"""
    return fitting(records(sample, separator, BACKSLASH)) >= fitting(
        records(sample, separator, DOUBLED)
    )


def fitting(rows: Sequence[Sequence[str]]) -> int:
    """The lines with as many cells as the first one, less all others."""
    return sum(1 if len(row) == len(rows[0]) else -1 for row in rows)


def _is_head(comment: str, rows: Sequence[Sequence[str]], separator: str) -> bool:
    """Has the last comment as many cells as the lines below it?"""
    names = records(comment, separator, DOUBLED)
    return bool(rows and names) and len(names[0]) == len(rows[0]) > 1


def _names(rows: Sequence[Sequence[str]]) -> bool | None:
    """Does the first line hold names? None where nothing tells.

    It does if a word stands above numbers or dates; it does not if there are numbers above numbers
    and dates above dates only, or if its words come again below.
    """
    if len(rows) < 2:
        return None
    head, body = rows[0], [row for row in rows[1:] if list(row) != list(rows[0])]
    below = [[row[at] for row in body if len(row) > at] for at in range(len(head))]
    kinds = [(_kind([name]), _kind(cells)) for name, cells in zip(head, below, strict=True)]
    if any(kind in VALUES and name not in ("", kind) for name, kind in kinds):
        return True
    alike = [at for at, (name, kind) in enumerate(kinds) if name == kind and name in VALUES]
    if alike:
        names, cells = [head[at] for at in alike], [below[at] for at in alike]
        return None if _counted(names) or _years(names, cells) else False
    again = sum(name in cells for name, cells in zip(head, below, strict=True))
    return False if again > len(head) / 2 else None


def _kind(cells: Sequence[str]) -> str:
    """ "number", "date" or "text"; "" if there are gaps only."""
    stripped = [cell.strip() for cell in cells]
    written = [cell for cell in stripped if cell and cell not in NO_VALUE]
    if not written:
        return ""
    if all(map(NUMBER.match, written)):
        return "number"
    there = pl.Series(written, dtype=pl.String)
    return "date" if written_dates.orders(there) or written_dates.is_clock(there) else "text"


def _counted(names: Sequence[str]) -> bool:
    """Are these 0, 1, 2, ..., or 1, 2, 3, ..., as columns without a name are called?"""
    return any(list(names) == [str(first + at) for at in range(len(names))] for first in (0, 1))


def _years(names: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Are these different years, above other numbers?"""
    below = [cell for column in cells for cell in column]
    named = len({*names}) == len(names) and all(map(YEAR.fullmatch, names))
    return named and not all(map(YEAR.fullmatch, below))
