"""New rows as the rows of training were: columns by name, of the same types, spelt the same.

Which type a column of a file has can depend on the rows that are in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import listed, text
from nonlin.data import written_dates
from nonlin.data.dates import CLOCK, TYPES, kind_of
from nonlin.data.table import normalised
from nonlin.data.transform import Numeric
from nonlin.data.written_dates import FIXED

FAR = 1e18  # standard deviations; the square fits into float32
TRUTH = {"1": "true", "0": "false", "true": "1", "false": "0"}  # other ways to write it


def select(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """These columns; InputError for those that are missing."""
    given = frame.schema
    missing = [name for name in names if name not in given]
    if missing:
        hint = nearest(missing[0], [name for name in given if name not in names])
        raise InputError("columns_missing", missing=listed(missing, 20), hint=hint)
    return frame.select(names)


def numbers(column: pl.Series, found: pl.Series) -> pl.Series:
    """Float64; InputError for dates and for text that is no number.

    column: as it was given. found: what `data.normalised` makes of it.
    """
    if not found.count():
        return found.cast(pl.Float64, strict=False)
    if found.dtype.is_temporal():
        raise InputError("date_column", column=column.name, example=_example(column))
    if column.dtype == pl.Boolean:
        return column.cast(pl.Float64)
    number = found.cast(pl.Float64, strict=False)
    slips = np.flatnonzero((number.is_null() & found.is_not_null()).to_numpy())
    if len(slips):
        row = int(slips[0])
        raise InputError("text_column", column=column.name, example=found[row], row=row + 1)
    return number


def near(column: pl.Series, rule: Numeric) -> pl.Series:
    """The column itself; InputError for a number so far from training that nothing follows of it.

    It would be infinite in the units of the network.
    """
    with np.errstate(over="ignore"):
        away = np.abs(column.fill_null(rule.median).to_numpy() - rule.mean) / rule.scale
    far = np.flatnonzero(~(away <= FAR))
    if len(far):
        row = int(far[0])
        raise InputError("far_away", column=column.name, given=column[row], row=row + 1)
    return column


def dates(column: pl.Series, found: pl.Series, kind: str) -> pl.Series:
    """Of the type of this kind; text is read as that of a file. InputError for anything else."""
    if not found.count():
        return pl.Series(column.name, [None] * len(column), dtype=TYPES[kind])
    if found.dtype == pl.String:
        found = _written(found, kind)
    if not found.dtype.is_temporal() or kind_of(found.dtype) != kind:
        wanted = text(f"dates.{kind}")
        raise InputError("no_date", column=column.name, example=_example(column), wanted=wanted)
    return found


def _written(found: pl.Series, kind: str) -> pl.Series:
    """Text as dates or times, if all of it can be read; days first, where both orders can be."""
    order = next(iter(written_dates.orders(found.drop_nulls())), FIXED)
    read = written_dates.clock(found) if kind == CLOCK else written_dates.moments(found, order)
    return read if read.null_count() == found.null_count() else found


def levels(column: pl.Series, known: Sequence[str]) -> pl.Series:
    """Text, written like the known levels: 1.0 is "1", and 1 is "true" where that is known."""
    plain = column if column.dtype == pl.Boolean else column.cast(pl.String)
    written = pl.col(column.name)
    whole = written.str.replace(r"^(-?\d+)\.0+$", "$1")
    new = ~written.is_in([*known])
    either = {*known} <= {*TRUTH}
    spelt = {a: b for a, b in TRUTH.items() if either and b in known and a not in known}
    return (
        normalised(plain.to_frame())
        .with_columns(pl.when(new & whole.is_in([*known, *spelt])).then(whole).otherwise(written))
        .with_columns(written.replace(spelt))
        .to_series()
    )


def _example(column: pl.Series) -> object:
    return str(column.drop_nulls()[0])
