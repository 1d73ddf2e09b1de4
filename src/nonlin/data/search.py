"""The search for the plan of reading: what the cells of all columns say together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from nonlin._text import Text, text
from nonlin.data import gap_words, numerals, written_dates
from nonlin.data.columns import some
from nonlin.data.dialect import Dialect
from nonlin.data.numerals import PLAIN_WHOLE, Numerals
from nonlin.data.plan import Plan
from nonlin.data.rules import Rule, kind_of
from nonlin.data.wishes import NONE, Wishes
from nonlin.data.written_dates import FIXED, ORDERS

Levels = Mapping[str, tuple[str, ...]]
Words = Mapping[str, frozenset[str]]
FEW = 0.1  # share of the cells that keep a column from being one of numbers


def find(
    cells: pl.DataFrame,
    how: Dialect,
    targets: Sequence[str] = (),
    wishes: Wishes = NONE,
    texts: Sequence[str] = (),
    levels: Levels | None = None,
) -> tuple[Plan, tuple[Text, ...]]:
    """The plan for these cells, and notes on what is not obvious of it.

    targets: only rows with a value there say how other columns are read. texts: columns that are
    text whatever they hold. levels: what `levels_of` has found for the targets, if it was asked
    before.
    """
    words = None
    if levels is None:
        words = gap_words.either(cells)
        levels = {name: levels_of(cells[name], words, wishes) for name in targets}
    there = pl.repeat(True, cells.height, dtype=pl.Boolean, eager=True)
    for name, known in levels.items():
        there &= is_there(cells[name], known, wishes)
    all_of_them = there.all() or not there.any()
    kept = cells if all_of_them else cells.filter(there)
    words = words if all_of_them and words is not None else gap_words.either(kept)
    search = _Search(kept, how.separator, wishes, texts, levels, words)
    return Plan(how, wishes.gaps, search.rules), tuple(search.notes())


def levels_of(cells: pl.Series, words: Words, wishes: Wishes) -> tuple[str, ...]:
    """The words of `gap_words.EITHER` that are levels in this column; words: those of the file."""
    if wishes.gaps is not None or cells.name not in words:
        return ()
    rest = _rest(cells, wishes)
    number = any(rest.str.contains(numerals.pattern(sign)).any() for sign in numerals.DECIMALS)
    words_only = len(rest) > 0 and not number and kind_of(rest) == "text"
    return gap_words.levels(cells, words) if words_only else ()


def is_there(cells: pl.Series, levels: tuple[str, ...], wishes: Wishes) -> pl.Series:
    """Which cells of a target hold a value, bool."""
    rest = _rest(cells, wishes)
    number = bool(numerals.find([rest], ";")[0]) or kind_of(rest) != "text"
    rule = Rule(cells.name, "number" if number else "text", levels)
    return rule.without_gaps(cells, wishes.gaps).is_not_null()


def _rest(cells: pl.Series, wishes: Wishes) -> pl.Series:
    """The cells that are no gap whatever is decided."""
    words = gap_words.EVERY if wishes.gaps is None else wishes.gaps
    return cells.filter(~cells.is_in(list(words)).fill_null(True))


def _rests(cells: pl.DataFrame, wishes: Wishes) -> dict[str, pl.Series]:
    """As `_rest`, of every column; most hold no gap."""
    words = gap_words.EVERY if wishes.gaps is None else wishes.gaps
    full = set(cells.columns) - set(gap_words.holding(cells, words))
    return {
        each.name: each.drop_nulls() if each.name in full else _rest(each, wishes) for each in cells
    }


class _Search:
    """What is found on some cells, step by step."""

    def __init__(
        self,
        cells: pl.DataFrame,
        separator: str,
        wishes: Wishes,
        texts: Sequence[str],
        levels: Levels,
        words: Words,
    ) -> None:
        self.cells, self.separator, self.wishes, self.words = cells, separator, wishes, words
        rest = _rests(cells, wishes)
        self.codes = [n for n, column in rest.items() if len(column) and numerals.is_code(column)]
        self.rest = {n: column for n, column in rest.items() if n not in {*texts, *self.codes}}
        self.written, self.any_decimal = numerals.find([*self.rest.values()], separator)
        kinds = {n: kind_of(c) for n, c in self.rest.items() if n not in self.written}
        self.orders = {
            name: written_dates.orders(self.rest[name])
            for name, kind in kinds.items()
            if kind == "date"
        }
        self.kinds = kinds | {name: self._number(name) for name in self.written}
        known = {name: levels_of(each, self.words, wishes) for name, each in self._words()}
        self.levels = {**known, **levels}
        self.rules = tuple(map(self._rule, cells.columns))

    def _words(self) -> Iterator[tuple[str, pl.Series]]:
        """Columns of text with a word that may mean a gap."""
        for name in self.words:
            if self.kinds.get(name, "text") == "text":
                yield name, self.cells[name]

    def _number(self, name: str) -> str:
        usual = self.written[name] == Numerals()
        whole = usual and numerals.every(self.rest[name], PLAIN_WHOLE)
        return "whole" if whole else "number"

    def _rule(self, name: str) -> Rule:
        return Rule(
            name,
            self.kinds.get(name, "text"),
            self.levels.get(name, ()),
            self.written.get(name, Numerals()),
            self._order(self.orders.get(name, ())),
        )

    def _order(self, possible: tuple[str, ...]) -> str:
        """As the column says, or the user, or another column, or else days first."""
        if len(possible) < 2:
            return possible[0] if possible else FIXED
        return self.wishes.dates or self._decided() or ORDERS[0]

    def _decided(self) -> str | None:
        sure = {each[0] for each in self.orders.values() if len(each) == 1 and each[0] in ORDERS}
        return next(iter(sure)) if len(sure) == 1 else None

    def notes(self) -> Iterator[Text]:
        """What is not obvious of the rules."""
        yield from self._of_numbers()
        yield from self._of_dates()
        yield from self._of_gaps()
        yield from self._of_text()

    def _of_numbers(self) -> Iterator[Text]:
        if any(each.decimal == "," for each in self.written.values()):
            yield text("choose.decimal_comma")
        signs = {name: numerals.has(self.rest[name], each) for name, each in self.written.items()}
        for key in ("grouped", "signs", "shares"):
            names = [name for name, found in signs.items() if found[key]]
            if names:
                yield text(f"choose.{key}", columns=some(names))
        if self.any_decimal:
            name = self.any_decimal[0]
            cell = self.rest[name].filter(self.rest[name].str.contains("[.,]"))[:1]
            value = numerals.numbers(cell, self.written[name])[0]
            columns = some(self.any_decimal)
            yield text("choose.any_decimal", columns=columns, cell=cell[0], value=f"{value:.10g}")

    def _of_dates(self) -> Iterator[Text]:
        rules = {rule.name: rule for rule in self.rules}
        open_ones = [name for name, possible in self.orders.items() if len(possible) > 1]
        told = bool(self.wishes.dates or self._decided())
        for order in ORDERS:
            names = [
                n for n in self.orders if rules[n].order == order and (told or n not in open_ones)
            ]
            if names:
                yield text(f"choose.dates_{order}", columns=some(names))
        if open_ones and not told:
            cell = self.rest[open_ones[0]][0]
            yield text("choose.any_order", columns=some(open_ones), cell=cell)

    def _of_gaps(self) -> Iterator[Text]:
        if self.wishes.gaps is not None:
            return
        found: dict[str, list[str]] = {"as_levels": [], "as_gaps": []}
        holding = {*gap_words.holding(self.cells, gap_words.EVERY)}
        for rule in (each for each in self.rules if each.name in holding):
            there = self.cells[rule.name].drop_nulls()
            words = (
                gap_words.EITHER + gap_words.ALWAYS if rule.kind == "text" else gap_words.UNUSUAL
            )
            there = there.filter(there.is_in(list(words)))
            for word in there.unique(maintain_order=True):
                key = "as_levels" if word in rule.levels else "as_gaps"
                found[key].append(f"{rule.name} ('{word}': {(there == word).sum()})")
        for key, columns in found.items():
            if columns:
                yield text(f"choose.{key}", columns=some(columns))

    def _of_text(self) -> Iterator[Text]:
        if self.codes:
            yield text("choose.codes", columns=some(self.codes))
        spoilt = []
        for rule in self.rules:
            if rule.kind != "text" or rule.name not in self.rest:
                continue
            column = self.rest[rule.name]
            slips = column.filter(column.cast(pl.Float64, strict=False).is_null())
            if 0 < len(slips) <= len(column) * FEW:
                spoilt.append(f"{rule.name} ('{slips[0]}')")
        if spoilt:
            yield text("choose.spoilt_numbers", columns=some(spoilt))
