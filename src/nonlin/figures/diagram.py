"""A forward pass as a picture: layers of neurons, lines for weights, numbers inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.figures.style import Theme, drawing

SHOWN = 8  # neurons of a layer; of more, the first and the last few are drawn
RADIUS = 0.3


def draw(trace: Any, sample: int, dark: bool) -> Figure:
    """The diagram of one sample of a Trace."""
    rows = len(trace.layers[0].inputs)
    if not 0 <= sample < rows:
        raise InputError("no_such_sample", given=sample, rows=rows)
    values = [
        trace.layers[0].inputs[sample],
        *(layer.activations[sample] for layer in trace.layers),
    ]
    columns = [_shown(len(column)) for column in values]
    tallest = max(len(column) for column in columns)
    with drawing(dark) as theme:
        figure = Figure(figsize=(2.6 * len(columns), 1.1 * tallest + 1.4), layout="constrained")
        axes = figure.add_subplot()
        axes.set_aspect("equal")
        axes.axis("off")
        _weights(axes, trace, columns, theme)
        for place, (column, numbers) in enumerate(zip(columns, values, strict=True)):
            _neurons(axes, place, column, numbers, theme)
        _captions(axes, trace, tallest)
        _key(axes, columns, tallest, theme)
        return figure


def _shown(count: int) -> list[int | None]:
    """Indices of the neurons that are drawn; None stands for those left out."""
    if count <= SHOWN:
        return list(range(count))
    return [*range(SHOWN - 3), None, count - 2, count - 1]


def _position(place: int, row: int, count: int) -> tuple[float, float]:
    return 2.2 * place, (count - 1) / 2 - row


def _weights(axes: Any, trace: Any, columns: Sequence[list[int | None]], theme: Theme) -> None:
    for place, layer in enumerate(trace.layers):
        largest = float(np.abs(layer.weights).max()) or 1.0
        for row, source in enumerate(columns[place]):
            for below, target in enumerate(columns[place + 1]):
                if source is None or target is None:
                    continue
                weight = float(layer.weights[source, target]) / largest
                start = _position(place, row, len(columns[place]))
                end = _position(place + 1, below, len(columns[place + 1]))
                axes.plot(
                    *zip(start, end, strict=True),
                    color=theme.palette[0] if weight >= 0 else theme.palette[1],
                    linestyle="-" if weight >= 0 else (0, (4, 2)),
                    linewidth=0.3 + 2.6 * abs(weight), alpha=0.25 + 0.6 * abs(weight), zorder=1,
                )  # fmt: skip


def _neurons(
    axes: Any, place: int, column: list[int | None], numbers: np.ndarray, theme: Theme
) -> None:
    from matplotlib.patches import Circle

    for row, index in enumerate(column):
        x, y = _position(place, row, len(column))
        if index is None:
            axes.text(x, y, "⋮", ha="center", va="center", fontsize=18, color=theme.muted)
            continue
        axes.add_patch(
            Circle((x, y), RADIUS, facecolor=theme.paper, edgecolor=theme.ink, lw=1.4, zorder=2)
        )
        number = f"{float(numbers[index]) + 0.0:.2g}"
        axes.text(x, y, number, ha="center", va="center", fontsize=10, zorder=3)


def _captions(axes: Any, trace: Any, tallest: int) -> None:
    top = tallest / 2 + 0.15
    count = trace.layers[0].weights.shape[0]
    axes.text(0, top, say("figures.input", count=count), ha="center", va="bottom", fontsize=11)
    for place, layer in enumerate(trace.layers, start=1):
        key = "figures.output" if place == len(trace.layers) else "figures.hidden"
        caption = say(key, count=layer.weights.shape[1], name=layer.activation.name)
        axes.text(2.2 * place, top, caption, ha="center", va="bottom", fontsize=11)


def _key(axes: Any, columns: Sequence[list[int | None]], tallest: int, theme: Theme) -> None:
    bottom = -tallest / 2 - 0.25
    middle = 1.1 * (len(columns) - 1)
    signs = (("figures.positive", "-", 0, -1.45), ("figures.negative", (0, (4, 2)), 1, 0.35))
    for key, dash, colour, offset in signs:
        line = [middle + offset, middle + offset + 0.4]
        axes.plot(line, [bottom] * 2, linestyle=dash, color=theme.palette[colour], linewidth=2)
        axes.text(line[1] + 0.1, bottom, say(key), va="center", fontsize=9, color=theme.muted)
