"""What a notebook shows of a result: the verdict, the ranking, the first points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nonlin._text import say
from nonlin.choose.verdict import score_cell
from nonlin.sketch import blocks

if TYPE_CHECKING:
    from nonlin.choose.raced import Raced
    from nonlin.choose.ranked import Ranked

SHOWN = 20  # rows; `result.table` has all


def card(result: Raced) -> str:
    """HTML that takes colours and fonts from the page."""
    rows = result.standings[:SHOWN]
    head = [
        say("report.column.activation").strip(),
        *map(str, result.measures),
        say("report.column.rate"),
    ]
    ranking = blocks.table(
        [name.replace("\n", " ") for name in head],
        [list(_cells(row, result)) for row in rows],
        [row.stopped for row in rows],
    )
    points = blocks.bullets([*result.points.first, *result.more])
    return blocks.paragraphs(result.said) + ranking + points


def _cells(row: Ranked, result: Raced) -> Iterator[str]:
    yield f"→ {row.label}" if row is result.chosen else row.label
    yield score_cell(result, row)
    yield from result.others(row)
    yield f"{row.rate:g}"
