"""A part of the page, and what several parts share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from nonlin._text import percent, say
from nonlin.report.page.charts import Line

if TYPE_CHECKING:
    from nonlin.choose.result import Result
    from nonlin.choose.standing import Standing

MOST_LINES = 8  # of a chart of lines; the table has all
FEW_LINES = 6  # of a small one


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: text, a chart (SVG or None), the table behind it.

    small: charts of half the width, side by side where there is room. notes: below the table.
    words: the table of the catalogue in which its title stands.
    """

    name: str
    text: Sequence[str]
    chart: str | None = None
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    small: Sequence[str] = ()
    notes: Sequence[str] = ()
    words: str = "page"

    @property
    def title(self) -> str:
        """In the language in use."""
        return say(f"{self.words}.{self.name}")


def captioned(title: str, *charts: str) -> str:
    """Small charts that belong together, with the title above."""
    return f"<figcaption>{escape(title)}</figcaption>{''.join(charts)}"


def foremost(found: Sequence[Line]) -> list[Line]:
    """At most MOST_LINES; what is recommended always."""
    strong = [line for line in found if line.strong]
    rest = [line for line in found if not line.strong and line.points]
    kept = {line.label for line in (strong + rest)[:MOST_LINES]}
    return [line for line in found if line.label in kept]


def kind(row: Standing, result: Result) -> str:
    """The class of a row in charts, and the key of what it is called in tables."""
    if row.label == result.recommendation.label:
        return "chosen"
    return "tied" if row.tied else "behind"


def score_name(result: Result) -> str:
    """What the score is called where there is little room."""
    return say(f"report.short.{result.task.score}").replace("\n", " ")


def said(*keys: str) -> list[str]:
    """Heads of columns."""
    return [say(f"page.{key}") for key in keys]


def number(value: float | None, form: str = ".4f") -> str:
    """For a cell; a dash if there is none."""
    return "–" if value is None or not math.isfinite(value) else format(value, form)


def share(part: float) -> str:
    """For a cell."""
    return str(percent(part, ".1f"))
