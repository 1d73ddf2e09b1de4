"""What networks of two inputs answer everywhere in the plane, with the rows that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.figures.style import Theme, drawing

GRID = 121  # points along each axis
MARGIN = 0.35  # around the rows, of their extent
MARKS = (("o", 0), ("s", 1))  # of the targets 0 and 1: mark and colour
HALF = 0.5  # the answer from which a network says 1


def draw(networks: Sequence[Any], X: Any, y: Any, dark: bool) -> Figure:
    """A panel for each network: shades say how near to 1 its answer is, a line where it is 0.5."""
    rows, targets = np.asarray(X, float), np.asarray(y, float).ravel()
    if rows.ndim != 2 or rows.shape[1] != 2 or len(rows) != len(targets):
        raise InputError("answers_rows", given=str(rows.shape), targets=len(targets))
    with drawing(dark) as theme:
        figure = Figure(figsize=(3.9 * len(networks) + 0.6, 4.9), layout="compressed")
        panels = figure.subplots(1, len(networks), squeeze=False, sharey=True)[0]
        for axes, network in zip(panels, networks, strict=True):
            _panel(axes, network, rows, targets, theme)
        panels[0].set_ylabel("$x_2$")
        figure.legend(
            *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=10
        )
        return figure


def _panel(axes: Any, network: Any, rows: np.ndarray, targets: np.ndarray, theme: Theme) -> None:
    low, high = rows.min(axis=0), rows.max(axis=0)
    room = MARGIN * (high - low)
    sides = [np.linspace(a, b, GRID) for a, b in zip(low - room, high + room, strict=True)]
    plane = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    answers = network.forward(plane)[:, 0].reshape(GRID, GRID)
    shades = LinearSegmentedColormap.from_list("answers", [theme.paper, theme.palette[4]])
    axes.imshow(
        np.clip(answers, 0, 1), cmap=shades, vmin=0, vmax=1.6, interpolation="none",
        origin="lower", extent=(*sides[0][[0, -1]], *sides[1][[0, -1]]),
    )  # fmt: skip
    if answers.min() < HALF < answers.max():
        axes.contour(*sides, answers, [HALF], colors=[theme.ink], linewidths=2)
    axes.plot([], [], color=theme.ink, linewidth=2, label=say("figures.answers.half"))
    for target, (mark, colour) in enumerate(MARKS):
        axes.plot(
            *rows[targets == target].T, mark, color=theme.palette[colour], markersize=13,
            markeredgecolor=theme.ink, label=say("figures.answers.target", target=target),
        )  # fmt: skip
    trace = network.trace(rows)
    right = int(np.sum((trace.output[:, 0] > HALF) == (targets > HALF)))
    name = trace.layers[0].activation.name
    axes.set_title(
        say("figures.answers.title", name=name, right=right, rows=len(rows)),
        fontsize=12,
        loc="left",
    )
    axes.set_aspect("equal")
    axes.set_xlabel("$x_1$")
