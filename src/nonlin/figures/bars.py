"""Functions of rows as bars: what each makes of the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nonlin._text import say
from nonlin.activation import Activation
from nonlin.figures.style import Theme
from nonlin.sketch.curve import example, spread

HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo")


def draw_bars(axes: Any, rows: Sequence[Activation], theme: Theme) -> None:
    """The values on the example row, grouped by input; numbers on top while they fit."""
    width = 0.84 / len(rows)
    found = [example(one) for one in rows]
    given = [", ".join(f"{value:g}" for value in row) for row, _ in found]
    alike = len(set(given)) == 1
    for number, (one, (_, values)) in enumerate(zip(rows, found, strict=True)):
        shifted = np.arange(len(values)) + (number - (len(rows) - 1) / 2) * width
        bars = axes.bar(
            shifted, values, width * 0.92, color=theme.palette[number % 7],
            label=one.name if alike else _called(one.name, given[number]),
            hatch=HATCHES[number % len(HATCHES)], edgecolor=theme.paper,
        )  # fmt: skip
        _whiskers(axes, one, shifted, theme)
        if len(rows) <= 8:
            upright: dict[str, Any] = {"rotation": 0 if len(rows) <= 2 else 90}
            numbers = [f"{value:.3f}" for value in values]
            axes.bar_label(
                bars, numbers, padding=3, fontsize=10 if len(rows) <= 4 else 8, **upright
            )
    axes.spines[["top", "right"]].set_visible(False)
    axes.axhline(0, color=theme.muted, linewidth=0.9)
    axes.set_xticks(*_ticks(found))
    axes.margins(y=0.15)
    if alike:
        name = rows[0].name if len(rows) == 1 else "f"
        axes.set_title(_called(name, given[0]), fontsize=13, loc="left")
    if len(rows) > 1:
        axes.legend(
            fontsize=10, loc="upper center", bbox_to_anchor=(0.5, -0.08),
            ncols=2 if len(rows) > 3 else len(rows),
        )  # fmt: skip


def _called(name: str, values: str) -> str:
    return say("figures.bars", name=name, values=values)


def _whiskers(axes: Any, one: Activation, places: np.ndarray, theme: Theme) -> None:
    """Where 95 % of the values lie in training, beside the numbers on the bars."""
    ends = spread(one)
    if ends is not None:
        middle = np.mean(ends, axis=0)
        axes.errorbar(
            places + 0.12, middle, np.abs(np.stack(ends) - middle), fmt="none", capsize=5,
            ecolor=theme.palette[1], linewidth=2, label=say("figures.band"),
        )  # fmt: skip
        axes.legend(fontsize=10, loc="upper center", bbox_to_anchor=(0.5, -0.08))


def _ticks(found: Sequence[tuple[tuple[float, ...], np.ndarray]]) -> tuple[range, list[str]]:
    """The inputs below the outputs; where rows differ in length, outputs are numbered."""
    row, _ = found[0]
    if all(row == other and len(values) == len(row) for other, values in found):
        return range(len(row)), [f"x = {value:g}" for value in row]
    places = range(max(len(values) for _, values in found))
    return places, [f"y{place + 1}" for place in places]
