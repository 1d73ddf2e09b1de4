"""Columns before they are prepared: which are left out, and what is worth saying of the others."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import polars as pl

from nonlin._text import Text, text

LISTED = 6  # column names that a note holds
ROW_NUMBERS = {"id", "index", "no", "nr", "row", "rownames", "column_1", "unnamed: 0"}
ROW_NUMBERS |= {"序号", "编号", "行号"}
REPEATED = re.compile(r"(.*)_duplicated_\d+")  # what polars makes of a name that occurs twice


def listed(names: Iterable[str]) -> str:
    """The first few names, separated by commas."""
    found = list(names)
    return ", ".join(found[:LISTED]) + (", ..." if len(found) > LISTED else "")


def counted(counts: dict[str, int]) -> str:
    """ "size (3), age (1)" for the columns whose count is not 0."""
    return listed(f"{column} ({count})" for column, count in counts.items() if count)


def distinct(names: Iterable[str]) -> list[str]:
    """The names, those that occur again with a number behind them, as polars does it."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        again = seen.get(name)
        found.append(name if again is None else f"{name}_duplicated_{again}")
        seen[name] = 0 if again is None else again + 1
    return found


def remarks(raw: pl.DataFrame, target: str) -> tuple[Text, ...]:
    """Notes on repeated names, dates and infinite values in columns as they were given."""
    names = {*raw.columns, target}
    repeated = [n for n in names if (same := REPEATED.fullmatch(n)) and same[1] in names]
    dates = [name for name, dtype in raw.schema.items() if dtype.is_temporal()]
    floats = [name for name, dtype in raw.schema.items() if dtype.is_float()]
    infinite = raw.select(pl.col(floats).is_infinite().sum()).row(0, named=True) if floats else {}
    found = (
        ("choose.repeated_names", listed(sorted(repeated))),
        ("choose.dates", listed(dates)),
        ("choose.infinite", counted(infinite)),
    )
    return tuple(text(key, columns=columns) for key, columns in found if columns)


def superfluous(features: pl.DataFrame) -> tuple[list[str], tuple[Text, ...]]:
    """Columns that only number the rows or repeat another one, and notes that say so."""
    numbers = [name for name in features.columns if _counts_rows(features[name])]
    copies = _copies(features.drop(numbers))
    pairs = (f"{copy} (= {original})" for copy, original in copies.items())
    found = (("choose.row_numbers", listed(numbers)), ("choose.copies", listed(pairs)))
    notes = tuple(text(key, columns=columns) for key, columns in found if columns)
    return [*numbers, *copies], notes


def _counts_rows(column: pl.Series) -> bool:
    if column.name.lower() not in ROW_NUMBERS or column.dtype != pl.Float64 or len(column) < 2:
        return False
    return column.null_count() == 0 and bool((column.diff().drop_nulls() == 1.0).all())


def _copies(features: pl.DataFrame) -> dict[str, str]:
    """Each column that repeats an earlier one, with the earlier one; constants are let be."""
    if not features.width:
        return {}
    sums = features.select(pl.all().hash().sum()).row(0, named=True)
    varied = features.select(pl.all().n_unique() > 1).row(0, named=True)
    first: dict[int, str] = {}
    copies = {}
    for name in features.columns:
        original = first.setdefault(sums[name], name)
        if original != name and varied[name] and features[name].equals(features[original]):
            copies[name] = original
    return copies


def like_target(features: pl.DataFrame, target: np.ndarray) -> tuple[Text, ...]:
    """A warning for a column that is the target itself, under another name."""
    values = pl.Series(target)
    wanted = values.cast(pl.String if values.dtype in (pl.String, pl.Boolean) else pl.Float64)
    same = [column.name for column in features if column.equals(wanted)]
    return (text("choose.like_target", columns=listed(same)),) if same else ()
