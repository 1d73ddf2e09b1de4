"""The plan of reading: all that is decided about the cells of a text file.

It is found once (`search`), on the rows that a model learns from, and goes with the model: new
files are read by it. Small and large files, patterns and predictions all come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from nonlin._text import Text, text
from nonlin.data import numerals, written_dates
from nonlin.data.columns import some
from nonlin.data.dialect import QUOTING, SEPARATORS, Dialect
from nonlin.data.numerals import DECIMALS
from nonlin.data.rules import KINDS, NUMBERS, Gaps, Rule
from nonlin.data.written_dates import FIXED, ORDERS


@dataclass(frozen=True, slots=True)
class Plan:
    """dialect: of the file. gaps: the words that mean one, if the user has said so. rules: one for
    each column.
    """

    dialect: Dialect
    gaps: Gaps
    rules: tuple[Rule, ...]

    def read(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells by which the plan was found, each column with its type; what does not fit,
        in rows without a target, is null.
        """
        return pl.DataFrame([rule.read(cells[rule.name], self.gaps) for rule in self.rules])

    def read_new(
        self, frame: pl.DataFrame, used: Sequence[str], separator: str
    ) -> tuple[pl.DataFrame, tuple[Text, ...]]:
        """New rows by the same rules, as far as they allow; and notes on where they do not.

        Only columns of text that are used. One with a cell that does not fit stays text, without
        gaps, so that whoever needs numbers can say which it is; so do truth values, which may be
        spelt in another way.
        """
        given = {name for name, dtype in frame.schema.items() if dtype == pl.String} & {*used}
        rules = [rule for rule in self.rules if rule.name in given]
        fitted = list(self._fitted(frame, rules, separator))
        changes = [
            rule.without_gaps(frame[rule.name], self.gaps)
            if rule.kind == "truth" or rule.misfits(frame[rule.name], self.gaps)
            else rule.read(frame[rule.name], self.gaps)
            for rule in fitted
        ]
        return frame.with_columns(changes), tuple(self._otherwise(frame, rules, fitted))

    def _fitted(self, frame: pl.DataFrame, rules: Sequence[Rule], separator: str) -> Iterator[Rule]:
        """The rules, with what these cells show of decimal signs and the order of days."""
        numbers = [rule for rule in rules if rule.kind in NUMBERS]
        bare = [rule.without_gaps(frame[rule.name], self.gaps).drop_nulls() for rule in numbers]
        known = {rule.name: rule.numerals for rule in numbers}
        written, _ = numerals.find(bare, separator, known)
        for rule in rules:
            if rule.name in written:
                yield replace(rule, numerals=written[rule.name])
            elif rule.kind == "date" and rule.misfits(frame[rule.name], self.gaps):
                others = (replace(rule, order=order) for order in ORDERS)
                fits = (each for each in others if not each.misfits(frame[rule.name], self.gaps))
                yield next(fits, rule)
            else:
                yield rule

    def _otherwise(
        self, frame: pl.DataFrame, rules: Sequence[Rule], fitted: Sequence[Rule]
    ) -> Iterator[Text]:
        pairs = list(zip(rules, fitted, strict=True))
        other = [new.name for old, new in pairs if new != old and new.order == old.order]
        if other:
            yield text("keep.other_decimal", columns=some(other))
        turned = [new.name for old, new in pairs if new.order != old.order != FIXED]
        if turned:
            yield text("keep.other_order", columns=some(turned))
        bare = [
            rule.name
            for rule in fitted
            if rule.numerals.percent
            and not rule.without_gaps(frame[rule.name], self.gaps)
            .drop_nulls()
            .str.ends_with("%")
            .all()
        ]
        if bare:
            yield text("keep.no_percent", columns=some(bare))


def works(plan: Plan) -> bool:
    """Are all values such as the program writes them? A file of a model may hold anything."""
    how = plan.dialect
    laid_out = how.separator in tuple(SEPARATORS) and how.quoting in QUOTING and how.comments >= 0
    return laid_out and all(
        rule.kind in KINDS
        and rule.numerals.decimal in DECIMALS
        and rule.order in (FIXED, *written_dates.ORDERS)
        for rule in plan.rules
    )
