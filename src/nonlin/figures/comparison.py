"""Activations side by side: a few as curves, f above f', rows as bars; more as small multiples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.bars import HATCHES, draw_bars
from nonlin.figures.curves import window
from nonlin.figures.inset import magnify
from nonlin.figures.line import Line, label_ends, on_grid
from nonlin.figures.multiples import small_multiples
from nonlin.figures.style import Theme, clean, drawing
from nonlin.sketch.curve import curve_of, samples

REACH = 4.0
FEW = 5  # curves in one panel
WIDTHS = (3.4, 1.8)  # of the first curve and of the last: where two meet, both are seen
DASHES: tuple[Any, ...] = ("-", (0, (4, 2.4)), (0, (1, 1.6)))  # the latter on top of the same curve
SAME = 0.01  # of the height that is shown: nearer curves are the same there
OFTEN = 0.6  # of the points that are shown


def compare(activations: Sequence[Activation], derivative: bool, dark: bool) -> Figure:
    """Up to five curves, f above f' or f' alone, with row-wise functions as bars beside them."""
    if not activations:
        raise InputError("nothing_to_compare")
    curves = [curve for one in activations if (curve := curve_of(one)) is not None]
    rows = [one for one in activations if curve_of(one) is None]
    with drawing(dark) as theme:
        if len(curves) > FEW or len(rows) > len(HATCHES):
            return small_multiples(activations, int(derivative), REACH, theme)
        return _few(curves, rows, (1,) if derivative else (0, 1), theme)


def _few(
    curves: Sequence[Activation], rows: Sequence[Activation], orders: Sequence[int], theme: Theme
) -> Figure:
    tall = 7.4 if len(orders) > 1 and curves else 5.2
    width = 8.6 if curves else 0.0
    beside = 2.6 + 0.7 * len(rows) if rows else 0.0
    figure = Figure(figsize=(max(width + beside, 6.4), tall), layout="constrained")
    ratios = [each for each in (width, beside) if each]
    grid = figure.add_gridspec(1, len(ratios), width_ratios=ratios)
    if curves:
        inner = grid[0].subgridspec(len(orders), 1, height_ratios=(3, 2)[: len(orders)])
        panels = [figure.add_subplot(inner[place]) for place in range(len(orders))]
        _curves(panels, curves, orders, theme)
    if rows:
        draw_bars(figure.add_subplot(grid[-1]), rows, theme)
    return figure


def _curves(
    panels: Sequence[Any], curves: Sequence[Activation], orders: Sequence[int], theme: Theme
) -> None:
    depths = [_depths([samples(one, order, REACH) for one in curves]) for order in (0, 1)]
    dashes = [DASHES[min(max(pair), len(DASHES) - 1)] for pair in zip(*depths, strict=True)]
    widths = np.linspace(*WIDTHS, max(len(curves), 2))
    for axes, order in zip(panels, orders, strict=True):
        clean(axes, theme)
        lines = [
            Line(one.name, *samples(one, order, REACH), colour, float(width), dash)
            for one, dash, width, colour in zip(curves, dashes, widths, theme.palette, strict=False)
        ]
        for line in lines:
            line.draw(axes, zorder=3)
        axes.set_xlim(-REACH, REACH)
        window(axes, [line.y for line in lines], theme)
        title = ("figures.values", "figures.derivatives")[order]
        axes.set_title(say(title), fontsize=13, loc="left")
        label_ends(axes, lines, 3.6 if order == 0 or len(orders) == 1 else 2.2, theme)
        magnify(axes, lines, theme)
    for axes in panels[:-1]:
        axes.tick_params(labelbottom=False)
    panels[-1].set_xlabel("x")


def _depths(drawn: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[int]:
    """On how many others each curve lies that runs along one before it."""
    x = np.linspace(-REACH, REACH, 161)
    heights = [on_grid(x, *each) for each in drawn]
    near = SAME * float(np.ptp(np.clip(heights, -REACH, REACH)))
    depths: list[int] = []
    for own in heights:
        below = [
            depth + 1
            for depth, other in zip(depths, heights, strict=False)
            if np.mean(np.abs(own - other) <= near) > OFTEN
        ]
        depths.append(max(below, default=0))
    return depths
