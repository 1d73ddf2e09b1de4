"""Files that need not fit into memory: a stratified random part of their rows, read in one pass.

CSV: all cells are read as text, and the part goes through `delimited` as a small file does.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import polars as pl

from nonlin._text import Text, text
from nonlin.data.delimited import MISSING, from_bytes, separator_of
from nonlin.data.plain_text import BEFORE, GZIP
from nonlin.data.split import LEAST_PER_CLASS

LARGE = 1 << 28  # bytes of text: a smaller file is read as a whole
MANY = 2_000_000  # rows of a Parquet file
KEPT = 100_000  # rows: more make no difference that a race of small networks could resolve
FEW_VALUES = 1000  # different values of a target that may be classes
HEAD = 1 << 16  # bytes that show the separator
ROW = "nonlin row number"


def scanned(path: Path, parquet: bool) -> pl.LazyFrame | None:
    """The rows of a large file, unread; None if it is small, or no plain UTF-8 text."""
    if parquet:
        lazy = pl.scan_parquet(path)
        many = lazy.select(pl.len()).collect().item() > MANY
        return lazy if many else None
    if path.stat().st_size < LARGE:
        return None
    with path.open("rb") as file:
        head = file.read(HEAD)
    if b"\0" in head or head.startswith((GZIP, codecs.BOM_UTF8, *BEFORE)):
        return None
    try:
        head.rpartition(b"\n")[0].decode()
    except UnicodeDecodeError:
        return None
    separator = separator_of(head)
    return pl.scan_csv(path, infer_schema=False, separator=separator, null_values=MISSING)


def part(
    lazy: pl.LazyFrame, target: str, parquet: bool
) -> tuple[pl.DataFrame, tuple[Text, ...], int]:
    """KEPT rows in their order, the same share of each class of the target; notes; of how many.

    Rows without a target are left out. A class keeps LEAST_PER_CLASS rows at least, if it has
    them. Always the same rows of the same file.
    """
    column = lazy.select(target).collect(engine="streaming")[target]
    chosen = _chosen(column)
    note = text("choose.sampled", rows=len(column), kept=len(chosen))
    numbers = pl.Series(chosen, dtype=pl.UInt32)
    rows = lazy.with_row_index(ROW).filter(pl.col(ROW).is_in(numbers.implode()))
    frame = rows.collect(engine="streaming").sort(ROW).drop(ROW)
    if parquet:
        return frame, (note,), len(column)
    read, notes = from_bytes(frame.write_csv().encode())
    return read, (note, *notes), len(column)


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
