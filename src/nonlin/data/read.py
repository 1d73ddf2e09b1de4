"""Read a table: CSV, TSV, Parquet or Arrow files, or a data set that scikit-learn ships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import Text, text
from nonlin.data import labels, large
from nonlin.data.delimited import read_delimited
from nonlin.data.table import Table, column, from_frame

DATA_SETS = ("iris", "wine", "digits", "breast_cancer", "diabetes")
TARGETS = ("target", "label", "class", "y")  # names that a target usually has
PARQUET = (".parquet", ".pq")
ARROW = (".arrow", ".feather", ".ipc")
TEXT = (".csv", ".tsv", ".tab", ".txt", ".gz")
ENDINGS = (*TEXT, *PARQUET, *ARROW)
WILD = frozenset("*?[")


def read(
    data: str,
    target: str | Sequence[str] | None = None,
    special: Mapping[str, str] = {},
) -> Table:
    """The table called `data`: a path, or one of iris, wine, digits, breast_cancer, diabetes.

    A path may be a pattern such as data/*.csv; of a large file, a random part is read. target: the
    column to predict, or several of 0 and 1 ("a,b"); the one called target, label, class or y (in
    any case) if not given, else the last one, which `notes` then says. special: see
    `data.from_frame`. Raises InputError for a missing, empty or unreadable file, an unknown
    column, a table of one column.
    """
    path = Path(data).expanduser()
    of_rows = 0
    lazy = None if data in DATA_SETS and not path.exists() else _large(path)
    if lazy is not None:
        chosen = _targets(target, lazy.collect_schema().names(), special)
        frame, notes, of_rows = large.part(lazy, chosen[0], path.suffix.lower() in PARQUET)
    else:
        frame, notes = read_frame(data)
        chosen = _targets(target, frame.columns, special)
    if target is None:
        notes = (*notes, text("choose.target_taken", column=chosen[0]))
    return replace(from_frame(path.name, frame, chosen, notes, special), of_rows=of_rows)


def _targets(
    target: str | Sequence[str] | None, names: list[str], special: Mapping[str, str]
) -> list[str]:
    """The columns to predict."""
    if target is not None:
        return [column(each, names) for each in labels.columns(target, names)]
    free = [name for name in names if name not in special.values()]
    return [_usual_target(free or names)]


def _large(path: Path) -> pl.LazyFrame | None:
    """The rows of a file that is too large to be read as a whole."""
    if not path.is_file() or path.suffix.lower() not in (*PARQUET, *TEXT):
        return None
    try:
        return large.scanned(path, path.suffix.lower() in PARQUET)
    except (pl.exceptions.PolarsError, OSError):
        return None  # reading it as usual says what is wrong


def read_frame(data: str) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """All columns of the table called `data`, and notes on how it was read; errors as `read`."""
    path = Path(data).expanduser()
    if path.exists():
        return _file(path, data)
    if data in DATA_SETS:
        return _data_set(data), ()
    return _files(path, data) if WILD.intersection(data) else _file(path, data)


def _files(pattern: Path, given: str) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """The rows of all files that match, one after the other in the order of their names."""
    base = next(each for each in pattern.parents if not WILD.intersection(str(each)))
    paths = sorted(each for each in base.glob(str(pattern.relative_to(base))) if each.is_file())
    if not paths:
        raise InputError("no_match", given=given, hint=_near(pattern, ()))
    frames, notes = zip(*(_file(path, str(path)) for path in paths), strict=True)
    for path, frame in zip(paths, frames, strict=True):
        if frame.columns != frames[0].columns:
            differ = sorted(set(frame.columns) ^ set(frames[0].columns)) or frame.columns
            shown = ", ".join(differ[:5])
            raise InputError("files_differ", first=paths[0].name, other=path.name, columns=shown)
    said = {str(each): each for part in notes for each in part}.values()
    try:
        whole = pl.concat(frames, how="vertical_relaxed")
    except pl.exceptions.PolarsError:  # numbers in one file, text in another
        whole = pl.concat([frame.cast(pl.String) for frame in frames])
    return whole, (text("choose.files", count=len(paths), rows=whole.height), *said)


def _usual_target(columns: list[str]) -> str:
    lower = {name.lower(): name for name in columns}
    return next((lower[name] for name in TARGETS if name in lower), columns[-1])


def _data_set(name: str) -> pl.DataFrame:
    """Features under scikit-learn's names, and `target` with the class names where there are."""
    from sklearn import datasets

    found: Any = getattr(datasets, f"load_{name}")()
    names = [str(each) for each in found.feature_names]
    target = found.target
    if "target_names" in found and name != "digits":
        target = np.asarray(found.target_names)[target].astype(str)
    frame = pl.from_numpy(np.asarray(found.data, np.float64), schema=names)
    return frame.with_columns(pl.Series("target", target))


def _file(path: Path, given: str) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    if path.is_symlink() and not path.exists():
        raise InputError("broken_link", given=given)
    if not path.exists():
        raise InputError("missing_file", given=given, sets=", ".join(DATA_SETS), hint=_near(path))
    if not path.is_file():
        raise InputError("not_a_file" if path.is_dir() else "no_plain_file", given=given)
    if path.suffix.lower() not in ENDINGS:
        raise InputError("unknown_ending", given=path.name, allowed=", ".join(ENDINGS))
    if path.stat().st_size == 0:
        raise InputError("empty_file", given=given)
    frame, notes = _table(path, given)
    if frame.height == 0 or frame.width == 0:
        raise InputError("empty_file", given=given)
    return frame, notes


def _table(path: Path, given: str) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    ending = path.suffix.lower()
    try:
        if ending in PARQUET:
            return pl.read_parquet(path), ()
        if ending in ARROW:
            return pl.read_ipc(path), ()
        return read_delimited(path)
    except OSError:
        raise InputError("unreadable_file", given=given) from None
    except pl.exceptions.NoDataError:
        raise InputError("empty_file", given=given) from None
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        kind = "parquet" if ending in PARQUET else "arrow" if ending in ARROW else "table"
        raise InputError(f"broken_{kind}", given=given) from None


def _near(path: Path, others: Sequence[str] = DATA_SETS) -> object:
    """A hint at a file of nearly that name in the same folder, or at one of the others."""
    try:
        files = [each.name for each in path.parent.iterdir() if each.suffix.lower() in ENDINGS]
    except OSError:
        files = []
    return nearest(path.name, [*files, *others])
