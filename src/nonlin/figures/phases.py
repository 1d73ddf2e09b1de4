"""The plane of weight and bias variances: ordered, chaotic, and the edge between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.style import Theme, drawing, quiet
from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.theory.critical import critical, edge_of_chaos
from nonlin.theory.mean_field import MeanField
from nonlin.theory.plane import Plane, plane
from nonlin.theory.propagation import mean_field, moments, nonlinearity
from nonlin.theory.variance import LEVEL, VarianceMap

GRID = 160  # points along each axis of the plane
DEPTHS = (10.0, 30.0, 100.0, 300.0)  # layers, of the contour lines
WIDEST = 4.0  # the plane goes to this multiple of the weight variance of the gain
BIASES = 0.5
CUT = 0.05  # bias variance of the picture on the right, where no other is given
CUTS = 32  # points along it
HALVINGS = 9  # of the interval in which the phase changes
HIGHEST = 1000.0  # layers, of the axis on the right
FINE = 160  # points along the edge
TINY = 1e-5  # of the largest q: where smaller ones lie cannot be told apart
SHADE = 0.16
APART = 0.05  # of the width of the picture, between the numbers above it


def draw(activation: Activation, here: tuple[float, float] | None, dark: bool) -> Figure:
    """Phases with lines of equal trainable depth; depth scales along one line through them.

    here: variances of weights and biases that are marked; those of the gain if there are none.
    """
    f = nonlinearity(activation, "phase")
    widest = _widest(activation, f)
    if here is None:
        second = moments(activation).second
        here = (1 / second, 0.0) if 0 < second < math.inf else (math.nan, 0.0)
    if here[0] > widest:
        widest = 1.1 * here[0]
    cut = here[1] or CUT
    with drawing(dark) as theme:
        figure = Figure(figsize=(11, 5.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        growth = _plane(left, f, (widest, max(BIASES, 1.25 * here[1])), theme)
        _scales(right, activation, (widest, cut), theme)
        left.plot(
            *here, "*", color=theme.palette[2], markeredgecolor=theme.ink, markersize=17, zorder=7,
            clip_on=False,
        )  # fmt: skip
        _key(figure, left, f, growth, here, theme)
        title = say("figures.phase.title", name=activation.name)
        figure.suptitle(title, fontsize=13, x=0.01, ha="left")
        return figure


def _widest(activation: Activation, f: Nonlinearity) -> float:
    """Largest weight variance: so that the gain, and the edge up to q = 1, lie inside."""
    mean_field(activation, weight_variance=1.0)  # refuses what has no theory
    known = [1 / moments(activation).second, critical(f, 1.0).weight_variance]
    usable = [value for value in known if 0 < value < math.inf]
    return min(WIDEST, 2.5 * max(1.0, min(usable))) if max(usable) < WIDEST else 2 * min(usable)


def _plane(axes: Any, f: Nonlinearity, ends: tuple[float, float], theme: Theme) -> np.ndarray:
    """Draws it, and gives what gradients grow by at each of its points."""
    weights = np.linspace(ends[0] / GRID, ends[0], GRID)
    biases = np.linspace(0.0, ends[1], GRID)
    found = plane(f, weights, biases)
    growth = found.gradient_growth
    colours = theme.palette[:2]
    axes.contourf(weights, biases, growth, [0, 1, np.inf], colors=colours, alpha=SHADE)
    axes.set_xlim(0, ends[0])
    axes.set_ylim(0, ends[1])
    _depths(axes, weights, biases, found, theme)
    _edge(axes, f, ends, theme)
    axes.set_xlabel(say("figures.phase.weights"))
    axes.set_ylabel(say("figures.phase.biases"))
    axes.set_title(say("figures.phase.plane"), fontsize=11, loc="left", pad=20)
    return growth


def _depths(axes: Any, weights: np.ndarray, biases: np.ndarray, found: Plane, theme: Theme) -> None:
    """Drawn by 1 / depth, negative in the chaotic phase: it runs straight through the edge."""
    rate = np.where(found.chi_1 > 1, -1, 1) / np.maximum(found.trainable_depth, 1e-3)
    levels = sorted(sign / depth for depth in DEPTHS for sign in (-1, 1))
    if rate.min() >= levels[-1] or rate.max() <= levels[0]:
        return
    lines = axes.contour(
        weights, biases, rate, levels, colors=theme.muted, linewidths=0.9, linestyles="solid"
    )
    ends = []
    for path, level in zip(lines.get_paths(), lines.levels, strict=True):
        above = path.vertices[path.vertices[:, 1] >= 0.999 * biases[-1]]
        ends += [(float(x), f"{abs(1 / level):g}") for x, _ in above[:1]]
    last = -math.inf
    for x, depth in sorted(ends):  # above the picture, where they cover nothing
        if x - last > APART * weights[-1]:
            axes.annotate(
                depth, (x, biases[-1]), textcoords="offset points", xytext=(0, 3), ha="center",
                fontsize=8, color=theme.muted, annotation_clip=False,
            )  # fmt: skip
            last = x


def _edge(axes: Any, f: Nonlinearity, ends: tuple[float, float], theme: Theme) -> None:
    """Solid where lengths return to the fixed point, dotted where they leave it."""
    coarse = edge_of_chaos(f)
    near = [q for q, p in coarse if p[0] <= 2 * ends[0] and p[1] <= 2 * ends[1]]
    if not near:
        return
    some = np.geomspace(max(min(near), TINY * max(near)), max(near), FINE)
    inside = [(q, point) for q in some if (point := critical(f, q)).bias_variance >= 0]
    place = np.array([point for _, point in inside])
    if np.ptp(place, axis=0).max() < 1e-6:
        axes.plot(*place[0], "o", color=theme.ink, markersize=9, clip_on=False, zorder=5)
        return
    leaves = np.array([VarianceMap(f, *point).slope(q) > 1 + LEVEL for q, point in inside])
    for rows, dash in ((leaves, ":"), (~leaves, "-")):
        line = np.where(rows[:, None], place, np.nan)
        axes.plot(*line.T, color=theme.ink, linewidth=2.2, linestyle=dash, zorder=4)


def _key(
    figure: Figure, axes: Any, f: Nonlinearity, growth: np.ndarray, here: Any, theme: Theme
) -> None:
    """Below the picture, where no word lies over a line. Where f jumps, only gradients differ."""
    jumps = "jumps_" if f.jumps else ""
    areas = (("ordered", growth < 1), ("chaotic", growth > 1))
    known: list[Any] = [
        Patch(color=colour, alpha=2 * SHADE, label=say(f"figures.phase.{jumps}{key}"))
        for (key, area), colour in zip(areas, theme.palette[:2], strict=True)
        if area.mean() > 0.05
    ]
    drawn = {line.get_linestyle(): line for line in axes.lines if len(line.get_xdata()) > 1}
    for dash, key in (("-", "edge"), (":", "unstable")):
        if dash in drawn and np.isfinite(drawn[dash].get_ydata()).any():
            known.append(_line(key, color=theme.ink, linewidth=2.2, linestyle=dash))
    if any(line.get_marker() == "o" for line in axes.lines):
        known.append(_line("edge", color=theme.ink, marker="o", markersize=9, linestyle=""))
    if axes.texts:
        known.append(_line("depth", color=theme.muted, linewidth=0.9))
    if math.isfinite(here[0]):
        star = {"marker": "*", "markersize": 14, "linestyle": "", "markeredgecolor": theme.ink}
        variances = {"weights": f"{here[0]:.3g}", "biases": f"{here[1]:.3g}"}
        known.append(_line("here", variances, color=theme.palette[2], **star))
    figure.legend(handles=known, loc="outside lower left", ncols=3, fontsize=9)


def _line(key: str, given: Mapping[str, str] = MappingProxyType({}), **look: Any) -> Line2D:
    return Line2D([], [], label=say(f"figures.phase.{key}", **given), **look)


def _scales(axes: Any, activation: Activation, ends: tuple[float, float], theme: Theme) -> None:
    widest, cut = ends
    weights, fields = _along(activation, widest, cut)
    jumps = any(field.gradient_growth < field.chi_1 for field in fields)
    labels = {"xi_c": "correlations" if jumps else "xi_c", "xi_q": "xi_q"}
    for number, name in enumerate(labels):
        depth = [min(getattr(field, name), 10 * HIGHEST) for field in fields]
        axes.plot(
            weights, depth, color=theme.palette[number], linewidth=2,
            linestyle="-" if number == 0 else "--", label=say(f"figures.phase.{labels[name]}"),
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(0.2, HIGHEST)
    axes.set_xlim(0, widest)
    quiet(axes)
    axes.set_xlabel(say("figures.phase.weights"))
    axes.set_ylabel(say("figures.phase.layers"))
    axes.set_title(say("figures.phase.along", biases=f"{cut:g}"), fontsize=11, loc="left", pad=20)
    axes.legend(fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)


def _along(
    activation: Activation, widest: float, cut: float
) -> tuple[list[float], list[MeanField]]:
    """Mean fields at one bias variance, closer together on both sides of where phases change."""

    def at(weights: float) -> MeanField:
        return mean_field(activation, weight_variance=weights, bias_variance=cut)

    places = [widest * k / CUTS for k in range(1, CUTS + 1)]
    found = {weights: at(weights) for weights in places}
    for low, high in pairwise(places):
        if found[low].phase == found[high].phase:
            continue
        step, phase = high - low, found[low].phase
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found[middle] = at(middle)
            same = found[middle].phase == phase
            low, high = (middle, high) if same else (low, middle)
        middle = (low + high) / 2
        around = [middle + side * step * 0.7**k for k in range(14) for side in (-1, 1)]
        found |= {weights: at(weights) for weights in around if 0 < weights < widest}
    return sorted(found), [found[weights] for weights in sorted(found)]
