"""Rows with a name, a point and its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nonlin.report.page.charts.frame import (
    TITLE,
    WIDE,
    across,
    fitting,
    hover,
    numbered,
    padded,
    svg,
    text,
    width_of,
    written,
)
from nonlin.sketch.scale import Scale

ROW = 22  # height of one
NAMES = 0.52  # of the width at most


class Interval(NamedTuple):
    """A row; note: what else is said of it where a pointer rests."""

    label: str
    value: float
    low: float
    high: float
    kind: str  # a class: chosen, tied, behind, baseline
    note: str = ""
    short: str = ""  # the label where there is less room


def intervals(
    rows: Sequence[Interval], title: str, digits: int = 4, width: int = WIDE, axis: str = ""
) -> str:
    """One line per row: a point with its interval, named on the left.

    digits: of the value on the right, behind the point. axis: what the numbers are.
    """
    most = NAMES * width - 20
    tight = any(width_of(row.label) > most for row in rows)
    labels = [fitting(row.short if tight and row.short else row.label, most) for row in rows]
    left = 20 + max(map(width_of, labels))
    right = max(width_of(_value(row, digits)) for row in rows)
    ends = [end for row in rows for end in (row.low, row.high) if math.isfinite(end)]
    x = Scale(*padded(ends), left, width - right - 12)
    places = list(_places(rows))
    bottom = places[-1] + 14
    height = bottom + 26 + (TITLE if axis else 0)

    def marks() -> Iterator[str]:
        yield from across(x, numbered(x), 6, bottom, axis, width)
        for y, row, label in zip(places, rows, labels, strict=True):
            yield from _row(row, x, y, width, label, digits)

    return svg(width, height, title, marks())


def _places(rows: Sequence[Interval]) -> Iterator[float]:
    """Heights of the rows; what stopped stands apart."""
    y, before = 18.0, ""
    for row in rows:
        y += ROW / 2 if row.kind == "stopped" != before and before else 0.0
        yield y
        y, before = y + ROW, row.kind


def _value(row: Interval, digits: int) -> str:
    return f"{row.value:.{digits}f}" if abs(row.value) < 1000 else written(row.value)


def _row(row: Interval, x: Scale, y: float, width: int, label: str, digits: int) -> Iterator[str]:
    value = _value(row, digits)
    known = f"{row.label}: {value}"
    if row.low < row.high:
        known += f" [{row.low:.{digits}f}, {row.high:.{digits}f}]"
    yield f"<g>{hover(known + (f', {row.note}' if row.note else ''))}"
    yield f'<rect class="hit" x="0" y="{y - ROW / 2}" width="{width}" height="{ROW}"/>'
    yield text(x.start - 10, y + 4, label, f"name {row.kind}", "end")
    yield (
        f'<line class="bar {row.kind}" x1="{x.held(row.low):.1f}" y1="{y}" '
        f'x2="{x.held(row.high):.1f}" y2="{y}"/>'
    )
    yield f'<circle class="dot {row.kind}" cx="{x.held(row.value):.1f}" cy="{y}" r="4.5"/>'
    yield text(x.end + 8, y + 4, value, "value", "start") + "</g>"
