"""A magnified part of a panel, where curves are too close together to be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from nonlin._text import say
from nonlin.figures.line import Line, on_grid
from nonlin.figures.style import Theme

CLOSE = 0.03  # of the height of a panel: curves that are nowhere further apart
APART = 0.03  # of the height of the inset, at least
WIDTHS = (1.5, 2.5, 4.0)  # of the part that is magnified
SIZE = (0.3, 0.34)  # of the inset, in the panel
ROOM = (0.085, 0.08)  # of its numbers, on the left and below
COVERED = 0.01  # of the points of the curves, that an inset may hide
GRID = 401


def magnify(axes: Any, lines: Sequence[Line], theme: Theme) -> None:
    """An inset of the closest curves where they part best; a note where no inset parts them."""
    reach, height = axes.get_xlim()[1], float(np.ptp(axes.get_ylim()))
    x = np.linspace(-reach, reach, GRID)
    heights = np.array([on_grid(x, line.x, line.y) for line in lines])
    close = list(closest(heights, CLOSE * height))
    if not close:
        return
    part = parted(x, heights[close])
    spot = None if part is None else _free_spot(axes, x, heights)
    if part is not None and spot is not None:
        _draw(axes, spot, lines, part, theme)
    elif len(close) == 2:
        most = f"{np.ptp(heights[close], axis=0).max():.2g}"
        first, second = (lines[k].name for k in close)
        note = say("figures.alike", first=first, second=second, most=most)
        axes.set_title(note, fontsize=9, loc="right", color=theme.muted)


def closest(heights: np.ndarray, near: float) -> tuple[int, ...]:
    """The curves nearest to each other, if they are near but not the same; empty if none are."""
    found = []
    for pair in combinations(range(len(heights)), 2):
        apart = float(np.abs(heights[pair[0]] - heights[pair[1]]).max())
        if 0 < apart < near:
            found.append((apart, pair))
    if not found:
        return ()
    group = set(min(found)[1])
    for _ in found:  # and those near to one of them
        group |= {k for _, pair in found if group & set(pair) for k in pair}
    return tuple(sorted(group))


def parted(x: np.ndarray, heights: np.ndarray) -> tuple[float, float, float, float] | None:
    """Left, right, bottom and top of the part where curves fill an inset best."""
    best: tuple[float, Any] = (0.0, None)
    for width, start in product(WIDTHS, np.arange(x[0], x[-1], 0.5)):
        inside = (x >= start) & (x <= start + width)
        if start + width > x[-1] or not np.isfinite(heights[:, inside]).all():
            continue
        low, high = float(heights[:, inside].min()), float(heights[:, inside].max())
        pairs = combinations(heights[:, inside], 2)
        apart = min(float(np.abs(one - other).mean()) for one, other in pairs)
        score = apart / (high - low) if high > low else 0.0
        if score > APART and score * width**0.5 > best[0]:
            room = 0.12 * (high - low)
            best = score * width**0.5, (start, start + width, low - room, high + room)
    found: tuple[float, float, float, float] | None = best[1]
    return found


def _free_spot(axes: Any, x: np.ndarray, heights: np.ndarray) -> tuple[float, float] | None:
    """Left and bottom of the inset, in the panel, where it hides the least of the curves."""
    low, high = axes.get_ylim()
    across = (x - x[0]) / (x[-1] - x[0])
    down = (heights - low) / (high - low)
    best: tuple[float, tuple[float, float] | None] = (COVERED, None)
    for left, bottom in product((0.08, 0.64, 0.2, 0.5), (0.58, 0.4, 0.1, 0.2)):
        hidden = (across > left - ROOM[0]) & (across < left + SIZE[0] + 0.02)
        hidden = hidden & (down > bottom - ROOM[1]) & (down < bottom + SIZE[1] + 0.04)
        if hidden.mean() < best[0]:
            best = float(hidden.mean()), (left, bottom)
    return best[1]


def _draw(
    axes: Any, spot: tuple[float, float], lines: Sequence[Line], part: Any, theme: Theme
) -> None:
    left, bottom = spot
    inset = axes.inset_axes([left, bottom, *SIZE], zorder=6)
    for line in lines:
        line.draw(inset, zorder=3)
    inset.set(xlim=part[:2], ylim=part[2:])
    inset.tick_params(labelsize=8, length=2)
    inset.locator_params(nbins=4)
    inset.grid(True, linewidth=0.6)
    inset.set_axisbelow(True)
    wide, tall = SIZE[0] + ROOM[0] + 0.01, SIZE[1] + ROOM[1] + 0.02
    paper = Rectangle(  # below the numbers of the inset
        (left - ROOM[0], bottom - ROOM[1]), wide, tall, transform=axes.transAxes,
        facecolor=theme.paper, linewidth=0, zorder=5,
    )  # fmt: skip
    axes.add_patch(paper)
    axes.indicate_inset_zoom(inset, edgecolor=theme.muted, linewidth=1.2, alpha=0.9, zorder=4)
