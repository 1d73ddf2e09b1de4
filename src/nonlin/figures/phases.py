"""The plane of weight and bias variances: ordered, chaotic, and the edge between them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure

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
CUT = 0.05  # bias variance of the picture on the right
CUTS = 25  # points along it
HALVINGS = 8  # of the interval in which the phase changes
HIGHEST = 1000.0  # layers, of the axis on the right


def draw(activation: Activation, dark: bool) -> Figure:
    """Phases with lines of equal trainable depth; depth scales along one line through them."""
    f = nonlinearity(activation, "phase")
    widest = _widest(activation, f)
    with drawing(dark) as theme:
        figure = Figure(figsize=(11, 4.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        _plane(left, f, widest, theme)
        _scales(right, activation, widest, theme)
        title = say("figures.phase.title", name=activation.name)
        figure.suptitle(title, fontsize=13, x=0.01, ha="left")
        return figure


def _widest(activation: Activation, f: Nonlinearity) -> float:
    """Largest weight variance: so that the gain, and the edge up to q = 1, lie inside."""
    mean_field(activation, weight_variance=1.0)  # refuses what has no theory
    known = [1 / moments(activation).second, critical(f, 1.0).weight_variance]
    usable = [value for value in known if 0 < value < math.inf]
    return min(WIDEST, 2.5 * max(1.0, min(usable))) if max(usable) < WIDEST else 2 * min(usable)


def _plane(axes: Any, f: Nonlinearity, widest: float, theme: Theme) -> None:
    weights = np.linspace(widest / GRID, widest, GRID)
    biases = np.linspace(0.0, BIASES, GRID)
    found = plane(f, weights, biases)
    growth = found.gradient_growth
    ordered, chaotic = theme.palette[0], theme.palette[1]
    axes.contourf(weights, biases, growth, [0, 1, np.inf], colors=[ordered, chaotic], alpha=0.16)
    _depths(axes, weights, biases, found, theme)
    _edge(axes, f, widest, theme)
    _names(axes, f, growth, theme)
    axes.set_xlim(0, widest)
    axes.set_ylim(0, BIASES)
    axes.set_xlabel(say("figures.phase.weights"))
    axes.set_ylabel(say("figures.phase.biases"))
    axes.set_title(say("figures.phase.plane"), fontsize=11, loc="left")


def _depths(axes: Any, weights: np.ndarray, biases: np.ndarray, found: Plane, theme: Theme) -> None:
    """Drawn by 1 / depth, negative in the chaotic phase: it runs straight through the edge."""
    rate = np.where(found.chi_1 > 1, -1, 1) / np.maximum(found.trainable_depth, 1e-3)
    levels = sorted(sign / depth for depth in DEPTHS for sign in (-1, 1))
    if rate.min() < levels[-1] and rate.max() > levels[0]:
        lines = axes.contour(
            weights, biases, rate, levels, colors=theme.muted, linewidths=0.9, linestyles="solid"
        )
        axes.clabel(lines, fmt=lambda level: f"{abs(1 / level):g}", fontsize=8)


def _names(axes: Any, f: Nonlinearity, growth: np.ndarray, theme: Theme) -> None:
    """Of the areas; where f jumps, signals are chaotic in both, and only gradients differ."""
    jumps = "jumps_" if f.jumps else ""
    areas = (("ordered", growth < 1, 0.04), ("chaotic", growth > 1, 0.96))
    for number, (key, area, place) in enumerate(areas):
        if area.mean() > 0.05:
            axes.text(
                place, 0.95 - (0.1 * number if jumps else 0), say(f"figures.phase.{jumps}{key}"),
                color=theme.palette[number], weight="bold", zorder=6, va="top",
                transform=axes.transAxes, ha="left" if place < 0.5 else "right",
                bbox={"facecolor": theme.paper, "edgecolor": "none", "alpha": 0.85, "pad": 2.5},
            )  # fmt: skip


def _edge(axes: Any, f: Nonlinearity, widest: float, theme: Theme) -> None:
    """Solid where lengths return to the fixed point, dotted where they leave it."""
    points = edge_of_chaos(f)
    inside = [(q, p) for q, p in points if p[0] <= 2 * widest and p[1] <= 2 * BIASES]
    if not inside:
        return
    place = np.array([point for _, point in inside])
    if np.ptp(place, axis=0).max() < 1e-6:
        axes.plot(*place[0], "o", color=theme.ink, markersize=8, clip_on=False, zorder=5)
        return
    leaves = np.array([VarianceMap(f, *point).slope(q) > 1 + LEVEL for q, point in inside])
    for rows, dash in ((leaves, ":"), (~leaves, "-")):
        line = np.where(rows[:, None], place, np.nan)
        axes.plot(*line.T, color=theme.ink, linewidth=2.2, linestyle=dash, zorder=4)
    start = critical(f, 1.0)
    if 0 <= start.bias_variance < BIASES and start.weight_variance < widest:
        axes.plot(*start, "o", color=theme.ink, markersize=6, zorder=5)
        axes.annotate(
            "q = 1", start, textcoords="offset points", xytext=(9, -14), color=theme.ink, zorder=6,
            bbox={"facecolor": theme.paper, "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )  # fmt: skip


def _scales(axes: Any, activation: Activation, widest: float, theme: Theme) -> None:
    weights, fields = _along(activation, widest)
    jumps = any(field.gradient_growth < field.chi_1 for field in fields)
    labels = {"xi_c": "correlations" if jumps else "xi_c", "xi_q": "xi_q"}
    for number, name in enumerate(labels):
        depth = [min(getattr(field, name), HIGHEST) for field in fields]
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
    axes.set_title(say("figures.phase.along", biases=CUT), fontsize=11, loc="left")
    axes.legend(fontsize=9, loc="upper left")


def _along(activation: Activation, widest: float) -> tuple[list[float], list[MeanField]]:
    """Mean fields at one bias variance, closer together where the phase changes."""

    def at(weights: float) -> MeanField:
        return mean_field(activation, weight_variance=weights, bias_variance=CUT)

    places = [widest * k / CUTS for k in range(1, CUTS + 1)]
    found = {weights: at(weights) for weights in places}
    for low, high in pairwise(places):
        if found[low].phase == found[high].phase:
            continue
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found[middle] = at(middle)
            same = found[middle].phase == found[low].phase
            low, high = (middle, high) if same else (low, middle)
    return sorted(found), [found[weights] for weights in sorted(found)]
