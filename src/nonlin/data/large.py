"""Files that need not fit into memory: a stratified random part of their rows, read in one pass.

CSV: all cells are read as text, and the part goes the way of a small file.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from nonlin._text import text
from nonlin.data import cells, dialect, gap_words, search
from nonlin.data.dialect import DOUBLED, SAMPLE, Dialect
from nonlin.data.plain_text import GZIP
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


def scanned(path: Path, header: bool | None = None) -> Scan | None:
    """A large file; None if it is small, unreadable, or no plain text in UTF-8."""
    try:
        if path.is_file() and path.suffix.lower() in PARQUET:
            return _parquet(path)
        if path.is_file() and path.suffix.lower() in TEXT and path.stat().st_size >= LARGE:
            return _text(path, header)
    except (pl.exceptions.PolarsError, OSError, UnicodeError):
        return None  # reading it as usual says what is wrong
    return None


def _parquet(path: Path) -> Scan | None:
    lazy = pl.scan_parquet(path, glob=False)
    many = lazy.select(pl.len()).collect().item() > MANY
    return Scan(lazy, None) if many else None


def _text(path: Path, header: bool | None) -> Scan | None:
    with path.open("rb") as file:
        head = file.read(2 * SAMPLE)
    if b"\0" in head or head.startswith((GZIP, codecs.BOM_UTF8)):
        return None
    written = head.rpartition(b"\n")[0].decode()
    how = dialect.find(written, "UTF-8", header)
    if how.comments or how.marked or how.quoting != DOUBLED:
        return None
    lazy = pl.scan_csv(
        path,
        glob=False,
        infer_schema=False,
        separator=how.separator,
        has_header=how.header,
        with_column_names=lambda names: cells.names(names, how.header),
    )
    stripped = lazy.with_columns(pl.all().str.strip_chars())
    return Scan(stripped.with_columns(pl.when(pl.all() != "").then(pl.all())), how)


def part(scan: Scan, targets: Sequence[str], wishes: Wishes) -> tuple[Source, search.Levels, int]:
    """KEPT rows in their order, the same share of each class of the first target; the words that
    are levels of it; of how many rows.

    Rows without a target are left out. A class keeps LEAST_PER_CLASS rows at least, if it has
    them. Always the same rows of the same file. Raises PolarsError for a broken file.
    """
    target, lazy, notes = targets[0], scan.rows, []
    column, levels = _column(lazy, target), {}
    if scan.dialect is not None:
        lazy, again = _without_heads(lazy, scan.names, column)
        if again:
            notes.append(text("choose.head_again", count=again))
            column = _column(lazy, target)
        words = _words(lazy) if column.is_in(gap_words.EITHER).any() else {}
        levels = {target: search.levels_of(column, words, wishes)}
        column = column.set(~search.is_there(column, levels[target], wishes), None)
    chosen = _chosen(column)
    numbers = pl.Series(chosen, dtype=pl.UInt32)
    rows = lazy.with_row_index(ROW).filter(pl.col(ROW).is_in(numbers.implode()))
    frame = rows.collect(engine="streaming").sort(ROW).drop(ROW)
    note = text("choose.sampled", rows=len(column), kept=len(chosen))
    said = cells.of_several_lines(frame) if scan.dialect else ()
    return Source(frame, (note, *notes, *said), scan.dialect), levels, len(column)


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
