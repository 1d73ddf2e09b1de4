"""Several labels at once: a target of several columns, each of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError
from nonlin.data.split import LEAST_PER_CLASS

LEAST_TOGETHER = 5  # rows of a label that are spread evenly over the parts


def columns(given: str | Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The columns that are meant: "a,b" is two, unless one is called like that."""
    if not isinstance(given, str):
        return tuple(given)
    return (given,) if given in known else tuple(each.strip() for each in given.split(","))


def matrix(y: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """0 and 1, int64 (rows with a value each, labels), and the rows (bool) that lack one.

    y: a frame, or an array (rows, labels). Raises InputError for other values, and if every
    row lacks one.
    """
    names = [*map(str, y.columns)] if hasattr(y, "columns") else None
    columns = [y[each] for each in names] if names else list(np.asarray(y).T)
    names = names or [f"{name}{number}" for number in range(1, len(columns) + 1)]
    pairs = zip(columns, names, strict=True)
    found = np.stack([_numbers(column, label) for column, label in pairs], axis=1)
    gaps = np.isnan(found).any(axis=1)
    if gaps.all():
        raise InputError("target_missing", name=name)
    return found[~gaps].astype(np.int64), gaps


def _numbers(column: Any, name: str) -> np.ndarray:
    """0, 1 and NaN, float64."""
    given = column.to_list() if isinstance(column, pl.Series) else np.asarray(column).tolist()
    try:
        values = np.array([np.nan if each is None else float(each) for each in given])
    except (TypeError, ValueError):
        raise InputError("label_values", name=name, given=given[0]) from None
    other = values[~np.isin(values, (0.0, 1.0)) & ~np.isnan(values)]
    if other.size:
        raise InputError("label_values", name=name, given=f"{other[0]:g}")
    return values


def names(joined: str, count: int) -> tuple[str, ...]:
    """Of the labels: "a, b" taken apart, or "y1", "y2" where that does not give as many."""
    found = tuple(joined.split(", "))
    return found if len(found) == count else tuple(f"{joined}{k}" for k in range(1, count + 1))


def enough(target: np.ndarray, names: Sequence[str]) -> None:
    """Raises InputError for a label with fewer rows of 0 or of 1 than there are parts."""
    for column, name in zip(target.T, names, strict=True):
        ones = int(column.sum())
        fewer = min(ones, len(column) - ones)
        if fewer == 0:
            raise InputError("one_class", name=name, value=int(column[0]))
        if fewer < LEAST_PER_CLASS:
            raise InputError("rare_label", name=name, count=fewer, least=LEAST_PER_CLASS)


def strata(target: np.ndarray) -> np.ndarray:
    """For each row the rarest label that it has, counted from 1, int64; 0 if none, or too few.

    Sechidis, Tsoumakas and Vlahavas (ECML 2011) spread labels in this order, too.
    """
    result = np.zeros(len(target), np.int64)
    for label in np.argsort(-target.sum(axis=0), kind="stable"):
        result[target[:, label] == 1] = label + 1
    together = np.bincount(result)
    return np.where(together[result] < LEAST_TOGETHER, 0, result)
