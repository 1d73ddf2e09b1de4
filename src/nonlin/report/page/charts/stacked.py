"""Shares of one whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nonlin._text import percent
from nonlin.report.page.charts.frame import WIDE, hover, svg, text, width_of
from nonlin.report.page.charts.lines import LINES

ROW = 22  # height of a row of the legend


def stacked(parts: Sequence[tuple[str, float]], title: str, width: int = WIDE) -> str:
    """One bar cut into shares that sum to 1, with a legend below."""
    names = [f"{label} {percent(share)}" for label, share in parts]
    spots = _legend_spots(names, width)
    height = int(spots[-1][1]) + 20
    return svg(width, height, title, _marks([share for _, share in parts], names, spots, width))


def _legend_spots(names: Sequence[str], width: int) -> list[tuple[float, float]]:
    """Where the names begin, in as many rows as they need."""
    spots, x, y = [], 8.0, 52.0
    for name in names:
        wide = 34 + width_of(name)
        if x > 8 and x + wide > width:
            x, y = 8.0, y + ROW
        spots.append((x, y))
        x += wide
    return spots


def _marks(
    shares: Sequence[float],
    names: Sequence[str],
    spots: Sequence[tuple[float, float]],
    whole: int,
) -> Iterator[str]:
    at = 8.0
    for number, (share, name, (x, y)) in enumerate(zip(shares, names, spots, strict=True)):
        look = f'class="part c{number % LINES}"'
        width = share * (whole - 16)
        yield (
            f'<rect {look} x="{at:.1f}" y="8" width="{width:.1f}" height="30">{hover(name)}</rect>'
        )
        yield f'<rect {look} x="{x:.1f}" y="{y:.1f}" width="11" height="11"/>'
        yield text(x + 17, y + 10, name, "tick", "start")
        at += width
