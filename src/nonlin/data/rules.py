"""How the cells of one column are read: as numbers, dates, truth values or text."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nonlin.data import gap_words, numerals, written_dates
from nonlin.data.numerals import Numerals

KINDS = ("whole", "number", "truth", "date", "time", "text")
NUMBERS = ("whole", "number")
TRUTH = ("true", "false")
USUAL = Numerals()
Gaps = tuple[str, ...] | None  # the words that mean a gap, if the user has said so


@dataclass(frozen=True, slots=True)
class Rule:
    """name: of the column. kind: one of KINDS. levels: words of `gap_words.EITHER` that are levels
    here. numerals: how numbers are written. order: of day, month and year.
    """

    name: str
    kind: str
    levels: tuple[str, ...] = ()
    numerals: Numerals = USUAL
    order: str = written_dates.FIXED

    def without_gaps(self, cells: pl.Series, gaps: Gaps) -> pl.Series:
        """Null where a word means a gap."""
        words = gaps
        if words is None:
            text = (*gap_words.ALWAYS, *gap_words.EITHER)
            words = text if self.kind == "text" else gap_words.EVERY
        there = cells.is_in([word for word in words if word not in self.levels]).fill_null(False)
        return cells.set(there, None) if there.any() else cells

    def read(self, cells: pl.Series, gaps: Gaps) -> pl.Series:
        """Int64, Float64, Boolean, Datetime, Time or String; null for gaps and misfits."""
        bare = self.without_gaps(cells, gaps)
        match self.kind:
            case "whole" | "number":
                return _numbers(bare, self, gaps)
            case "truth":
                small = bare.str.to_lowercase()
                known = small.set(~small.is_in(TRUTH).fill_null(True), None)
                return (known == "true").alias(cells.name)
            case "date":
                return written_dates.moments(bare, self.order)
            case "time":
                return written_dates.clock(bare)
        return bare

    def misfits(self, cells: pl.Series, gaps: Gaps) -> bool:
        """Is there a cell that is no gap, and cannot be read in this way?"""
        there = self.without_gaps(cells, gaps).is_not_null()
        values = _values(gaps)
        if values and self.kind in NUMBERS:  # -9999 is a gap, however it is written
            there &= ~numerals.numbers(cells, self.numerals).is_in(values).fill_null(False)
        return bool((there & self.read(cells, gaps).is_null()).any())


def _numbers(bare: pl.Series, rule: Rule, gaps: Gaps) -> pl.Series:
    if rule.kind == "whole" and rule.numerals == USUAL:
        whole = bare.cast(pl.Int64, strict=False)
        if whole.null_count() == bare.null_count() and not _values(gaps):
            return whole
    found = numerals.numbers(bare, rule.numerals)
    values = _values(gaps)
    return found.set(found.is_in(values).fill_null(False), None) if values else found


def _values(gaps: Gaps) -> list[float]:
    """The gaps that are numbers."""
    if not gaps:
        return []
    written = pl.Series(gaps, dtype=pl.String).cast(pl.Float64, strict=False)
    return written.drop_nulls().to_list()


def without_gaps(frame: pl.DataFrame, gaps: Gaps) -> pl.DataFrame:
    """Null for these words in columns of text, and for these numbers in columns of numbers."""
    if not gaps:
        return frame
    values, changed = _values(gaps), []
    for column in frame:
        if column.dtype == pl.String:
            changed.append(
                column.set(column.str.strip_chars().is_in([*gaps]).fill_null(False), None)
            )
        elif column.dtype.is_numeric() and values:
            there = column.cast(pl.Float64).is_in(values).fill_null(False)
            changed.append(column.set(there, None))
    return frame.with_columns(changed)


def kind_of(cells: pl.Series) -> str:
    """The kind of cells, without gaps, that are no numbers."""
    if not len(cells):
        return "text"
    if cells.str.to_lowercase().is_in(TRUTH).all():
        return "truth"
    if written_dates.orders(cells):
        return "date"
    return "time" if written_dates.is_clock(cells) else "text"
