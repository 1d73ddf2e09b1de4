"""One activation with everything that a picture can say about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser

from nonlin._text import bracketed, say
from nonlin.activation import Activation
from nonlin.expr.infix import infix
from nonlin.figures.bars import draw_bars
from nonlin.figures.marks import draw_around, mark_asymptotes, mark_extremes
from nonlin.figures.style import Theme, clean, drawing
from nonlin.sketch.curve import curve_of, limits, samples
from nonlin.sketch.regions import REACH, dead, kinks, saturated

FIRST = "f(x)"
ORDERS = (("f'(x)", 1, "--", 2.4), ("f''(x)", 2, ":", 2.4))  # of the lower panel
LONGEST = 140  # letters of LaTeX that fit above the picture
BEGIN, END = r"\begin{cases}", r"\end{cases}"


def plot(activation: Activation, dark: bool) -> Figure:
    """f with what is known of it over the standard normal density; below it f' and f''."""
    with drawing(dark) as theme:
        curve = curve_of(activation)
        tall = 5.4 if curve is None else 7.6
        figure = Figure(figsize=(8, tall), layout="constrained")
        if curve is None:
            draw_bars(figure.add_subplot(), [activation], theme)
        else:
            upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
            _upper(upper, activation, curve, theme)
            _lower(lower, curve, theme)
            _legend(figure, upper, lower)
            upper.set_title(_formula(activation), fontsize=12, loc="left", color=theme.muted, pad=9)
        own = activation.title == activation.name  # a formula of the user's
        name = activation.name if own else str(bracketed(activation.title, activation.name))
        figure.suptitle(name, fontsize=14, x=0.02, ha="left")
        return figure


def _formula(activation: Activation) -> str:
    """As a textbook prints it, cases on one line; a formula that is too long is left out."""
    latex = re.sub(r"\\([lg]e)\b", r"\\\1q", activation.latex)  # as matplotlib calls them
    if len(latex) > LONGEST:
        return ""
    if latex.startswith(BEGIN) and latex.endswith(END):
        rows = [row.split(", & ") for row in latex[len(BEGIN) : -len(END)].split(r" \\ ")]
        said = [f"${value.strip()}$ ({_condition(condition)})" for value, condition in rows]
        written = "$f(x) =$ " + ",  ".join(said)
    elif activation.kind == "gated":
        written = f"$f(v, x) = {latex}$,  $v = 1$"
    else:
        written = f"$f(x) = {latex}$"
    try:
        MathTextParser("path").parse(written)
    except ValueError:  # what matplotlib has no sign for
        return f"f(x) = {infix(activation.formula)}"
    return written


def _condition(latex: str) -> str:
    """Words stand outside of what is set as mathematics, where Chinese has no letters."""
    words = re.fullmatch(r"\\text\{(.*)\}", latex.strip())
    return words[1] if words else f"${latex.strip()}$"


def _legend(figure: Figure, *panels: Any) -> None:
    """What is drawn and marked in both panels, each once."""
    known: dict[str, Any] = {}
    for axes in panels:
        handles, labels = axes.get_legend_handles_labels()
        known |= dict(zip(labels, handles, strict=True))
    curves = {label: known.pop(label) for label in (FIRST, *(label for label, *_ in ORDERS))}
    known = curves | known
    figure.legend(
        known.values(),
        known.keys(),
        loc="outside lower center",
        ncols=4,
        fontsize=9,
        handlelength=3,
    )


def _upper(axes: Any, whole: Activation, activation: Activation, theme: Theme) -> None:
    """whole: as it is declared; activation: the curve of its gate, if it has one."""
    clean(axes, theme)
    x, y = samples(activation, 0, REACH)
    axes.plot(x, y, label=FIRST, linewidth=2.6, color=theme.palette[0], zorder=5)
    axes.set_xlim(-REACH, REACH)
    window(axes, [y, *draw_around(axes, whole, theme)], theme)
    mark_extremes(axes, activation, theme)
    mark_asymptotes(axes, activation, theme)
    low, high = axes.get_ylim()
    _density(axes, low, high, theme)
    _regions(axes, activation, theme)
    _kinks(axes, activation, theme)


def _lower(axes: Any, activation: Activation, theme: Theme) -> None:
    clean(axes, theme)
    drawn = []
    for (label, order, dash, width), colour in zip(ORDERS, theme.palette[1:], strict=False):
        x, y = samples(activation, order, REACH)
        axes.plot(
            x, y, dash, label=label, linewidth=width, color=colour, zorder=3 + order,
            solid_capstyle="butt",
        )  # fmt: skip
        drawn.append(y)
    window(axes, drawn, theme)
    _regions(axes, activation, theme)
    axes.set_xlabel("x")


def window(axes: Any, curves: Sequence[np.ndarray], theme: Theme) -> tuple[float, float]:
    """Set the heights that are shown, and say so where there is nothing to show."""
    values = np.concatenate(curves)
    if not np.isfinite(values).any():
        axes.text(
            0.5, 0.6, say("figures.no_values"), transform=axes.transAxes, ha="center", wrap=True,
            color=theme.muted, bbox={"facecolor": theme.paper, "edgecolor": "none"},
        )  # fmt: skip
    low, high = limits(values)
    axes.set_ylim(low, high)
    return low, high


def _density(axes: Any, low: float, high: float, theme: Theme) -> None:
    """The density of standard normal inputs, faint, standing on the floor of the picture."""
    z = np.linspace(-REACH, REACH, 241)
    top = low + 0.22 * (high - low) * np.exp(-z * z / 2)
    axes.fill_between(
        z, low, top, color=theme.muted, alpha=0.16, linewidth=0, label=say("figures.density")
    )


def _regions(axes: Any, activation: Activation, theme: Theme) -> None:
    faint: dict[str, Any] = {"linewidth": 0, "alpha": 0.16, "color": theme.palette[4]}
    hatched: dict[str, Any] = {
        "linewidth": 0, "alpha": 0.55, "facecolor": "none", "edgecolor": theme.muted,
        "hatch": "///",
    }  # fmt: skip
    found = (("dead", dead(activation), faint), ("saturated", saturated(activation), hatched))
    for key, spans, style in found:
        for number, (low, high) in enumerate(spans):
            label = say(f"figures.{key}") if number == 0 else None
            axes.axvspan(low, high, label=label, zorder=0, **style)


def _kinks(axes: Any, activation: Activation, theme: Theme) -> None:
    places = kinks(activation)
    if places:
        axes.plot(
            places, activation(np.array(places, float)), "o", markersize=8, zorder=6,
            markerfacecolor=theme.paper, markeredgecolor=theme.palette[0], markeredgewidth=2,
            label=say("figures.kink"),
        )  # fmt: skip
