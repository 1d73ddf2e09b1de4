"""What a notebook shows of a result: the verdict, the ranking, the first points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nonlin._text import bracketed, say
from nonlin.choose.verdict import aside, points, shown, splits, verdict
from nonlin.sketch import blocks

if TYPE_CHECKING:
    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing

SHOWN = 20  # rows; `result.table` has all


def card(result: Result) -> str:
    """HTML that takes colours and fonts from the page."""
    beside = aside(result)
    said = (*result.interruption, *verdict(result), *([beside] if beside else []))
    rows = result.standings[:SHOWN]
    measures = [result.task.score, *([result.task.error] if result.task.error else [])]
    names = [say(f"report.short.{measure}") for measure in measures]
    head = [say("report.column.activation").strip(), *names, say("report.column.rate")]
    ranking = blocks.table(
        [name.replace("\n", " ") for name in head],
        [list(_cells(row, result)) for row in rows],
        [row.stopped for row in rows],
    )
    known = points(result)
    more = [say("verdict.more_python", count=len(known.rest))]
    return blocks.paragraphs(said) + ranking + blocks.bullets([*known.first, *more])


def _cells(row: Standing, result: Result) -> Iterator[str]:
    yield f"→ {row.label}" if row is result.chosen else row.label
    score = f"{row.score.value:.3f}"
    if row.stopped:
        score = str(bracketed(score, splits(row, len(result.race.rounds))))
    elif row.interval is not None:
        score += f" [{row.interval[0]:.3f}, {row.interval[1]:.3f}]"
    yield score
    if row.error is not None:
        yield shown(row.error.value, row.error.unit)
    yield f"{row.rate:g}"
