"""Charts of the report as inline SVG; classes instead of colours, so that the page decides."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from itertools import cycle
from typing import NamedTuple

from nonlin._text import percent
from nonlin.sketch.scale import Scale, coordinates

WIDTH = 720
ROW = 22  # height of a row with a name
CHARACTER = 8.0  # width of a bold character of 13 pixels, at most
CHINESE = 0x2E80  # characters from here on are twice as wide
LINES = 8  # classes c0 to c7 in the style sheet
STRONG = 1  # of these, that of what is recommended, here as in the other charts
OTHERS = [number for number in range(LINES) if number != STRONG]
Points = Sequence[tuple[float, float]]


class Interval(NamedTuple):
    """A row of a chart of intervals."""

    label: str
    value: float
    low: float
    high: float
    kind: str  # a class: chosen, tied, behind, baseline


def intervals(rows: Sequence[Interval], title: str, digits: int = 4) -> str:
    """One line per row: a point with its interval, named on the left.

    digits: of the value on the right, behind the point.
    """
    left = 20 + max(_width(row.label) for row in rows)
    ends = [end for row in rows for end in (row.low, row.high) if math.isfinite(end)]
    low, high = _padded(ends)
    x = Scale(low, high, left, WIDTH - 60)
    height = ROW * len(rows) + 36
    return _svg(height, title, _interval_marks(rows, x, (left, height), digits))


def _interval_marks(
    rows: Sequence[Interval], x: Scale, corner: tuple[float, int], digits: int
) -> Iterator[str]:
    left, height = corner
    for tick in x.ticks():
        at = x(tick)
        yield f'<line class="grid" x1="{at:.1f}" y1="6" x2="{at:.1f}" y2="{height - 26}"/>'
        yield _text(at, height - 10, f"{tick:g}", "tick", "middle")
    for number, row in enumerate(rows):
        y = 18 + ROW * number
        yield _text(left - 10, y + 4, row.label, f"name {row.kind}", "end")
        yield (
            f'<line class="bar {row.kind}" x1="{x.held(row.low):.1f}" y1="{y}" '
            f'x2="{x.held(row.high):.1f}" y2="{y}"/>'
        )
        yield f'<circle class="dot {row.kind}" cx="{x.held(row.value):.1f}" cy="{y}" r="4.5"/>'
        yield _text(WIDTH - 52, y + 4, f"{row.value:.{digits}f}", "value", "start")


class Line(NamedTuple):
    """A named line of (x, y) points.

    theory: what is dashed, in its colour; the points themselves are then not joined. hollow:
    its points are rings, since another line has the same colour.
    """

    label: str
    points: Points
    strong: bool = False
    theory: Points = ()
    hollow: bool = False


def lines(
    found: Sequence[Line],
    title: str,
    ticks: Sequence[tuple[float, str]],
    log: bool = False,
    log_up: bool = False,
) -> str:
    """Lines of points with their names on the right, moved apart where they would overlap.

    log, log_up: is the scale across, or up, logarithmic? Values up are positive then.
    """
    shown = [line for line in found if any(math.isfinite(y) for _, y in line.points)]
    right = WIDTH - 16 - max((_width(line.label) for line in shown), default=0.0)
    xs = [x for line in shown for x, _ in line.points]
    ys = [y for line in shown for _, y in (*line.points, *line.theory) if math.isfinite(y)]
    low, high = _padded_log(ys) if log_up else _padded(ys)
    across = Scale(min(xs), max(xs), 60, right - 14, log)
    height = max(240, 17 * len(shown) + 60)
    up = Scale(low, high, height - 40, 14, log_up)
    return _svg(height, title, _line_marks(shown, across, up, right, ticks))


def _line_marks(
    found: Sequence[Line],
    x: Scale,
    y: Scale,
    right: float,
    ticks: Sequence[tuple[float, str]],
) -> Iterator[str]:
    for tick in y.ticks():
        at = y(tick)
        yield f'<line class="grid" x1="60" y1="{at:.1f}" x2="{right - 14:.1f}" y2="{at:.1f}"/>'
        yield _text(54, at + 4, f"{tick:g}", "tick", "end")
    for place, label in ticks:
        yield _text(x(place), y.start + 22, label, "tick", "middle")
    lasts = [next(p for p in reversed(line.points) if math.isfinite(p[1])) for line in found]
    spots = _apart([y(last) for _, last in lasts], y.end + 4, y.start + 2)
    for look, line, spot, last in zip(_looks(found), found, spots, lasts, strict=True):
        dots = [(x(a), y(b)) for a, b in line.points if math.isfinite(b)]
        theory = [(x(a), y(b)) for a, b in line.theory if math.isfinite(b)]
        joined = theory if line.theory else dots
        dashed = " dashed" if line.theory else ""
        yield f'<polyline class="line {look}{dashed}" points="{coordinates(joined)}"/>'
        shape = f"dot {look} hollow" if line.hollow else f"dot {look}"
        size = 4 if line.theory else 3
        yield from (
            f'<circle class="{shape}" cx="{a:.1f}" cy="{b:.1f}" r="{size}"/>' for a, b in dots
        )
        start = x(last[0]) + 5, y(last[1])
        yield (
            f'<line class="lead" x1="{start[0]:.1f}" y1="{start[1]:.1f}" '
            f'x2="{right - 4:.1f}" y2="{spot:.1f}"/>'
        )
        yield _text(right, spot + 4, line.label, f"name {look}", "start")


def _looks(found: Sequence[Line]) -> Iterator[str]:
    """Classes: what is strong has one of its own."""
    others = cycle(OTHERS)
    return (f"c{STRONG} strong" if line.strong else f"c{next(others)}" for line in found)


def _apart(places: Sequence[float], top: float, bottom: float, gap: float = 15) -> list[float]:
    """Near the places, in their order, at least `gap` from each other."""
    order = sorted(range(len(places)), key=places.__getitem__)
    found = [0.0] * len(places)
    before = top - gap
    for index in order:
        before = found[index] = max(places[index], before + gap)
    after = bottom + gap
    for index in reversed(order):
        after = found[index] = min(found[index], after - gap)
    return found


def stacked(parts: Sequence[tuple[str, float]], title: str) -> str:
    """One bar cut into shares that sum to 1, with a legend below."""

    names = [f"{label} {percent(share)}" for label, share in parts]
    spots = _legend_spots(names)
    height = int(spots[-1][1]) + 20
    return _svg(height, title, _stacked_marks([share for _, share in parts], names, spots))


def _legend_spots(names: Sequence[str]) -> list[tuple[float, float]]:
    """Where each name of a legend starts, on as many lines as they need."""
    spots, x, y = [], 8.0, 52.0
    for name in names:
        wide = 34 + _width(name)
        if x > 8 and x + wide > WIDTH:
            x, y = 8.0, y + ROW
        spots.append((x, y))
        x += wide
    return spots


def _stacked_marks(
    shares: Sequence[float], names: Sequence[str], spots: Sequence[tuple[float, float]]
) -> Iterator[str]:
    at = 8.0
    for number, (share, name, (x, y)) in enumerate(zip(shares, names, spots, strict=True)):
        look = f'class="part c{number % LINES}"'
        width = share * (WIDTH - 16)
        yield f'<rect {look} x="{at:.1f}" y="8" width="{width:.1f}" height="30"/>'
        yield f'<rect {look} x="{x:.1f}" y="{y:.1f}" width="11" height="11"/>'
        yield _text(x + 17, y + 10, name, "tick", "start")
        at += width


def _width(label: str) -> float:
    """In pixels."""
    return CHARACTER * sum(2 if ord(sign) >= CHINESE else 1 for sign in label)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    space = 0.06 * (high - low) or 0.05 * (abs(high) or 1.0)
    return low - space, high + space


def _padded_log(values: Sequence[float]) -> tuple[float, float]:
    low, high = _padded([math.log10(value) for value in values])
    return 10.0**low, 10.0**high


def _svg(height: int, title: str, marks: Iterator[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(marks)}</svg>"
    )


def _text(x: float, y: float, content: str, look: str, anchor: str) -> str:
    return (
        f'<text class="{look}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(content)}</text>"
    )
