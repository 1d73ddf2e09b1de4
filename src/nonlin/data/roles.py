"""Columns that are no features: groups of rows, their order in time, their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.data import written_dates

NAMES = ("group", "time", "weights")
MICROSECONDS = {"M": "datetime64[us]", "m": "timedelta64[us]"}  # by the kind of NumPy's type


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """What is known of each row besides its features: arrays (rows,), or None.

    group: int64; rows with the same number are never in two parts of a split. time: ranks, int64
    from 0; training rows come before validation rows, and these before test rows. weights:
    float64, positive: how much a row counts in training and in every score.
    """

    group: np.ndarray | None = None
    time: np.ndarray | None = None
    weights: np.ndarray | None = None

    def __getitem__(self, rows: np.ndarray) -> Roles:
        """Those of some rows."""
        return Roles(*(None if each is None else each[rows] for each in self.all))

    @property
    def all(self) -> tuple[np.ndarray | None, ...]:
        """In the order of NAMES."""
        return self.group, self.time, self.weights

    @property
    def notes(self) -> tuple[Text, ...]:
        """What follows for the splits."""
        found = []
        if self.group is not None:
            found.append(text("choose.groups", count=len(np.unique(self.group))))
        if self.time is not None:
            found.append(text("choose.in_time"))
        if self.weights is not None:
            found.append(text("choose.weighted"))
        return tuple(found)


NONE = Roles()


def roles(given: dict[str, tuple[str, Any]], rows: int) -> Roles:
    """The roles of columns: {"group": (name for messages, values), "time": ...}.

    Raises InputError for another number of rows, gaps, a single group, times that are none,
    weights that are not positive, and for groups and times at once.
    """
    if {"group", "time"} <= set(given):
        raise InputError("group_and_time")
    found = {}
    for role, (name, values) in given.items():
        series = values if isinstance(values, pl.Series) else pl.Series(_plain(name, values))
        if len(series) != rows:
            raise InputError("role_rows", role=role, given=len(series), rows=rows)
        if series.null_count() or (series.dtype.is_float() and series.is_nan().any()):
            raise InputError("role_gaps", role=role, column=name)
        found[role] = READERS[role](name, series)
    return Roles(**found)


def _plain(name: str, values: Any) -> Any:
    array = np.asarray(values)
    if array.ndim != 1:
        raise InputError("role_shape", column=name, shape=array.shape)
    if array.dtype.kind in MICROSECONDS and np.datetime_data(array.dtype)[0] != "ns":
        return array.astype(MICROSECONDS[array.dtype.kind])  # polars knows no seconds, hours, ...
    return array.tolist() if array.dtype.kind in "OU" else array


def _groups(name: str, series: pl.Series) -> np.ndarray:
    found: np.ndarray = series.cast(pl.String).rank("dense").to_numpy().astype(np.int64) - 1
    if found.max(initial=0) + 1 < 3:
        raise InputError("few_groups", column=name, count=int(found.max(initial=-1)) + 1)
    return found


def _dates(series: pl.Series) -> pl.Series:
    """Null where no date is written."""
    order = next(iter(written_dates.orders(series)), written_dates.FIXED)
    return written_dates.moments(series, order)


def _ranks(name: str, series: pl.Series) -> np.ndarray:
    if series.dtype == pl.String:
        times = _dates(series.str.strip_chars())
        if times.null_count():
            example = series.filter(times.is_null())[0]
            raise InputError("no_time", column=name, example=example)
        series = times
    if not (series.dtype.is_numeric() or series.dtype.is_temporal()):
        raise InputError("no_time", column=name, example=series[0])
    found: np.ndarray = series.to_physical().rank("dense").to_numpy().astype(np.int64) - 1
    if found.max(initial=0) + 1 < 3:
        raise InputError("few_times", column=name, count=int(found.max(initial=-1)) + 1)
    return found


def _weights(name: str, series: pl.Series) -> np.ndarray:
    if not series.dtype.is_numeric():
        raise InputError("weights_type", column=name, example=series[0])
    found: np.ndarray = series.to_numpy().astype(np.float64)
    if not (np.isfinite(found).all() and (found > 0).all()):
        bad = found[~(np.isfinite(found) & (found > 0))][0]
        raise InputError("weights_positive", column=name, given=f"{bad:g}")
    return found


READERS = {"group": _groups, "time": _ranks, "weights": _weights}
