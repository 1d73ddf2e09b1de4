"""Words that may mean a gap: which do, is decided column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

ALWAYS = (  # mean nothing else, wherever they stand
    "NaN", "nan", "NAN", "-nan", "-NaN", "+nan", "NULL", "null", "Null", "?", "#N/A", "#N/A N/A",
    "#NA", "\\N", "<NA>", "NaT", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?", "#NULL!",
    "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "(null)", "<null>",
)  # fmt: skip
EITHER = ("None", "NA", "N/A", "n/a")  # a gap, or a word like others: no, North America, ...
AMONG_NUMBERS = (  # among words they may say something
    "-", "--", "---", "–", "—", ".", "..", "...", "*", "**", "none", "NONE", "na", "n.a.", "N.A.",
    "k.A.", "nil",
)  # fmt: skip
EVERY = (*ALWAYS, *EITHER, *AMONG_NUMBERS)
USUAL = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?")  # among numbers
UNUSUAL = tuple(word for word in EVERY if word not in USUAL)  # a note says that they were gaps
FREQUENT = 0.05  # share of the rows that a level has


def either(cells: pl.DataFrame) -> dict[str, frozenset[str]]:
    """The words of EITHER in each column that holds some."""
    return {
        name: frozenset(cells[name].filter(cells[name].is_in(EITHER)).unique().to_list())
        for name in holding(cells, EITHER)
    }


def holding(cells: pl.DataFrame, words: Iterable[str]) -> list[str]:
    """The columns that hold one of the words; asked of all at once, since few do."""
    if not cells.width:
        return []
    found = cells.select(pl.all().is_in(list(words)).any()).row(0, named=True)
    return [name for name, there in found.items() if there]


def levels(cells: pl.Series, elsewhere: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The words of EITHER that are levels in a column whose other levels are words.

    Those that stand beside empty cells, or are frequent; none that occurs in another column, too.
    """
    counts = {word: int((cells == word).sum()) for word in EITHER}
    others = {word for name, words in elsewhere.items() if name != cells.name for word in words}
    beside = cells.null_count() > 0
    return tuple(
        word
        for word, count in counts.items()
        if count and word not in others and (beside or count >= FREQUENT * len(cells))
    )
