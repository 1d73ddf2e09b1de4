"""Many activations in one picture: lines to tell apart, bars beside, or small multiples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.bars import draw_bars
from nonlin.figures.curves import window
from nonlin.figures.style import Theme, clean, drawing, line_styles
from nonlin.sketch.curve import curve_of, example, limits, samples

REACH = 4.0
SMALL_HEIGHT = 2.5  # of the panels of small multiples
MOST_LINES = 20
FEW_LINES = 8
COLUMNS = (6, 10)  # of small multiples, at least and at most
PANEL = (1.7, 1.65)  # inches


def compare(activations: Sequence[Activation], derivative: bool, dark: bool) -> Figure:
    """All element-wise activations in one panel, all row-wise ones as bars beside it."""
    if not activations:
        raise InputError("nothing_to_compare")
    curves = [curve for one in activations if (curve := curve_of(one)) is not None]
    rows = [one for one in activations if curve_of(one) is None]
    with drawing(dark) as theme:
        if len(activations) > MOST_LINES:
            return _small_multiples(activations, int(derivative), theme)
        many = len(curves) > FEW_LINES
        size = (9 + 2 * many + 3 * bool(rows and curves), 7 if many else 5.6)
        figure = Figure(figsize=size, layout="constrained")
        ratios = [2.3, 1 + 0.15 * len(rows)] if rows and curves else [1]
        panels = list(figure.subplots(1, len(ratios), width_ratios=ratios, squeeze=False)[0])
        if curves:
            _lines(panels[0], curves, int(derivative), theme)
        if rows:
            draw_bars(panels[-1], rows, theme)
        return figure


def _lines(axes: Any, curves: Sequence[Activation], order: int, theme: Theme) -> None:
    clean(axes, theme)
    drawn = []
    # thick to thin: where two curves coincide, both are seen
    thickest = 4.2 if len(curves) <= FEW_LINES else 3.6
    widths = np.linspace(thickest, thickest / 2, len(curves)) if len(curves) > 1 else [2.4]
    for one, style, width in zip(curves, line_styles(theme), widths, strict=False):
        x, y = samples(one, order, REACH)
        axes.plot(x, y, label=one.name, zorder=3, linewidth=width, **style)
        drawn.append(y)
    axes.set_xlim(-REACH, REACH)
    window(axes, [_bulk(drawn)] if len(curves) > FEW_LINES else drawn, theme)
    axes.set_xlabel("x")
    axes.set_title(say(_title(order)), fontsize=13, loc="left")
    # outside, where it hides no curve: few names below, many beside
    few = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.1), "ncols": 4}
    many = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
    axes.legend(handlelength=4, fontsize=10, **(few if len(curves) <= FEW_LINES else many))


def _bulk(drawn: Sequence[np.ndarray]) -> np.ndarray:
    """The heights of many curves without the few that leave all others behind."""
    values = np.concatenate(drawn)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return values
    low, high = np.quantile(finite, (0.01, 0.96))
    room = 0.3 * (high - low)
    return np.array([max(finite.min(), low - room), min(finite.max(), high + room)])


def _title(order: int) -> str:
    return "figures.derivatives" if order else "figures.values"


def _small_multiples(activations: Sequence[Activation], order: int, theme: Theme) -> Figure:
    """More lines than an eye can follow: a small panel for each, all on the same scale."""
    least, most = COLUMNS
    columns = min(max(least, math.ceil(math.sqrt(len(activations)))), most)
    lines = math.ceil(len(activations) / columns)
    width, height = PANEL[0] * columns + 0.6, PANEL[1] * lines + 1.0
    figure = Figure(figsize=(width, height))
    panels = figure.subplots(lines, columns, squeeze=False)
    figure.subplots_adjust(  # by hand: the layout engine takes half a minute for 120 panels
        left=0.4 / width, right=1 - 0.1 / width, bottom=0.35 / height, top=1 - 0.75 / height,
        wspace=0.16, hspace=0.34,
    )  # fmt: skip
    for axes, one in zip(panels.ravel(), activations, strict=False):
        clean(axes, theme)
        axes.tick_params(labelsize=7, length=2)
        axes.set_title(one.name, fontsize=min(10, 160 / len(one.name)), pad=3)
        _panel(axes, one, order, theme)
    for axes in panels.ravel()[len(activations) :]:
        axes.set_visible(False)
    figure.suptitle(say(_title(order)), fontsize=14, x=0.4 / width, ha="left", y=1 - 0.2 / height)
    return figure


def _panel(axes: Any, one: Activation, order: int, theme: Theme) -> None:
    curve = curve_of(one)
    if curve is None:
        _, values = example(one)
        places = range(1, len(values) + 1)
        axes.bar(places, values, 0.7, color=theme.palette[1])
        axes.set_xticks(places)
        axes.set_xlim(-0.2, len(values) + 0.8)
    else:
        x, y = samples(curve, order, REACH)
        axes.plot(x, y, color=theme.palette[0], linewidth=2)
        axes.set_xlim(-REACH, REACH)
        axes.set_xticks([-4, -2, 0, 2, 4])
        low, high = limits(y, SMALL_HEIGHT)
        if low > SMALL_HEIGHT or high < -SMALL_HEIGHT or not np.isfinite(y).any():
            window(axes, [y], theme)  # elsewhere: its own scale
            return
    axes.set_ylim(-1.1 * SMALL_HEIGHT, 1.1 * SMALL_HEIGHT)
    axes.set_yticks([-2, 0, 2])
    if not axes.get_subplotspec().is_first_col():
        axes.tick_params(labelleft=False)
    if not axes.get_subplotspec().is_last_row():
        axes.tick_params(labelbottom=curve is None)
