"""Read a table: a CSV, TSV or Parquet file, or a data set that scikit-learn ships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import Text, text
from nonlin.choose import labels
from nonlin.choose.data import Table, column, from_frame
from nonlin.choose.delimited import read_delimited

DATA_SETS = ("iris", "wine", "digits", "breast_cancer", "diabetes")
TARGETS = ("target", "label", "class", "y")  # names that a target usually has
PARQUET = (".parquet", ".pq")
ENDINGS = (".csv", ".tsv", ".tab", ".txt", *PARQUET)


def read(
    data: str,
    target: str | Sequence[str] | None = None,
    special: Mapping[str, str] = {},
) -> Table:
    """The table called `data`: a path, or one of iris, wine, digits, breast_cancer, diabetes.

    target: the column to predict, or several of 0 and 1 ("a,b"); the one called target, label,
    class or y (in any case) if not given, else the last one, which `notes` then says. special:
    see `data.from_frame`. Raises InputError for a missing, empty or unreadable file, an unknown
    column, a table of one column.
    """
    path = Path(data).expanduser()
    frame, notes = read_frame(data)
    if target is not None:
        wanted = labels.columns(target, frame.columns)
        chosen = [column(each, frame.columns) for each in wanted]
        return from_frame(path.name, frame, chosen, notes, special)
    free = [name for name in frame.columns if name not in special.values()]
    chosen = [_usual_target(free or frame.columns)]
    taken = text("choose.target_taken", column=chosen[0])
    return from_frame(path.name, frame, chosen, [*notes, taken], special)


def read_frame(data: str) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """All columns of the table called `data`, and notes on how it was read; errors as `read`."""
    path = Path(data).expanduser()
    shipped = data in DATA_SETS and not path.exists()
    return (_data_set(data), ()) if shipped else _file(path, data)


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
    if not path.exists():
        raise InputError("missing_file", given=given, sets=", ".join(DATA_SETS), hint=_near(path))
    if not path.is_file():
        raise InputError("not_a_file", given=given)
    if path.suffix.lower() not in ENDINGS:
        raise InputError("unknown_ending", given=path.name, allowed=", ".join(ENDINGS))
    if path.stat().st_size == 0:
        raise InputError("empty_file", given=given)
    frame, notes = _table(path, given)
    if frame.height == 0 or frame.width == 0:
        raise InputError("empty_file", given=given)
    return frame, notes


def _table(path: Path, given: str) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    parquet = path.suffix.lower() in PARQUET
    try:
        return (pl.read_parquet(path), ()) if parquet else read_delimited(path)
    except OSError:
        raise InputError("unreadable_file", given=given) from None
    except pl.exceptions.NoDataError:
        raise InputError("empty_file", given=given) from None
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        raise InputError("broken_parquet" if parquet else "broken_table", given=given) from None


def _near(path: Path) -> object:
    """A hint at a file of nearly that name in the same folder, or a data set."""
    try:
        files = [each.name for each in path.parent.iterdir() if each.suffix.lower() in ENDINGS]
    except OSError:
        files = []
    return nearest(path.name, [*files, *DATA_SETS])
