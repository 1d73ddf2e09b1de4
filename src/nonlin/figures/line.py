"""A curve of a panel, and names at the right ends of several, moved apart where ends meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin.figures.style import Theme

SPACING = 0.22  # inches between names
APART = 1e-9  # both sides of a kink are points of a curve: too close for a slope between them


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Points of a curve with its name and its look."""

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str
    width: float
    dash: Any

    def draw(self, axes: Any, zorder: int) -> None:
        """Into a panel."""
        axes.plot(
            self.x, self.y, color=self.colour, linewidth=self.width, linestyle=self.dash,
            zorder=zorder, label=self.name,
        )  # fmt: skip

    def end(self, low: float, high: float) -> tuple[float, float]:
        """The last point that is seen; of a curve that is not seen, the middle of the edge."""
        seen = np.flatnonzero((self.y >= low) & (self.y <= high))
        if not seen.size:
            return float(self.x[-1]), (low + high) / 2
        return float(self.x[seen[-1]]), float(self.y[seen[-1]])


def on_grid(x: np.ndarray, own: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Heights of a curve at other places; all 0 for one without a finite value."""
    known = np.isfinite(y) & (np.diff(own, prepend=-np.inf) > APART)
    return np.interp(x, own[known], y[known]) if known.any() else np.zeros_like(x)


def label_ends(axes: Any, lines: Sequence[Line], height: float, theme: Theme) -> None:
    """A name beside each curve, tied to the last of its points that is seen.

    height: of the panel, in inches.
    """
    low, high = axes.get_ylim()
    ends = [line.end(low, high) for line in lines]
    places = spread([(y - low) / (high - low) for _, y in ends], SPACING / height)
    for line, end, place in zip(lines, ends, places, strict=True):
        early = end[0] < line.x[-1]  # left the panel at the top or at the bottom
        tie: dict[str, Any] = {"linewidth": 1.2, "linestyle": ":"} if early else {"linewidth": 2}
        axes.annotate(
            line.name, end, xytext=(1.035, place), textcoords="axes fraction", va="center",
            fontsize=11, color=theme.ink, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": line.colour, "relpos": (0, 0.5), "shrinkA": 1,
                "shrinkB": 0, **tie,
            },
        )  # fmt: skip


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places as near to those wanted as they can be, a gap apart, not above 1 while there is room.

    Those that want the same stay in their order, the first on top.
    """
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], -k))
    places = [wanted[k] for k in order]
    for _ in range(100):
        for low in range(len(places) - 1):
            missing = gap - (places[low + 1] - places[low])
            if missing > 1e-9:
                places[low] -= missing / 2
                places[low + 1] += missing / 2
    over = max(0.0, places[-1] - 1)
    found = [0.0] * len(wanted)
    for k, place in zip(order, places, strict=True):
        found[k] = place - over
    return found
