"""What all charts share: paper of two widths, letters, scales with their numbers and titles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from nonlin.sketch.scale import Scale

WIDE, NARROW = 720, 340  # pixels of a page, and of a phone or half a page
CHARACTER = 8.0  # width of a bold character of 13 pixels, at most
SMALL = 7.0  # of a plain one of 12 pixels
CHINESE = 0x2E80  # characters from here on are twice as wide
TITLE = 18  # height of the title of an axis
Ticks = Sequence[tuple[float, str]]


def both(draw: Callable[..., str]) -> str:
    """The chart for wide and for narrow pages, of which a page shows one; draw: takes a width."""
    return "".join(
        draw(width=width).replace("<svg ", f'<svg class="{look}" ', 1)
        for width, look in ((WIDE, "wide"), (NARROW, "narrow"))
    )


def svg(width: int, height: float, title: str, marks: Iterable[str]) -> str:
    """A picture with a name."""
    shape = ' data-tall=""' if height > width else ""
    return (
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(title)}"{shape}>'
        f"{''.join(marks)}</svg>"
    )


def text(x: float, y: float, content: str, look: str, anchor: str) -> str:
    """Letters; x is their start, middle or end, as the anchor says."""
    return (
        f'<text class="{look}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(content)}</text>"
    )


def hover(said: str) -> str:
    """What is shown while a pointer rests on a mark."""
    return f"<title>{escape(said)}</title>"


def width_of(label: str, character: float = CHARACTER) -> float:
    """In pixels."""
    return character * sum(2 if ord(sign) >= CHINESE else 1 for sign in label)


def fitting(label: str, most: float) -> str:
    """The label, or so much of its beginning as is no wider."""
    if width_of(label) <= most:
        return label
    kept = label
    while kept and width_of(kept + "…") > most:
        kept = kept[:-1]
    return kept + "…"


def padded(values: Sequence[float], log: bool = False) -> tuple[float, float]:
    """The ends of a scale with a little room beside the values; log: they are positive."""
    if log:
        low, high = padded([math.log10(value) for value in values])
        return 10.0**low, 10.0**high
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    space = 0.06 * (high - low) or 0.05 * (abs(high) or 1.0)
    return low - space, high + space


def written(value: float) -> str:
    """A number of a scale as people write it."""
    large = 1000 <= abs(value) < 1e9
    return f"{value:,.0f}" if large else f"{value:.4g}"


def numbered(scale: Scale) -> Ticks:
    """Round numbers inside the scale."""
    return [(tick, written(tick)) for tick in scale.ticks()]


def across(
    scale: Scale, ticks: Ticks, top: float, bottom: float, title: str, width: float
) -> Iterator[str]:
    """The scale from left to right: lines, those numbers that have room, the title below."""
    end = -math.inf
    for place, label in ticks:
        at, half = scale(place), width_of(label, SMALL) / 2
        yield f'<line class="grid" x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{bottom:.1f}"/>'
        inside = max(half, min(at, width - half))
        if inside - half > end + 4:
            yield text(inside, bottom + 16, label, "tick", "middle")
            end = inside + half
    if title:
        short = fitting(title, width)
        half = width_of(short, SMALL) / 2
        middle = max(half, min((scale.start + scale.end) / 2, width - half))
        yield text(middle, bottom + 34, short, "axis", "middle")


def upwards(
    scale: Scale, ticks: Ticks, left: float, right: float, title: str, width: float
) -> Iterator[str]:
    """The scale from below: lines, their numbers on the left, the title above all of it."""
    for place, label in ticks:
        at = scale(place)
        yield f'<line class="grid" x1="{left}" y1="{at:.1f}" x2="{right:.1f}" y2="{at:.1f}"/>'
        yield text(left - 6, at + 4, label, "tick", "end")
    if title:
        yield text(4, 12, fitting(title, width - 4), "axis", "start")


def room(ticks: Ticks) -> float:
    """For numbers on the left."""
    return 14 + max((width_of(label, SMALL) for _, label in ticks), default=0.0)
