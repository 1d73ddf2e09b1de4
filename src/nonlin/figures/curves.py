"""Curves of activations: one with everything that is known about it, or many side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.style import DARK, LIGHT, Theme, clean, drawing, line_styles
from nonlin.kinds import reshaping

REACH = 6.0
COMPARED_REACH = 4.0
HEIGHT = 4.5  # curves that grow faster are cut off here
SAMPLES = 1201
EXAMPLE = (1.0, 2.0, 3.0)
MOST_LINES = 20


def plot(activation: Activation, dark: bool) -> Figure:
    """f and f' with kinks, saturated and dead regions, over the standard normal density."""
    theme = DARK if dark else LIGHT
    with drawing(theme):
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.add_subplot()
        if activation.rowwise:
            _bars(axes, [activation], theme)
        elif activation.kind == "reshaping":
            _outputs(axes, activation, theme)
        else:
            _one(axes, activation.curve, theme)
        axes.set_title(_heading(activation), fontsize=13, loc="left")
        return figure


def _heading(activation: Activation) -> str:
    latex = activation.latex
    formula = f"    ${latex}$" if activation.elementwise and "cases" not in latex else ""
    own = activation.title == activation.name  # a formula of the user's
    name = activation.name if own else f"{activation.title} ({activation.name})"
    return f"{name}{formula}"


def _one(axes: Any, activation: Activation, theme: Theme) -> None:
    clean(axes, theme)
    first, second, *_ = theme.palette
    for order, style in ((0, {"color": first}), (1, {"color": second, "linestyle": "--"})):
        x, y = samples(activation, order, REACH)
        label = "f(x)" if order == 0 else "f'(x)"
        axes.plot(x, y, label=label, linewidth=2.4, zorder=3, **style)
    axes.set_xlim(-REACH, REACH)
    low, high = _window(axes, [samples(activation, order, REACH)[1] for order in (0, 1)], theme)
    _density(axes, low, high, theme)
    _regions(axes, activation, theme)
    _kinks(axes, activation, theme)
    axes.set_xlabel("x")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=5, fontsize=9)


def samples(activation: Activation, order: int, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of the curve, torn apart by a NaN where the value jumps."""
    kinks = [k for k in activation.kinks if abs(k) < reach]
    sides = [side for k in kinks for side in (np.nextafter(k, -np.inf), np.nextafter(k, np.inf))]
    x = np.sort(np.concatenate([np.linspace(-reach, reach, SAMPLES), sides]))
    y = activation(x) if order == 0 else activation.derivative(x, order)
    for kink in kinks:
        before, after = np.searchsorted(x, kink), np.searchsorted(x, kink, side="right")
        left, right = float(y[before - 1]), float(y[min(after, y.size - 1)])
        if abs(right - left) > 1e-6:
            x, y = np.insert(x, after, kink), np.insert(y, after, np.nan)
            if before < after:  # the kink itself belongs to one side only
                y[before:after] = np.nan
    return x, y


def _window(axes: Any, curves: Sequence[np.ndarray], theme: Theme) -> tuple[float, float]:
    """Set the heights that are shown, and say so where there is nothing to show."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    if not values.size:
        axes.text(
            0.5, 0.6, say("figures.no_values"), transform=axes.transAxes, ha="center", wrap=True,
            color=theme.muted, bbox={"facecolor": theme.paper, "edgecolor": "none"},
        )  # fmt: skip
    low, high = _limits(values if values.size else np.array([-1.0, 1.0]))
    axes.set_ylim(low, high)
    return low, high


def _limits(values: np.ndarray) -> tuple[float, float]:
    """Lowest and highest value, cut off at HEIGHT from 0, or from the end that is nearer to 0."""
    least, most = float(values.min()), float(values.max())
    low = max(least, min(-HEIGHT, most - HEIGHT))
    high = min(most, max(HEIGHT, least + HEIGHT))
    margin = 0.06 * max(high - low, 1.0, 1e-6 * abs(low))
    return low - margin, high + margin


def _density(axes: Any, low: float, high: float, theme: Theme) -> None:
    """The density of standard normal inputs, faint, standing on the floor of the picture."""
    z = np.linspace(-REACH, REACH, 241)
    top = low + 0.22 * (high - low) * np.exp(-z * z / 2)
    axes.fill_between(
        z, low, top, color=theme.muted, alpha=0.16, linewidth=0, label=say("figures.density")
    )


def _regions(axes: Any, activation: Activation, theme: Theme) -> None:
    found = activation.properties
    dead, saturated = found.dead_regions, _saturated(activation)
    styles = {"linewidth": 0, "zorder": 0}
    for number, (low, high) in enumerate(dead):
        label = say("figures.dead") if number == 0 else None
        span = (max(low, -REACH), min(high, REACH))
        axes.axvspan(*span, color=theme.palette[4], alpha=0.16, label=label, **styles)
    for number, (low, high) in enumerate(saturated):
        label = say("figures.saturated") if number == 0 else None
        axes.axvspan(
            low, high, facecolor="none", edgecolor=theme.muted, alpha=0.35, hatch="///",
            label=label, **styles,
        )  # fmt: skip


def _saturated(activation: Activation) -> list[tuple[float, float]]:
    """Where |f'| stays below 1 % of its maximum, without what is dead already."""
    found = activation.properties
    left, right = found.saturation_points
    spans = []
    if left is not None and found.saturates_left and left > -REACH:
        spans.append((-REACH, left))
    if right is not None and found.saturates_right and right < REACH:
        spans.append((right, REACH))
    dead = [span for span in found.dead_regions if math.isinf(span[0]) or math.isinf(span[1])]
    return [] if dead else spans


def _kinks(axes: Any, activation: Activation, theme: Theme) -> None:
    kinks = [kink for kink in activation.kinks if abs(kink) < REACH]
    if kinks:
        heights = activation(np.array(kinks, float))
        axes.plot(
            kinks, heights, "o", markersize=8, markerfacecolor=theme.paper, zorder=4,
            markeredgecolor=theme.palette[0], markeredgewidth=2, label=say("figures.kink"),
        )  # fmt: skip


def compare(activations: Sequence[Activation], derivative: bool, dark: bool) -> Figure:
    """All element-wise activations in one panel, all row-wise ones as bars beside it."""
    if not activations:
        raise InputError("nothing_to_compare")
    theme = DARK if dark else LIGHT
    curves = [one.curve for one in activations if not one.rowwise]
    rows = [one for one in activations if one.rowwise]
    with drawing(theme):
        if len(curves) > MOST_LINES:
            return _small_multiples(curves, derivative, theme)
        figure = Figure(figsize=(12 if rows and curves else 9, 5.6), layout="constrained")
        ratios = [2.3, 1] if rows and curves else [1]
        panels = list(figure.subplots(1, len(ratios), width_ratios=ratios, squeeze=False)[0])
        if curves:
            _lines(panels[0], curves, derivative, theme)
        if rows:
            _bars(panels[-1], rows, theme)
        return figure


def _lines(axes: Any, curves: Sequence[Activation], derivative: bool, theme: Theme) -> None:
    clean(axes, theme)
    order = int(derivative)
    drawn = []
    # thick to thin: where two curves coincide, both are seen
    widths = np.linspace(4.2, 2.2, len(curves)) if len(curves) > 1 else [2.4]
    for one, style, width in zip(curves, line_styles(theme), widths, strict=False):
        x, y = samples(one, order, COMPARED_REACH)
        axes.plot(x, y, label=one.name, zorder=3, linewidth=width, **style)
        drawn.append(y)
    axes.set_xlim(-COMPARED_REACH, COMPARED_REACH)
    _window(axes, drawn, theme)
    axes.set_xlabel("x")
    key = "figures.derivatives" if derivative else "figures.values"
    axes.set_title(say(key), fontsize=13, loc="left")
    # outside, where it hides no curve: few names below, many beside
    few = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.1), "ncols": 4}
    many = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
    axes.legend(handlelength=3.6, fontsize=10, **(few if len(curves) <= 8 else many))


def _bars(axes: Any, rows: Sequence[Activation], theme: Theme) -> None:
    """What each row-wise function makes of the same inputs."""
    width = 0.8 / len(rows)
    places = np.arange(len(EXAMPLE))
    for number, one in enumerate(rows):
        values = one(np.array(EXAMPLE))
        shifted = places + (number - (len(rows) - 1) / 2) * width
        bars = axes.bar(
            shifted, values, width * 0.92, color=theme.palette[number % 7], label=one.name,
            hatch=("", "//", "..", "xx")[number % 4], edgecolor=theme.paper,
        )  # fmt: skip
        axes.bar_label(bars, [f"{value:.3f}" for value in values], padding=3, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.axhline(0, color=theme.muted, linewidth=0.9)
    axes.set_xticks(places, [f"x = {value:g}" for value in EXAMPLE])
    axes.margins(y=0.15)
    given = ", ".join(f"{value:g}" for value in EXAMPLE)
    axes.set_title(say("figures.bars", name=rows[0].name, values=given), fontsize=13, loc="left")
    if len(rows) > 1:
        axes.legend(fontsize=10)


def _outputs(axes: Any, activation: Activation, theme: Theme) -> None:
    """What a function that changes the length of its axis makes of a short row."""
    row = reshaping.example(activation)
    values = activation(np.array(row))
    bars = axes.bar(np.arange(values.size), values, 0.6, color=theme.palette[0])
    axes.bar_label(bars, [f"{value:g}" for value in values], padding=3, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.axhline(0, color=theme.muted, linewidth=0.9)
    axes.set_xticks(np.arange(values.size), [f"y{place + 1}" for place in range(values.size)])
    axes.margins(y=0.15)
    given = ", ".join(f"{x:g}" for x in row)
    axes.set_xlabel(say("figures.bars", name=activation.name, values=given))


def _small_multiples(curves: Sequence[Activation], derivative: bool, theme: Theme) -> Figure:
    """More lines than an eye can follow: a small panel for each."""
    columns = 6
    lines = math.ceil(len(curves) / columns)
    figure = Figure(figsize=(2.1 * columns, 1.9 * lines), layout="constrained")
    panels = figure.subplots(lines, columns, squeeze=False, sharex=True).ravel()
    for axes, one in zip(panels, curves, strict=False):
        clean(axes, theme)
        x, y = samples(one, int(derivative), COMPARED_REACH)
        axes.plot(x, y, color=theme.palette[0], linewidth=2)
        _window(axes, [y], theme)
        axes.set_title(one.name, fontsize=10)
        axes.tick_params(labelsize=7)
    for axes in panels[len(curves) :]:
        axes.set_visible(False)
    return figure
