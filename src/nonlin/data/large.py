"""Files that need not fit into memory: a stratified random part of their rows, read in one pass.

CSV: all cells are read as text, and the part goes the way of a small file. What is not in UTF-8,
or has backslashes before quotes, is written again first, block by block, into a temporary file.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from nonlin._text import Text, text
from nonlin.data import cells, dialect, gap_words, search
from nonlin.data.dialect import DOUBLED, SAMPLE, Dialect
from nonlin.data.plain_text import encoding_of
from nonlin.data.rewritten import rewritten
from nonlin.data.source import Source
from nonlin.data.split import LEAST_PER_CLASS
from nonlin.data.wishes import Wishes

LARGE = 1 << 28  # bytes of text: a smaller file is read as a whole
MANY = 2_000_000  # rows of a Parquet file
KEPT = 100_000  # rows: more make no difference that a race of small networks could resolve
FEW_VALUES = 1000  # different values of a target that may be classes
ROW = "nonlin row number"
PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv", ".tab", ".txt")


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A large table, unread; of a text file with its dialect, else None."""

    rows: pl.LazyFrame
    dialect: Dialect | None

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return self.rows.collect_schema().names()


@contextmanager
def scanned(path: Path, header: bool | None = None) -> Iterator[Scan | None]:
    """A large file, to be read inside; None if it is small, unreadable, packed or no text."""
    if path.is_file() and path.suffix.lower() in (*PARQUET, *TEXT):
        with tempfile.TemporaryDirectory(prefix="nonlin-") as folder:
            yield _scan(path, header, folder)
    else:
        yield None


def _scan(path: Path, header: bool | None, folder: str) -> Scan | None:
    try:
        if path.suffix.lower() in PARQUET:
            return _parquet(path)
        return _text(path, header, folder) if path.stat().st_size >= LARGE else None
    except (pl.exceptions.PolarsError, OSError, UnicodeError, csv.Error):
        return None  # reading it as usual says what is wrong


def _parquet(path: Path) -> Scan | None:
    lazy = pl.scan_parquet(path, glob=False)
    many = lazy.select(pl.len()).collect().item() > MANY
    return Scan(lazy, None) if many else None


def _text(path: Path, header: bool | None, folder: str) -> Scan | None:
    with path.open("rb") as file:
        head = file.read(2 * SAMPLE)
    encoding = encoding_of(_whole_lines(head))
    if encoding is None:
        return None
    written = _whole_lines(head).decode(encoding).removeprefix("\ufeff")
    how = dialect.find(written, encoding, header)
    if encoding != "UTF-8" or how.quoting != DOUBLED:
        path = rewritten(path, how, folder)
    marked = cells.marked_names(written.split("\n")[how.comments], how) if how.marked else None
    lazy = pl.scan_csv(
        path,
        glob=False,
        infer_schema=False,
        separator=how.separator,
        skip_lines=how.comments + how.marked,
        has_header=how.header and not how.marked,
        with_column_names=lambda names: cells.names(marked or names, how.header),
    )
    stripped = lazy.with_columns(pl.all().str.strip_chars())
    return Scan(stripped.with_columns(pl.when(pl.all() != "").then(pl.all())), how)


def _whole_lines(head: bytes) -> bytes:
    """Without the last line, of which there may be half; of UTF-16 and UTF-32 whole letters."""
    end = head.rfind(b"\n") + 1
    return head[: end + -end % 4] if b"\0" in head else head[:end]


def part(scan: Scan, targets: Sequence[str], wishes: Wishes) -> tuple[Source, search.Levels, int]:
    """KEPT rows in their order, the same share of each class of the first target; the words that
    are levels of it; of how many rows.

    Rows without a target are left out. A class keeps LEAST_PER_CLASS rows at least, if it has
    them. Always the same rows of the same file. Raises PolarsError for a broken file.
    """
    target, lazy, again = targets[0], scan.rows, 0
    column, levels = _column(lazy, target), {}
    if scan.dialect is not None:
        lazy, again = _without_heads(lazy, scan.names, column)
        column = _column(lazy, target) if again else column
        words = _words(lazy) if column.is_in(gap_words.EITHER).any() else {}
        levels = {target: search.levels_of(column, words, wishes)}
        column = column.set(~search.is_there(column, levels[target], wishes), None)
    chosen = _chosen(column)
    numbers = pl.Series(chosen, dtype=pl.UInt32)
    rows = lazy.with_row_index(ROW).filter(pl.col(ROW).is_in(numbers.implode()))
    frame = rows.collect(engine="streaming").sort(ROW).drop(ROW)
    note = text("choose.sampled", rows=len(column), kept=len(chosen))
    return (
        Source(frame, (note, *_said(scan.dialect, frame, again)), scan.dialect),
        levels,
        len(column),
    )


def _said(how: Dialect | None, frame: pl.DataFrame, again: int) -> Iterator[Text]:
    """As `cells.read_cells` says it of a small file."""
    if how is None:
        return
    if how.encoding != "UTF-8":
        yield text("choose.encoding", encoding=how.encoding)
    yield from cells.said(how, again)
    yield from cells.of_several_lines(frame)


def _column(lazy: pl.LazyFrame, name: str) -> pl.Series:
    return lazy.select(name).collect(engine="streaming")[name]


def _without_heads(
    lazy: pl.LazyFrame, names: Sequence[str], target: pl.Series
) -> tuple[pl.LazyFrame, int]:
    """Without lines of names in the table, looked for only if the target holds its name."""
    again = cells.is_head(names)
    if again is None or not (target == target.name).any():
        return lazy, 0
    count = lazy.select(again.sum()).collect(engine="streaming").item()
    return lazy.filter(~again.fill_null(False)), count


def _words(lazy: pl.LazyFrame) -> dict[str, frozenset[str]]:
    """As `gap_words.either`, in one pass over the file."""
    asked = [
        (pl.col(name) == word).any().alias(f"{word} {name}")
        for name in lazy.collect_schema().names()
        for word in gap_words.EITHER
    ]
    found = lazy.select(asked).collect(engine="streaming").row(0, named=True)
    pairs = [each.split(" ", 1)[::-1] for each, there in found.items() if there]
    return {name: frozenset(word for other, word in pairs if other == name) for name, _ in pairs}


def _chosen(target: pl.Series) -> np.ndarray:
    """Row numbers, ascending."""
    random = np.random.default_rng(0)
    there = np.flatnonzero(target.is_not_null().to_numpy())
    if len(there) <= KEPT:
        return there
    if target.n_unique() > FEW_VALUES:
        return np.sort(random.choice(there, KEPT, replace=False))
    classes = target.gather(there).rank("dense").to_numpy()
    found = []
    for each in np.unique(classes):
        members = there[classes == each]
        count = max(round(KEPT * len(members) / len(there)), min(LEAST_PER_CLASS, len(members)))
        found.append(random.choice(members, count, replace=False))
    return np.sort(np.concatenate(found))
