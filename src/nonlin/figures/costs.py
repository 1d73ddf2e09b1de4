"""What activations cost: two marks for each, in the cache and from memory."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from nonlin._text import say
from nonlin.figures.style import Theme, drawing, quiet
from nonlin.measure.bench import Bench

WIDE = 40  # dearest over cheapest from which a logarithmic axis is easier to read


def draw(found: Bench, dark: bool) -> Figure:
    """One line for each activation, the cheapest on top; f as a disc, f and f' as a diamond."""
    with drawing(dark) as theme:
        figure = Figure(figsize=(10, 1.9 + 0.27 * len(found.costs)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, found, "cached", theme)
        _panel(right, found, "memory", theme)
        left.set_title(say("figures.costs.cached"), fontsize=11, loc="left")
        right.set_title(say("figures.costs.memory", threads=found.threads), fontsize=11, loc="left")
        names = [cost.activation.name for cost in found.costs]
        left.set_yticks(range(len(names)), names, fontsize=10, color=theme.ink)
        left.set_ylim(len(names) - 0.4, -0.6)
        right.axvline(
            found.copy.value, color=theme.ink, linewidth=1.4, linestyle=":", zorder=1,
            label=say("figures.costs.copy"),
        )  # fmt: skip
        figure.suptitle(say("figures.costs.title"), fontsize=13, x=0.01, ha="left")
        handles, labels = right.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=10)
        return figure


def _panel(axes: Any, found: Bench, place: str, theme: Theme) -> None:
    places = range(len(found.costs))
    value = [getattr(cost, place) for cost in found.costs]
    both = [getattr(cost, f"{place}_both") for cost in found.costs]
    quiet(axes, "x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    ends = [each.value for each in value], [each.value for each in both]
    axes.hlines(places, *ends, color=theme.grid, linewidth=3, zorder=1)
    marks = ((value, "o", "value"), (both, "D", "both"))
    for number, (measured, marker, key) in enumerate(marks):
        axes.errorbar(
            [each.value for each in measured], places,
            xerr=[each.standard_error or 0.0 for each in measured],
            fmt=marker, markersize=6, color=theme.palette[number], elinewidth=1.2, zorder=3,
            label=say(f"figures.costs.{key}"),
        )  # fmt: skip
    everything = [*ends[0], *ends[1]]
    if max(everything) > WIDE * min(everything):
        axes.set_xscale("log")
    else:
        axes.set_xlim(left=0)
    axes.set_xlabel(say("figures.costs.axis"))
