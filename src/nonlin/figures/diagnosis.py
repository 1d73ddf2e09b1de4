"""A diagnosis as a picture: signals and gradients by layer, what is wrong, what a change brings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nonlin._text import percent, say
from nonlin.figures.style import Theme, drawing, quiet
from nonlin.stability.diagnosis import Diagnosis
from nonlin.stability.layer_stability import Stability
from nonlin.stability.verdicts import verdicts

Points = Sequence[float | None]


def draw(found: Stability | Diagnosis, dark: bool) -> Figure:
    """Two panels over the layers; for a diagnosis with changes one more, of what they bring."""
    seen = found.stability if isinstance(found, Diagnosis) else found
    changes = found.changes if isinstance(found, Diagnosis) else ()
    with drawing(dark) as theme:
        figure = Figure(figsize=(14 if changes else 10, 4.6), layout="constrained")
        panels = figure.subplots(1, 3 if changes else 2)
        layers = seen.layers
        ill = [each.kind != "healthy" for each in verdicts(seen)]
        _by_layer(panels[0], "figures.layers.second", [each.second for each in layers],
                  [each.predicted_second for each in layers], ill, theme)  # fmt: skip
        _by_layer(panels[1], "diagnosed.gradient", [each.gradient for each in layers],
                  [each.predicted_gradient for each in layers], ill, theme)  # fmt: skip
        if isinstance(found, Diagnosis) and changes:
            _gains(panels[2], found, theme)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        return figure


def _by_layer(
    axes: Any, title: str, measured: Points, theory: Points, ill: Sequence[bool], theme: Theme
) -> None:
    """Points measured, a dashed line of theory; layers that are not healthy in another colour."""
    for colour, label, wanted in (
        (theme.palette[0], "measured", False),
        (theme.palette[1], "found", True),
    ):
        chosen = [(n, y) for n, (y, bad) in enumerate(zip(measured, ill, strict=True), start=1)
                  if bad is wanted and y and math.isfinite(y)]  # fmt: skip
        axes.plot(*(zip(*chosen, strict=True) if chosen else ([], [])), "D" if wanted else "o",
                  color=colour, label=say(f"diagnosed.{label}"), zorder=3)  # fmt: skip
    known = [(n, y) for n, y in enumerate(theory, start=1) if y and math.isfinite(y)]
    if known:
        label = say("stability.predicted")
        axes.plot(*zip(*known, strict=True), "--", color=theme.muted, label=label, zorder=2)
    _scale(axes, [line for line in axes.lines if len(line.get_ydata())])
    axes.set_xlim(0.5, len(measured) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    quiet(axes)
    axes.set_xlabel(say("diagnosed.layer"))
    axes.set_title(say(title), fontsize=11, loc="left")


def _scale(axes: Any, drawn: Sequence[Any]) -> None:
    """Logarithmic, and at least a factor of ten high."""
    axes.set_yscale("log")
    if not drawn:
        axes.set_ylim(0.1, 10)
        middle = {"transform": axes.transAxes, "ha": "center"}
        axes.text(0.5, 0.5, say("figures.layers.nothing"), **middle)
        return
    low, high = axes.get_ylim()
    low, high = max(low, 1e-40), min(high, 1e40)
    axes.set_ylim(*((low, high) if high > 10 * low else (low / 3, high * 3)))


def _gains(axes: Any, found: Diagnosis, theme: Theme) -> None:
    """Bars from 0 to 1: as it is, and with each change beside those before it."""
    first = found.changes[0]
    names = [say("diagnosed.as_it_is")]
    values = [first.before]
    for number, change in enumerate(found.changes, start=1):
        cause = say(f"diagnosed.cause_is.{change.cause}")
        names.append(say("diagnosed.with_change", number=number, cause=cause))
        values.append(change.after)
    colours = [theme.palette[1], *[theme.palette[2]] * len(found.changes)]
    places = range(len(names))
    axes.barh(places, values, color=colours, height=0.6)
    for place, value in zip(places, values, strict=True):
        axes.text(value + 0.02, place, str(percent(value)), va="center", fontsize=9)
    axes.set_yticks(list(places), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15)
    quiet(axes, grid="x")
    axes.set_title(say("diagnosed.gone"), fontsize=11, loc="left")
