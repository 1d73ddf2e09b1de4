"""Small multiples: a panel for each activation, all on one scale, the others in grey."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.curves import window
from nonlin.figures.style import Theme, quiet
from nonlin.sketch.curve import curve_of, example, limits, samples

HEIGHTS = (2.5, 1.4)  # of the panels of f and of f', from 0
GREYS = 20  # activations, of which each panel shows the others too
COLUMNS = 10  # at most
FEW_WIDTH, PANEL = 2.6, (1.7, 1.65)  # inches; of few panels, of many


def small_multiples(
    activations: Sequence[Activation], order: int, reach: float, theme: Theme
) -> Figure:
    """More lines than an eye can follow, each in a panel of its own."""
    columns = min(math.ceil(math.sqrt(len(activations))), COLUMNS)
    lines = math.ceil(len(activations) / columns)
    wide, tall = (FEW_WIDTH, 2.2) if len(activations) <= GREYS else PANEL
    width, height = wide * columns + 0.6, tall * lines + 1.0
    figure = Figure(figsize=(width, height))
    panels = figure.subplots(lines, columns, squeeze=False)
    figure.subplots_adjust(  # by hand: the layout engine takes half a minute for 120 panels
        left=0.4 / width, right=1 - 0.1 / width, bottom=0.35 / height, top=1 - 0.75 / height,
        wspace=0.16, hspace=0.34,
    )  # fmt: skip
    drawn = [
        None if (f := curve_of(one)) is None else samples(f, order, reach) for one in activations
    ]
    others = [each for each in drawn if each is not None] if len(drawn) <= GREYS else []
    for axes, one, points in zip(panels.ravel(), activations, drawn, strict=False):
        quiet(axes)
        axes.axhline(0, color=theme.muted, linewidth=0.9, zorder=1)
        axes.tick_params(labelsize=7, length=2)
        axes.set_title(one.name, fontsize=min(10, 160 / len(one.name)), pad=3)
        if points is None:
            _bars(axes, one, HEIGHTS[order], theme)
        else:
            _curve(axes, points, others, HEIGHTS[order], theme)
        _outer(axes, points is None)
    for axes in panels.ravel()[len(activations) :]:
        axes.set_visible(False)
    title = say("figures.derivatives" if order else "figures.values")
    if others:
        title = say("figures.others", title=title)
    figure.suptitle(title, fontsize=14, x=0.4 / width, ha="left", y=1 - 0.2 / height)
    return figure


def _curve(axes: Any, points: Any, others: Sequence[Any], height: float, theme: Theme) -> None:
    for other in others:
        if other is not points:
            axes.plot(*other, color=theme.muted, alpha=0.35, linewidth=1.1, zorder=2)
    x, y = points
    axes.plot(x, y, color=theme.palette[0], linewidth=2.2, zorder=3)
    axes.axvline(0, color=theme.muted, linewidth=0.9, zorder=1)
    axes.set_xlim(x[0], x[-1])
    axes.set_xticks([-4, -2, 0, 2, 4])
    low, high = limits(y, height)
    if low > height or high < -height or not np.isfinite(y).any():
        window(axes, [y], theme)  # elsewhere: its own scale
    else:
        _common(axes, height)


def _bars(axes: Any, one: Activation, height: float, theme: Theme) -> None:
    _, values = example(one)
    places = range(1, len(values) + 1)
    axes.bar(places, values, 0.7, color=theme.palette[1])
    axes.set_xticks(places)
    axes.set_xlim(-0.2, len(values) + 0.8)
    _common(axes, height)


def _common(axes: Any, height: float) -> None:
    axes.set_ylim(-1.1 * height, 1.1 * height)
    axes.set_yticks([-int(height), 0, int(height)])
    if not axes.get_subplotspec().is_first_col():
        axes.tick_params(labelleft=False)


def _outer(axes: Any, bars: bool) -> None:
    """Numbers below the lowest panels only; bars have their own."""
    if not axes.get_subplotspec().is_last_row():
        axes.tick_params(labelbottom=bars)
