"""A forward pass as a picture: layers of neurons, lines for weights, numbers on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.figures.style import LINE_SPACING, Theme, drawing, short_number

SHOWN = 8  # neurons of a layer; of more, the first and the last few are drawn
EDGES = 12  # of a layer, at most, that carry their weights as numbers
RADIUS = 0.42
APART = 3.4  # of layers; neurons are 1.2 apart
DOWN = 1.2


@dataclass(frozen=True, slots=True)
class Column:
    """Neurons of one layer: what is drawn, and their numbers; no sums and biases of inputs."""

    across: float
    shown: list[int | None]  # None stands for those that are left out
    values: np.ndarray
    sums: np.ndarray | None = None
    biases: np.ndarray | None = None
    winner: int | None = None

    def place(self, row: int) -> tuple[float, float]:
        """Centre of a neuron."""
        return self.across, DOWN * ((len(self.shown) - 1) / 2 - row)


def draw(trace: Any, sample: int, dark: bool) -> Figure:
    """The diagram of one sample of a Trace."""
    rows = len(trace.layers[0].inputs)
    if not 0 <= sample < rows:
        raise InputError("no_such_sample", given=sample, rows=rows)
    for layer in trace.layers:
        given, made = layer.preactivations.shape[1], layer.activations.shape[1]
        if given != made:
            raise InputError("figure_outputs", name=layer.activation.name, given=given, made=made)
    columns = _columns(trace, sample)
    tallest = max(len(column.shown) for column in columns)
    with drawing(dark) as theme:
        size = (APART * (len(columns) - 1) + 2.2, DOWN * tallest + 1.5)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.set_aspect("equal")
        axes.axis("off")
        for layer, source, target in zip(trace.layers, columns[:-1], columns[1:], strict=True):
            _weights(axes, layer.weights, source, target, theme)
        for column in columns:
            _neurons(axes, column, theme)
        _captions(axes, trace, DOWN * tallest / 2 + 0.1)
        _key(axes, columns, -DOWN * tallest / 2 - 0.45, theme)
        return figure


def _columns(trace: Any, sample: int) -> list[Column]:
    inputs = trace.layers[0].inputs[sample]
    found = [Column(0.0, _shown(len(inputs)), inputs)]
    for number, layer in enumerate(trace.layers, start=1):
        values = layer.activations[sample]
        picks = layer.activation.rowwise and len(values) > 1 and number == len(trace.layers)
        found.append(
            Column(
                APART * number, _shown(len(values)), values, layer.preactivations[sample],
                layer.biases, int(np.argmax(values)) if picks else None,
            )
        )  # fmt: skip
    return found


def _shown(count: int) -> list[int | None]:
    """Indices of the neurons that are drawn; None stands for those left out."""
    if count <= SHOWN:
        return list(range(count))
    return [*range(SHOWN - 3), None, count - 2, count - 1]


def _weights(axes: Any, weights: np.ndarray, source: Column, target: Column, theme: Theme) -> None:
    """Thin lines where there are many; where there are few, each with its number."""
    largest = float(np.abs(weights).max()) or 1.0
    numbered = weights.size <= EDGES
    thickest = 3.0 if numbered else 2.0 / np.sqrt(weights.size / EDGES)
    for row, first in enumerate(source.shown):
        for below, second in enumerate(target.shown):
            if first is None or second is None:
                continue
            weight = float(weights[first, second])
            ends = np.array([source.place(row), target.place(below)])
            share = abs(weight) / largest
            axes.plot(
                *ends.T, zorder=1, color=theme.palette[0 if weight >= 0 else 1],
                linestyle="-" if weight >= 0 else (0, (4, 2)),
                linewidth=0.4 + thickest * share, alpha=0.35 + 0.55 * share,
            )  # fmt: skip
            if numbered:
                place = ends[0] + _along(*weights.shape) * (ends[1] - ends[0])
                _weight(axes, place, weight, theme)


def _along(sources: int, targets: int) -> float:
    """How far along its line a weight stands, so that no two stand on the same height."""
    return sources / (sources + 1) if sources <= targets else 1 / (targets + 1)


def _weight(axes: Any, place: np.ndarray, weight: float, theme: Theme) -> None:
    axes.text(
        *place, short_number(weight), ha="center", va="center", fontsize=8, zorder=2,
        color=theme.ink, bbox={"facecolor": theme.paper, "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def _neurons(axes: Any, column: Column, theme: Theme) -> None:
    largest = float(np.abs(column.values).max()) or 1.0
    for row, index in enumerate(column.shown):
        x, y = column.place(row)
        if index is None:
            axes.text(x, y, "⋮", ha="center", va="center", fontsize=18, color=theme.muted)
            continue
        value, wins = float(column.values[index]), index == column.winner
        shade = theme.palette[0 if value >= 0 else 1]
        edge = {"edgecolor": theme.palette[2] if wins else theme.ink, "lw": 4 if wins else 1.3}
        face = _mixed(theme.paper, shade, 0.4 * abs(value) / largest)
        axes.add_patch(Circle((x, y), RADIUS, facecolor=face, zorder=4, **edge))
        _inside(axes, column, index, (x, y), theme)
        if wins:
            answer = say("figures.winner", number=index + 1)
            axes.text(
                x + RADIUS + 0.12, y, answer, ha="left", va="center", fontsize=10, zorder=5,
                linespacing=LINE_SPACING,
            )  # fmt: skip


def _mixed(paper: str, shade: str, share: float) -> tuple[float, ...]:
    """Opaque, since lines run below."""
    pairs = zip(to_rgb(paper), to_rgb(shade), strict=True)
    return tuple((1 - share) * below + share * above for below, above in pairs)


def _inside(
    axes: Any, column: Column, index: int, place: tuple[float, float], theme: Theme
) -> None:
    x, y = place
    centred: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 5}
    if column.sums is None or column.biases is None:
        axes.text(x, y, short_number(column.values[index]), fontsize=11, **centred)
        return
    axes.text(x, y + 0.13, f"z {short_number(column.sums[index])}", fontsize=9, **centred)
    axes.text(
        x, y - 0.13, f"a {short_number(column.values[index])}", fontsize=9, weight="bold", **centred
    )
    bias = f"b {short_number(column.biases[index])}"
    axes.text(x, y - RADIUS - 0.13, bias, fontsize=8, color=theme.muted, **centred)


def _captions(axes: Any, trace: Any, top: float) -> None:
    look = {"ha": "center", "va": "bottom", "fontsize": 11, "linespacing": LINE_SPACING}
    axes.text(0, top, say("figures.input", count=trace.layers[0].weights.shape[0]), **look)
    for place, layer in enumerate(trace.layers, start=1):
        key = "figures.output" if place == len(trace.layers) else "figures.hidden"
        caption = say(key, count=layer.weights.shape[1], name=layer.activation.name)
        axes.text(APART * place, top, caption, **look)


def _key(axes: Any, columns: Sequence[Column], bottom: float, theme: Theme) -> None:
    """What lines and letters mean, below the picture."""
    middle = columns[-1].across / 2
    signs = (("figures.positive", "-", 0, -1.6), ("figures.negative", (0, (4, 2)), 1, 0.2))
    for key, dash, colour, offset in signs:
        line = [middle + offset, middle + offset + 0.4]
        axes.plot(line, [bottom] * 2, linestyle=dash, color=theme.palette[colour], linewidth=2)
        axes.text(line[1] + 0.1, bottom, say(key), va="center", fontsize=9, color=theme.muted)
    words = {"ha": "center", "va": "center", "fontsize": 9, "color": theme.muted}
    axes.text(middle, bottom - 0.3, say("figures.letters"), **words)
