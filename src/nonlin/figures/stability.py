"""What happens from layer to layer: predicted lines, measured points, neurons, histograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from nonlin._text import say
from nonlin.figures.style import Theme, drawing, line_styles, quiet
from nonlin.stability.layer_stability import LayerStability, Stability
from nonlin.stability.profile import Band, Profile

MARKERS = "osD^vP*X"
SHOWN = 16  # points along a line at most
SPREAD = 0.36  # of the step between points, to both sides
PANELS = 12  # histograms at most
NEURONS = 256  # of a layer in the heat map at most
PLAIN = 1.5  # decades within which numbers of the scale are written as people write them
CLOSE = 1.3  # and the room above and below, as a factor


def profiles(found: Sequence[Profile], dark: bool) -> Figure:
    """Mean z^2 and the gradient by layer: lines are theory, points with intervals measured."""
    with drawing(dark) as theme:
        figure = Figure(figsize=(11, 5.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        looks = zip(line_styles(theme), cycle(MARKERS), _beside(len(found)), strict=False)
        for one, (style, marker, shift) in zip(found, looks, strict=False):
            look = style | {"marker": marker}
            _band(left, one.second, one.label, look, shift)
            _band(right, one.gradient, None, look, shift)
        depth = len(found[0].second.mean)
        for axes, key in ((left, "second"), (right, "gradient")):
            _axes(axes, say(f"figures.layers.{key}"), depth, theme)
        networks = len(found[0].examples)
        note = say("figures.layers.note", networks=networks)
        figure.suptitle(note, fontsize=11, x=0.01, ha="left", color=theme.ink)
        figure.legend(
            *left.get_legend_handles_labels(), loc="outside lower center", fontsize=9,
            ncols=min(len(found), 4),
        )  # fmt: skip
        return figure


def _beside(count: int) -> np.ndarray:
    """Shifts, in steps between points, so that intervals of one layer stand beside each other."""
    widest = SPREAD * (count - 1) / count
    return np.linspace(-widest, widest, count)


def _pointed(depth: int) -> np.ndarray:
    """The layers that have a point, the last one among them."""
    step = math.ceil(depth / SHOWN)
    return np.arange(1, depth + 1)[(depth - 1) % step :: step]


def _band(axes: Any, band: Band, label: str | None, look: dict[str, Any], shift: float) -> None:
    layers = np.arange(1, len(band.mean) + 1)
    line = {key: look[key] for key in ("color", "linestyle")}
    axes.plot(layers, band.predicted, **line, linewidth=1.6, zorder=2)
    pointed = _pointed(len(layers))
    some = pointed - 1
    error = np.stack([band.mean - band.low, band.high - band.mean])[:, some]
    sound = np.isfinite(error).all(axis=0) & (band.mean[some] > 0)
    step = math.ceil(len(layers) / SHOWN)
    axes.errorbar(
        pointed[sound] + shift * step, band.mean[some][sound], error[:, sound],
        fmt=look["marker"], color=look["color"], markersize=5, capsize=2, linewidth=1, label=label,
        zorder=3,
    )  # fmt: skip


def _axes(axes: Any, title: str, depth: int, theme: Theme) -> None:
    drawn = [np.asarray(line.get_ydata()) for line in axes.lines]
    if not any((np.isfinite(each) & (each > 0)).any() for each in drawn):
        axes.set_ylim(0.1, 10)
        axes.text(
            0.5, 0.5, say("figures.layers.nothing"), transform=axes.transAxes, ha="center",
            va="bottom", color=theme.muted,
        )  # fmt: skip
    ends = [float(x) for line in axes.lines for x in line.get_xdata()]
    axes.set_xlim(min(1.0, *ends) - 0.5, max(float(depth), *ends) + 0.5)
    axes.set_xticks(_pointed(depth))
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, 1e-40), min(high, 1e40))
    if math.log10(high / low) < PLAIN:
        axes.set_ylim(low / CLOSE, high * CLOSE)
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    axes.axhline(1, color=theme.muted, linewidth=0.9, zorder=1)
    quiet(axes)
    axes.set_xlabel(say("figures.layers.layer"))
    axes.set_title(title, fontsize=11, loc="left")


def neurons(found: Stability, dark: bool) -> Figure:
    """Neurons x hidden layers: share of rows on which each is saturated; dead ones stand out."""
    height = min(max(layer.neurons for layer in found.hidden), NEURONS)
    with drawing(dark) as theme:
        figure = Figure(figsize=(max(5.5, 2.5 + 0.24 * len(found.hidden)), 5), layout="constrained")
        axes = figure.subplots()
        shares = np.stack([_column(layer, height) for layer in found.hidden], axis=1)
        edges = np.arange(len(found.hidden) + 1) + 0.5
        colours = ListedColormap(_ramp(theme))
        points: dict[str, Any] = {"rasterized": True}  # a file of points, not of thousands of paths
        sides = edges, np.arange(height + 1)
        image = axes.pcolormesh(*sides, shares, cmap=colours, vmin=0, vmax=1, **points)
        dead = np.where(shares > 1, 1.0, np.nan)
        axes.pcolormesh(*sides, dead, cmap=ListedColormap([theme.palette[1]]), **points)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(say("figures.layers.layer"))
        axes.set_ylabel(say("figures.layers.neuron"))
        axes.set_title(say("figures.layers.neurons"), fontsize=11, loc="left")
        if np.isfinite(dead).any():
            axes.plot([], [], "s", color=theme.palette[1], label=say("figures.layers.dead"))
            axes.legend(loc="upper left", bbox_to_anchor=(0, -0.12), fontsize=9)
        bar: Any = figure.colorbar(image, ax=axes, label=say("figures.layers.saturated"))
        bar.solids.set_rasterized(True)
        return figure


def _column(layer: LayerStability, height: int) -> np.ndarray:
    """Shares of one layer, largest first; 2 for a dead neuron, NaN below the last one."""
    shares = np.sort(np.where(layer.dead, 2.0, layer.saturated))[::-1]
    if len(shares) > height:
        shares = shares[np.linspace(0, len(shares) - 1, height).round().astype(int)]
    return np.append(shares, np.full(height - len(shares), np.nan))


def _ramp(theme: Theme) -> list[Any]:
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("saturated", [theme.grid, theme.palette[0]])
    return [ramp(share) for share in np.linspace(0, 1, 64)]


def histograms(found: Stability, dark: bool) -> Figure:
    """The sums z of up to twelve layers, spread evenly from the first to the last."""
    places = np.linspace(0, len(found.layers) - 1, min(PANELS, len(found.layers)))
    chosen = [found.layers[place] for place in places.round().astype(int)]
    columns = min(4, len(chosen))
    rows = math.ceil(len(chosen) / columns)
    with drawing(dark) as theme:
        size = (2.7 * columns, 1.9 * rows + 0.5)
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, layer in zip(panels, chosen, strict=False):
            axes.stairs(layer.counts, layer.edges, fill=True, color=theme.palette[0])
            axes.set_title(
                say("figures.layers.panel", layer=layer.number, variance=f"{layer.variance:.2g}"),
                fontsize=9, loc="left",
            )  # fmt: skip
            axes.spines[["top", "right", "left"]].set_visible(False)
            axes.set_yticks([])
            axes.tick_params(labelsize=8)
        for axes in panels[len(chosen) :]:
            axes.set_visible(False)
        figure.suptitle(say("figures.layers.histograms"), fontsize=11, x=0.01, ha="left")
        return figure
