"""Dates and times as numbers: how late it is, and where in the day, the week and the year.

A network can only see that Monday follows Sunday if each is a point on a circle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

MOMENT, CLOCK, SPAN = "datetime", "time", "duration"
TYPES: dict[str, Any] = {MOMENT: pl.Datetime("us"), CLOCK: pl.Time(), SPAN: pl.Duration("us")}
UNITS = {MOMENT: 1e6, CLOCK: 1e9, SPAN: 1e6}  # of what polars stores, in a second
DAY = 86_400.0  # seconds
EXACT = 12  # digits: the cosine of a quarter of a day is 0, not 1e-16


@dataclass(frozen=True, slots=True)
class Cycle:
    """turns(column, seconds): how far round, 0 to 1; exact, so that equal places are equal.

    least: the seconds that rows must span to show it.
    """

    least: float
    turns: Callable[[pl.Expr, pl.Expr], pl.Expr]


CYCLES = {
    "hour": Cycle(DAY, lambda column, seconds: (seconds % DAY) / DAY),
    "weekday": Cycle(14 * DAY, lambda column, seconds: (column.dt.weekday() - 1) / 7),
    "day_of_year": Cycle(366 * DAY, lambda column, seconds: column.dt.ordinal_day() / 365.25),
}


@dataclass(frozen=True, slots=True)
class Dated:
    """A column of dates or times: its kind, of TYPES, and which of CYCLES are inputs."""

    column: str
    kind: str
    cycles: tuple[str, ...]

    @property
    def _seconds(self) -> pl.Expr:
        return pl.col(self.column).to_physical().cast(pl.Float64) / UNITS[self.kind]

    @property
    def linear(self) -> pl.Expr:
        """How late it is, in seconds, null for a gap; under the name of the column."""
        return self._seconds.alias(self.column)

    @property
    def circular(self) -> Iterator[pl.Expr]:
        """Sine and cosine of each cycle; a gap lies in the middle of the circle."""
        for cycle in self.cycles:
            angle = 2 * math.pi * CYCLES[cycle].turns(pl.col(self.column), self._seconds)
            for name, part in (("sin", angle.sin()), ("cos", angle.cos())):
                yield part.round(EXACT).fill_null(0.0).alias(f"{self.column}_{cycle}_{name}")


def kind_of(dtype: pl.DataType) -> str:
    """Which of TYPES a temporal type is kept as."""
    return {pl.Time: CLOCK, pl.Duration: SPAN}.get(dtype.base_type(), MOMENT)


def normalised(name: str, dtype: pl.DataType) -> pl.Expr:
    """A temporal column as one of TYPES; times with a zone are those of UTC."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return column.cast(TYPES[kind_of(dtype)])


def dated(column: pl.Series) -> Dated:
    """Which cycles these rows, of a type of TYPES, show: those longer than one turn."""
    name, kind = column.name, kind_of(column.dtype)
    frame = pl.DataFrame({name: column.drop_nulls()})
    bare = frame.select(Dated(name, kind, ()).linear)[name].to_numpy()
    span = float(bare.max() - bare.min())
    least = {MOMENT: {key: each.least for key, each in CYCLES.items()}, CLOCK: {"hour": 0.0}}
    shown = [cycle for cycle, seconds in least.get(kind, {}).items() if span > seconds]
    return Dated(name, kind, tuple(each for each in shown if _varies(frame, name, kind, each)))


def _varies(frame: pl.DataFrame, name: str, kind: str, cycle: str) -> bool:
    """Midnights only, or Mondays only, say nothing."""
    return frame.select(Dated(name, kind, (cycle,)).circular).n_unique() > 1
