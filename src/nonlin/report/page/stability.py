"""Gradients by layer, measured beside theory; and shares over all networks of the race."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nonlin._text import say
from nonlin.report.page.charts import Line, both, lines
from nonlin.report.page.section import Section, foremost, number, said, share

if TYPE_CHECKING:
    from nonlin.choose.layers import Layers
    from nonlin.choose.result import Result

MOST_NAMES = 6  # of layers below the chart


def by_layer(result: Result) -> Section:
    """Measured now, on rows of the first split."""
    found = result.layers
    drawn = [_line(each, each.label == result.recommendation.label) for each in found]
    usable = [line for line in drawn if any(math.isfinite(y) for _, y in line.points)]
    ticks = _ticks([len(each.stability.layers) for each in found])
    axes = say("page.layer"), say("page.gradient")
    draw = partial(lines, foremost(usable), say("page.layers"), ticks, log_up=True, axes=axes)
    chart = both(draw) if usable else None
    text = [
        say("page.layers_text", rows=f"{len(result.sample[0]):,}"),
        say("page.layers_theory"),
    ]
    head = said(
        "activation", "training_state", "layer", "second", "theory", "gradient", "theory",
        "dead_share", "saturated",
    )  # fmt: skip
    return Section("layers", text, chart, head, [row for one in found for row in _rows(one)])


def _line(each: Layers, strong: bool) -> Line:
    """From the output back to the first layer, over how many layers before the output it is."""
    back = each.stability.layers[::-1]
    last = back[0].gradient
    measured = [(float(k), _over(layer.gradient, last)) for k, layer in enumerate(back)]
    theory = [(float(k), _over(layer.predicted_gradient, last)) for k, layer in enumerate(back)]
    label = say("page.trained", label=each.label) if each.trained else each.label
    return Line(label, measured, strong, theory, hollow=each.trained)


def _over(gradient: float | None, last: float | None) -> float:
    """Positive, or NaN: there is none, or it vanished altogether."""
    return gradient / last if gradient and last else math.nan


def _ticks(depths: Sequence[int]) -> list[tuple[float, str]]:
    """Numbers of layers, or how far before the output they are where networks differ in depth."""
    back = max(depths) - 1
    count = min(back, MOST_NAMES)
    places = sorted({round(part * back / count) for part in range(1, count + 1)})
    one_depth = len(set(depths)) == 1
    names = [
        say("page.layer_number", number=back + 1 - k) if one_depth else f"−{k}" for k in places
    ]
    return [(0.0, say("page.output")), *zip(map(float, places), names, strict=True)]


def _rows(each: Layers) -> Iterator[list[str]]:
    layers = each.stability.layers
    for layer in layers:
        hidden = layer is not layers[-1]
        yield [
            each.label,
            say("page.after" if each.trained else "page.before"),
            str(layer.number) if hidden else say("page.output"),
            *(number(value, ".3g") for value in (layer.second, layer.predicted_second)),
            number(_over(layer.gradient, layers[-1].gradient), ".3g"),
            number(_over(layer.predicted_gradient, layers[-1].gradient), ".3g"),
            *(share(part) if hidden else "–" for part in (layer.dead_share, layer.saturated_share)),
        ]


def overall(result: Result) -> Section:
    """Means over the networks of the race, all layers together."""
    head = said("activation", "dead_before", "dead", "saturated", "ratio", "diverged")
    cells = [
        [
            row.label,
            *(share(each.value) for each in (row.dead_before, row.dead, row.saturated)),
            f"{row.gradient_ratio.value:.2g}",
            str(row.diverged),
        ]
        for row in result.standings
    ]
    text = [say("page.stability_text")]
    return Section("stability", text, None, head, cells)
