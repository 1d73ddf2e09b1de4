"""The ranking of a choice: scores on test rows with their intervals, the best on top."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from nonlin._text import bracketed
from nonlin.figures.style import LINE_SPACING, Theme, drawing, quiet


def draw(result: Any, dark: bool) -> Figure:
    """One line for each candidate; the recommended one stands out, what stopped early is pale."""
    rows = result.standings
    with drawing(dark) as theme:
        figure = Figure(figsize=(9, 2.0 + 0.3 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for place, row in enumerate(rows):
            _line(axes, place, row, _colour(row, result, theme))
        axes.set_yticks(range(len(rows)), [_name(row, result) for row in rows], fontsize=10)
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_color(theme.muted if row.stopped else theme.ink)
            label.set_fontweight("bold" if row is result.chosen else "normal")
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlabel(str(rows[0].score.what))
        quiet(axes, "x")
        axes.spines["left"].set_visible(False)
        said = [*result.verdict, *([result.aside] if result.aside else [])]
        figure.suptitle(
            "\n".join(map(str, said)), fontsize=10, x=0.01, ha="left", linespacing=LINE_SPACING
        )
        return figure


def _line(axes: Any, place: int, row: Any, colour: str) -> None:
    """Of what stopped the score on validation rows, without an interval: it claims nothing."""
    value = row.validation_score if row.stopped else row.score.value
    if row.interval is not None and not row.stopped:
        axes.hlines(place, *row.interval, color=colour, linewidth=2)
    axes.plot(value, place, "o", color=colour, markersize=7, markerfacecolor=_face(row, colour))


def _face(row: Any, colour: str) -> str:
    return "none" if row.stopped else colour


def _colour(row: Any, result: Any, theme: Theme) -> str:
    if row is result.chosen:
        return theme.palette[1]
    return theme.palette[0] if row.tied else theme.muted


def _name(row: Any, result: Any) -> str:
    return str(bracketed(row.label, result.ran_in(row)) if row.stopped else row.label)
