"""The cells of a text file, each as it is written: what follows from them is decided in `plan`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.data import dialect
from nonlin.data.columns import counted, distinct
from nonlin.data.dialect import BACKSLASH, DOUBLED, LITERAL, Dialect
from nonlin.data.plain_text import plain_text

UNNAMED = re.compile(r"\s*(_duplicated_\d+)?")
MARK = re.compile(r"#\s*")


def read_cells(
    path: Path, header: bool | None = None, known: Dialect | None = None
) -> tuple[pl.DataFrame, Dialect, list[Text]]:
    """All cells as text without blanks around it, null where there is none; how the file is laid
    out; and notes on what is not obvious of it.

    header, known: see `dialect.find`. Raises InputError for a file that is no text, and names the
    first line that does not fit the first one; PolarsError for what else is wrong with it, OSError
    for an unreadable file.
    """
    raw, encoding, notes = plain_text(path)
    how = dialect.find(_head(raw), encoding, header, known)
    raw = _table(raw, how)
    try:
        frame, how = _cells(_ended(_without_blank_lines(raw, how), how.separator), how)
    except (pl.exceptions.ComputeError, csv.Error):
        _name_the_line(path.name, raw, how)
        raise
    frame, again = without_heads(named(stripped(frame), how))
    notes.extend(said(how, again))
    notes.extend(_odd_lines(frame, raw, how))
    return frame, how, notes


def _head(raw: bytes) -> str:
    return raw[: 2 * dialect.SAMPLE].decode(errors="ignore")


def marked_names(line: str, how: Dialect) -> list[str]:
    """The names in a line that begins with a mark, as `# a,b,c`."""
    return next(iter(dialect.records(MARK.sub("", line, count=1), how.separator, DOUBLED)), [])


def _table(raw: bytes, how: Dialect) -> bytes:
    """The lines of the table: names, if there are any, and rows."""
    for _ in range(how.comments):
        raw = raw.partition(b"\n")[2]
    if not how.marked:
        return raw
    head, end, rest = raw.partition(b"\n")
    return MARK.sub("", head.decode(), count=1).encode() + end + rest


def _without_blank_lines(raw: bytes, how: Dialect) -> bytes:
    """Blank lines outside of quotes are no rows, but a gap within a table of one column."""
    if how.quoting != DOUBLED:
        return raw  # Python's csv leaves them out
    head = raw.lstrip(b"\r\n").partition(b"\n")[0].decode()
    single = len(next(iter(dialect.records(head, how.separator, DOUBLED)), [])) < 2
    if single:
        return raw.rstrip() + b"\n"
    blank = re.compile(rb"\n(?:[ \r]*\n)+" if how.separator == "\t" else rb"\n(?:[ \t\r]*\n)+")
    whole = raw if raw.endswith(b"\n") else raw + b"\n"
    if not blank.search(whole):
        return raw
    parts = whole.split(b'"')  # every other one is outside of quotes
    parts[::2] = [blank.sub(b"\n", part) for part in parts[::2]]
    return b'"'.join(parts)


def _ended(raw: bytes, separator: str) -> bytes:
    """With a separator behind the names, if all other lines end with one."""
    sign = separator.encode()
    table = raw.rstrip(b"\r\n")
    if not table.endswith(sign):  # most files: nothing is taken apart
        return raw
    head, *lines = table.splitlines()
    if head.endswith(sign) or not lines or not all(line.endswith(sign) for line in lines):
        return raw
    return raw.replace(head, head + sign, 1)


def _cells(raw: bytes, how: Dialect) -> tuple[pl.DataFrame, Dialect]:
    """The cells, and the dialect with the way of quoting by which most lines fit the first one."""
    frame = None
    if how.quoting == DOUBLED:
        with suppress(pl.exceptions.ComputeError):
            frame = pl.read_csv(
                raw, separator=how.separator, infer_schema=False, has_header=how.header
            )
        if frame is not None and b'\\"' not in raw and not _spanning(frame):
            return frame, how
        if frame is None and b'"' not in raw:
            raise pl.exceptions.ComputeError
    try:
        rows, how = _best_quoted(raw, how)
    except csv.Error:  # a cell of 100 kB
        if frame is None:
            raise
        return frame, how
    if frame is None or how.quoting != DOUBLED or frame.height != len(rows) - how.header:
        frame = _framed(rows, how)
    return frame, how


def _best_quoted(raw: bytes, how: Dialect) -> tuple[list[list[str]], Dialect]:
    """All lines, read with the way of quoting by which most of them fit the first one."""
    written = raw.decode()
    quoting = [*([BACKSLASH] if b'\\"' in raw else []), DOUBLED, LITERAL]
    ways = {each: list(_lines(written, how.separator, each)) for each in quoting}
    best = max(quoting, key=lambda each: dialect.fitting(ways[each]))
    return ways[best], replace(how, quoting=best)


def _lines(written: str, separator: str, quoting: str) -> Iterable[list[str]]:
    return dialect.lines(io.StringIO(written, newline=""), separator, quoting)


def _framed(rows: list[list[str]], how: Dialect) -> pl.DataFrame:
    """Raises ComputeError for a row with more cells than the first one."""
    width = len(rows[0])
    if any(len(row) > width for row in rows):
        raise pl.exceptions.ComputeError
    names = distinct(rows[0]) if how.header else [f"column_{at}" for at in range(width)]
    body = rows[1:] if how.header else rows
    whole = [row + [""] * (width - len(row)) for row in body]
    columns = zip(*whole, strict=True) if whole else [()] * width
    series = [pl.Series(n, c, dtype=pl.String) for n, c in zip(names, columns, strict=True)]
    return pl.DataFrame(series)


def _name_the_line(name: str, raw: bytes, how: Dialect) -> None:
    """Raises InputError for the first line that has more cells than there are names."""
    lines = io.StringIO(raw.decode(), newline="")
    rows = csv.reader(lines, **dialect.options(how.separator, how.quoting))
    with suppress(csv.Error):  # a cell of 100 kB: other words must do
        needed = len(next(row for row in rows if row))
        long = next((cells for cells in rows if len(cells) > needed), None)
        if long:
            raise InputError(
                "ragged",
                given=name,
                line=rows.line_num + how.comments,
                fields=len(long),
                needed=needed,
                separator={"\t": "tab"}.get(how.separator, how.separator),
            )


def stripped(frame: pl.DataFrame) -> pl.DataFrame:
    """Text without blanks around it, null where nothing is left."""
    written = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(written != "").then(written))


def names(given: Iterable[str], header: bool) -> list[str]:
    """Column names without blanks around them; one that is empty becomes column_1, ...; without a
    line of names they are x1, x2, ... as those of an array.
    """
    if not header:
        return [f"x{at}" for at, _ in enumerate(given, start=1)]
    return distinct(name.strip() or f"column_{at}" for at, name in enumerate(given, start=1))


def named(frame: pl.DataFrame, how: Dialect) -> pl.DataFrame:
    """With `names`; columns without a name and any value are none: separators end the lines."""
    if how.header:
        frame = frame.drop(
            name for name in frame.columns if UNNAMED.fullmatch(name) and not frame[name].count()
        )
    return frame.rename(dict(zip(frame.columns, names(frame.columns, how.header), strict=True)))


def is_head(columns: Sequence[str]) -> pl.Expr | None:
    """Is a row the line of names again? None if the names may well be values."""
    if any(sign.isdigit() for name in columns for sign in name) or len("".join(columns)) < 2:
        return None
    return pl.all_horizontal(pl.col(name) == name for name in columns)


def without_heads(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Without lines of names in the table, as where files were joined, and how many there were."""
    again = is_head(frame.columns)
    if again is None:
        return frame, 0
    rest = frame.filter(~again.fill_null(False))
    return rest, frame.height - rest.height


def _spanning(frame: pl.DataFrame) -> dict[str, int]:
    """In how many rows a cell has several lines, for each column where one has."""
    counts = frame.select(pl.col(pl.String).str.contains("\n").sum()).row(0, named=True)
    return {name: count for name, count in counts.items() if count}


def said(how: Dialect, again: int) -> Iterable[Text]:
    """Notes on the layout."""
    if how.comments:
        yield text("choose.comments", count=how.comments)
    if how.marked:
        yield text("choose.marked")
    if not how.header:
        yield text("choose.no_header")
    if how.quoting != DOUBLED:
        yield text(f"choose.quoting_{how.quoting}")
    if again:
        yield text("choose.head_again", count=again)


def _odd_lines(frame: pl.DataFrame, raw: bytes, how: Dialect) -> Iterable[Text]:
    """Notes on cells of several lines, and on lines that end before the last column."""
    yield from of_several_lines(frame)
    if how.quoting == DOUBLED and b'"' not in raw and frame[:, -1].null_count():
        short = _short(raw, how.separator)
        if len(short):
            line = int(short[0]) + 1 + how.comments
            yield text("choose.short_lines", count=len(short), line=line)


def of_several_lines(frame: pl.DataFrame) -> Iterable[Text]:
    """A note on the columns of which a cell has several lines, with how many rows."""
    spanning = _spanning(frame)
    if spanning:
        columns = counted(spanning)
        yield text("choose.spanning", columns=columns)


def _short(raw: bytes, separator: str) -> np.ndarray:
    """The numbers, from 0, of the lines that have fewer cells than the first one; none is blank."""
    signs = np.frombuffer(raw.strip(b"\r\n") + b"\n", np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    starts = np.r_[0, ends[:-1] + 1]
    counts = np.add.reduceat(signs == ord(separator), starts, dtype=np.int64)
    blank = (ends == starts) | ((ends == starts + 1) & (signs[starts] == ord("\r")))
    found: np.ndarray = np.flatnonzero((counts < counts[0]) & ~blank)
    return found
