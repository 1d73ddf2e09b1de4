"""Lines of points with their names at the ends."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from nonlin.report.page.charts.frame import (
    TITLE,
    WIDE,
    Ticks,
    across,
    fitting,
    hover,
    numbered,
    padded,
    room,
    svg,
    text,
    upwards,
    width_of,
    written,
)
from nonlin.sketch.scale import Scale, coordinates

LINES = 8  # classes c0 to c7 in the style sheet
STRONG = 1  # of these, that of what is recommended, here as in the other charts
OTHERS = [number for number in range(LINES) if number != STRONG]
SPOTS = 40  # of a curve, where its values are shown
NAMES = 0.4  # of the width at most
Points = Sequence[tuple[float, float]]


class Line(NamedTuple):
    """A named line of (x, y) points.

    theory: what is dashed, in its colour; the points themselves are then not joined. hollow:
    its points are rings, since another line has the same colour. curve: its points are not seen.
    """

    label: str
    points: Points
    strong: bool = False
    theory: Points = ()
    hollow: bool = False
    curve: bool = False


def lines(
    found: Sequence[Line],
    title: str,
    ticks: Ticks,
    log: bool = False,
    log_up: bool = False,
    width: int = WIDE,
    axes: tuple[str, str] = ("", ""),
    diagonal: bool = False,
) -> str:
    """Lines of points with their names on the right, moved apart where they would overlap.

    log, log_up: is the scale across, or up, logarithmic? Values up are positive then. ticks: of
    the scale across; without any, round numbers. axes: titles, across and up. diagonal: with the
    line x = y.
    """
    shown = [line for line in found if any(math.isfinite(y) for _, y in line.points)]
    names = [fitting(line.label, NAMES * width) for line in shown]
    right = width - 10 - max(map(width_of, names), default=0.0)
    xs = [x for line in shown for x, _ in line.points]
    ys = [y for line in shown for _, y in (*line.points, *line.theory) if math.isfinite(y)]
    top = TITLE + 6 if axes[1] else 14
    least = 300 if diagonal else 200 if width < WIDE else 240
    height = max(least, 17 * len(shown) + 60) + TITLE * bool(axes[0])
    bottom = height - 26 - TITLE * bool(axes[0])
    up = Scale(*padded(ys, log_up), bottom - 10, top, log_up)
    left = room(numbered(up))
    x = Scale(min(xs), max(xs), left, right - 14, log)

    def marks() -> Iterator[str]:
        yield from upwards(up, numbered(up), left, right - 14, axes[1], width)
        yield from across(x, ticks or numbered(x), top, bottom - 10, axes[0], width)
        if diagonal:
            yield _diagonal(x, up)
        yield from _lines(shown, names, x, up, right)

    return svg(width, height, title, marks())


def _diagonal(x: Scale, y: Scale) -> str:
    low, high = max(x.low, y.low), min(x.high, y.high)
    ends = [(x(low), y(low)), (x(high), y(high))]
    return f'<polyline class="line even" points="{coordinates(ends)}"/>'


def _lines(
    found: Sequence[Line], names: Sequence[str], x: Scale, y: Scale, right: float
) -> Iterator[str]:
    lasts = [next(p for p in reversed(line.points) if math.isfinite(p[1])) for line in found]
    # above the numbers of the scale across, whose last one reaches the names
    spots = _apart([y(last) for _, last in lasts], y.end + 4, y.start - 6)
    for look, line, name, spot, last in zip(_looks(found), found, names, spots, lasts, strict=True):
        dots = [(a, b) for a, b in line.points if math.isfinite(b)]
        theory = [(x(a), y(b)) for a, b in line.theory if math.isfinite(b)]
        joined = theory if line.theory else [(x(a), y(b)) for a, b in dots]
        dashed = " dashed" if line.theory else ""
        yield f'<polyline class="line {look}{dashed}" points="{coordinates(joined)}"/>'
        yield from _dots(line, look, dots, x, y)
        start = x(last[0]) + 5, y(last[1])
        yield (
            f'<line class="lead" x1="{start[0]:.1f}" y1="{start[1]:.1f}" '
            f'x2="{right - 4:.1f}" y2="{spot:.1f}"/>'
        )
        yield text(right, spot + 4, name, f"name {look}", "start")


def _dots(line: Line, look: str, dots: Points, x: Scale, y: Scale) -> Iterator[str]:
    size = 4 if line.theory or line.curve else 3
    shape = "spot" if line.curve else f"dot {look} hollow" if line.hollow else f"dot {look}"
    for a, b in dots[:: -(-len(dots) // SPOTS)] if line.curve else dots:
        said = hover(f"{line.label}: {written(b)} ({written(a)})")
        yield f'<circle class="{shape}" cx="{x(a):.1f}" cy="{y(b):.1f}" r="{size}">{said}</circle>'


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
