"""What is marked on the curve of one activation: lowest and highest points, asymptotes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.style import Theme, short_number
from nonlin.sketch.curve import band, beside
from nonlin.sketch.regions import REACH

SHORT = 0.12  # of the picture that a mark needs around it


def mark_extremes(axes: Any, activation: Activation, theme: Theme) -> None:
    """The lowest and the highest point of f, where f turns, with their numbers."""
    known = activation.properties
    ends = {"lowest": known.lowest_at, "highest": known.highest_at}
    for key, place in ends.items():
        if place is None or abs(place) >= REACH or place in known.breakpoints:
            continue
        height = float(activation(np.float64(place)))
        low, high = axes.get_ylim()
        if low <= height <= high:
            _make_room(axes, height, key == "lowest")
            axes.plot(place, height, "D", color=theme.palette[0], markersize=6, zorder=6)
            numbers = {"x": short_number(place), "y": short_number(height)}
            axes.annotate(
                say(f"figures.{key}", **numbers), (place, height),
                textcoords="offset points", xytext=(0, -8 if key == "lowest" else 8), zorder=7,
                ha="center", va="top" if key == "lowest" else "bottom", fontsize=9.5,
                bbox={"facecolor": theme.paper, "edgecolor": "none", "alpha": 0.8, "pad": 1},
            )  # fmt: skip


def _make_room(axes: Any, height: float, below: bool) -> None:
    """For a mark outside of the curve."""
    low, high = axes.get_ylim()
    room = SHORT * (high - low)
    axes.set_ylim(
        min(low, height - room) if below else low, high if below else max(high, height + room)
    )


def mark_asymptotes(axes: Any, activation: Activation, theme: Theme) -> None:
    """The lines that f approaches, with their equations, where f is not that line itself."""
    label: str | None = say("figures.asymptote")
    low, high = axes.get_ylim()
    for side, line in zip((-1, 1), activation.properties.asymptotes, strict=True):
        if line is None or not all(map(math.isfinite, line)) or _is_it(activation, side, line):
            continue
        x = np.array([0.0, side * REACH])
        y = line[0] * x + line[1]
        axes.plot(x, y, "-.", linewidth=1.4, color=theme.muted, zorder=4, label=label)
        label = None
        place = side * REACH * 0.97
        height = line[0] * place + line[1]
        if line[0]:  # where the line leaves the picture
            inside = [(edge - line[1]) / line[0] for edge in (low, high)]
            place = side * min(abs(place), max(side * each for each in inside))
            height = line[0] * place + line[1]
        above = high - height > SHORT * (high - low)
        axes.annotate(
            equation(*line), (place, height), textcoords="offset points", zorder=7,
            xytext=(0 if line[0] == 0 else -side * 26, 5 if above else -5), fontsize=9.5,
            ha="left" if side < 0 else "right", va="bottom" if above else "top", color=theme.muted,
        )  # fmt: skip


def _is_it(activation: Activation, side: int, line: tuple[float, float]) -> bool:
    """Does f run along the line well before the edge of the picture?"""
    x = side * np.linspace(0.75, 1.0, 7) * REACH
    return bool(np.allclose(activation(x), line[0] * x + line[1], rtol=0, atol=1e-9))


def equation(slope: float, height: float) -> str:
    """Such as y = 0, y = x, y = 0.5 x - 1."""
    if slope == 0:
        return f"y = {short_number(height)}"
    factor = {1.0: "", -1.0: "−"}.get(slope, f"{short_number(slope)} ")
    if abs(height) < 1e-12:
        return f"y = {factor}x"
    return f"y = {factor}x {'+' if height > 0 else '−'} {short_number(abs(height))}"


def draw_around(axes: Any, activation: Activation, theme: Theme) -> list[np.ndarray]:
    """Values in training as a band, a gated pair for other values than 1; gives their heights."""
    colour = theme.palette[0]
    drawn = []
    found = band(activation, REACH)
    if found is not None:
        x, low, high = found
        label = say("figures.band")
        axes.fill_between(x, low, high, color=colour, alpha=0.25, linewidth=0, label=label)
        drawn += [low, high]
    for value, x, y in beside(activation, REACH):
        label = say("figures.value", value=short_number(value))
        style = "--" if value < 0 else ":"
        axes.plot(x, y, style, color=colour, linewidth=1.5, zorder=4, label=label)
        drawn.append(y)
    return drawn
