"""Columns before they are prepared: which are left out, and what is worth saying of the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from nonlin._errors import InputError
from nonlin._text import Listed, Text, bracketed, listed, text
from nonlin.data.numerals import is_code

LISTED = 6  # column names that a note holds
MOST_LEVELS = 20  # columns that one text column may become; the rest are "other"
NEAR_UNIQUE = 0.5  # a text column with more levels than this share of the rows tells nothing
NAMES_ROWS = re.compile(  # id, customer_id, customerId, 客户ID, row number, 订单编号, ...
    r"(?i:(.*[^a-z])?(id|idx|no|nr|num|key)\.?|id[^a-z].*|.*(编号|序号|行号|单号|学号|工号)"
    r"|#|index|rownames|row[ _.]?(names?|id|no|nr|num|number|index)?\.?|[gu]?uid|column_1"
    r"|unnamed: ?\d+|__index_level_\d+__|level_\d+|rec(ord)?[ _.]?(id|no|nr|number)?|lfd\W?.*)"
    r"|.*[a-z]I[dD]"
)
TIMES = re.compile(  # what may be counted because time goes on
    r"(?i:.*(time|date|day|week|month|quarter|year|hour|minute|second|step|epoch|tick|period|age"
    r"|frame|lag|cycle|iteration|zeit|datum|tag|woche|monat|jahr|stunde).*|t|.*[年月日时周天期].*)"
)
REPEATED = re.compile(r"(.*)_duplicated_\d+")  # what polars makes of a name that occurs twice


def some(names: Iterable[object]) -> Listed:
    """The first few names."""
    return listed(names, LISTED)


def counted(counts: dict[str, int]) -> Listed:
    """ "size (3), age (1)" for the columns whose count is not 0."""
    return some(bracketed(column, count) for column, count in counts.items() if count)


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
    """Notes on repeated names and infinite values in columns as they were given."""
    names = {*raw.columns, target}
    repeated = [n for n in names if (same := REPEATED.fullmatch(n)) and same[1] in names]
    floats = [name for name, dtype in raw.schema.items() if dtype.is_float()]
    infinite = raw.select(pl.col(floats).is_infinite().sum()).row(0, named=True) if floats else {}
    found = (
        ("choose.repeated_names", some(sorted(repeated))),
        ("choose.infinite", counted(infinite)),
    )
    return tuple(text(key, columns=columns) for key, columns in found if columns)


def near_unique(column: pl.Series) -> bool:
    """Has nearly every row a value of its own?"""
    return column.drop_nulls().n_unique() > max(MOST_LEVELS, NEAR_UNIQUE * len(column))


def with_numbers(features: pl.DataFrame, kept: np.ndarray) -> pl.DataFrame:
    """With text that is a number in every row of `kept` (bool) as numbers; codes stay text.

    Raises InputError where most of it are numbers, so that a few slips made it text.
    """
    found = []
    for column in features.select(pl.col(pl.String)):
        number = column.cast(pl.Float64, strict=False)
        there = pl.Series(kept) & column.is_not_null()
        written, slips = column.filter(there), column.filter(there & number.is_null())
        if not near_unique(written) or 2 * len(slips) >= len(written):
            continue
        if not len(slips) and is_code(written):
            continue
        if len(slips):
            row = int(np.flatnonzero((there & number.is_null()).to_numpy())[0])
            raise InputError("text_column", column=column.name, example=slips[0], row=row + 1)
        found.append(number)
    return features.with_columns(found)


def superfluous(
    features: pl.DataFrame, keep: Sequence[str] = ()
) -> tuple[list[str], tuple[Text, ...]]:
    """Columns that only name the rows or repeat another one, and notes that say so.

    keep: columns that stay, whatever they seem to be.
    """
    before, features = features, features.drop(name for name in keep if name in features.columns)
    numbers = [name for name in features.columns if _names_rows(features[name])]
    if len(numbers) == before.width and not NAMES_ROWS.fullmatch(numbers[0].strip()):
        numbers = []  # nothing else would be left, and it is not called an id
    copies = _copies(features.drop(numbers))
    pairs = (bracketed(copy, f"= {original}") for copy, original in copies.items())
    found = (("choose.row_numbers", some(numbers)), ("choose.copies", some(pairs)))
    notes = tuple(text(key, columns=columns) for key, columns in found if columns)
    return [*numbers, *copies], notes


def _names_rows(column: pl.Series) -> bool:
    """Whole numbers, each once, that are called an id, or are 1, 2, 3, ... in any other order, or
    have constant steps.

    What is called a time may go on in constant steps, which is something to learn from; and few
    numbers may be so by chance.
    """
    if column.dtype != pl.Float64:
        return False
    values = column.drop_nulls().to_numpy()
    whole = (values == np.floor(values)).all()
    if len(values) < 2 or not whole or len(np.unique(values)) < len(values):
        return False
    if NAMES_ROWS.fullmatch(column.name.strip()):
        return True
    low, high = values.min(), values.max()
    counted = low in (0, 1) and high - low == len(values) - 1
    steady = len(np.unique(np.diff(values))) == 1
    if steady and TIMES.fullmatch(column.name.strip()):
        return False
    return (counted or steady) and len(values) > MOST_LEVELS


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
    return (text("choose.like_target", columns=some(same)),) if same else ()
