"""Points, with whiskers where something is uncertain, beside the line on which all is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nonlin.report.page.charts.frame import (
    NARROW,
    TITLE,
    across,
    hover,
    numbered,
    padded,
    room,
    svg,
    upwards,
)
from nonlin.sketch.scale import Scale, coordinates

Ends = tuple[float, float]


class Spot(NamedTuple):
    """A point; low, high: ends of its whisker; note: what is said where a pointer rests."""

    x: float
    y: float
    note: str
    low: float | None = None
    high: float | None = None


def scatter(
    spots: Sequence[Spot],
    title: str,
    axes: tuple[str, str],
    right: str = "diagonal",
    joined: bool = False,
    both: Ends | None = None,
) -> str:
    """A chart of half a page.

    axes: titles, across and up. right: "diagonal" is where predictions are right, "zero" is where
    errors vanish. joined: by a line. both: the ends of both scales; without, those of the points.
    """
    ys = [y for spot in spots for y in (spot.y, spot.low, spot.high) if y is not None]
    xs = [spot.x for spot in spots]
    if right == "diagonal" and both is None:
        both = padded([*xs, *ys])
    height = 300 if right == "diagonal" else 240
    up = Scale(*(both or padded([*ys, 0.0])), height - 30 - TITLE, TITLE + 6)
    left = room(numbered(up))
    x = Scale(*(both or padded(xs)), left, NARROW - 8)

    def marks() -> Iterator[str]:
        yield from upwards(up, numbered(up), left, x.end, axes[1], NARROW)
        yield from across(x, numbered(x), up.end, up.start, axes[0], NARROW)
        first, last = (x.low, x.high) if right == "diagonal" else (0.0, 0.0)
        ends = [(x.start, up(first)), (x.end, up(last))]
        yield f'<polyline class="line even" points="{coordinates(ends)}"/>'
        if joined:
            path = coordinates((x(spot.x), up(spot.y)) for spot in spots)
            yield f'<polyline class="line c0" points="{path}"/>'
        yield from _spots(spots, x, up, 3.5 if len(spots) <= 30 else 2.5)

    return svg(NARROW, height, title, marks())


def _spots(spots: Sequence[Spot], x: Scale, y: Scale, size: float) -> Iterator[str]:
    for spot in spots:
        across, up = x(spot.x), y(spot.y)
        if spot.low is not None and spot.high is not None:
            yield (
                f'<line class="whisker" x1="{across:.1f}" y1="{y(spot.low):.1f}" '
                f'x2="{across:.1f}" y2="{y(spot.high):.1f}"/>'
            )
        yield (
            f'<circle class="speck" cx="{across:.1f}" cy="{up:.1f}" r="{size}">'
            f"{hover(spot.note)}</circle>"
        )
