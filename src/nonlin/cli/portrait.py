"""What `nonlin show` says about one activation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from nonlin._text import say
from nonlin.activation import Activation
from nonlin.expr.derivative import derivative
from nonlin.expr.recognise import recognise
from nonlin.expr.text import infix


def as_dict(activation: Activation) -> dict[str, Any]:
    """For programs: plain values, names in English."""
    found: dict[str, Any] = {
        "name": activation.name,
        "title": activation.title,
        "formula": infix(activation.formula),
        "latex": activation.latex,
        "parameters": activation.values,
        "range": activation.range,
        "kinks": activation.kinks,
        "strengths": [str(sentence) for sentence in activation.strengths],
        "weaknesses": [str(sentence) for sentence in activation.weaknesses],
        "year": activation.year,
        "source": activation.source,
        "aliases": activation.aliases,
    }
    if not activation.rowwise:
        p = activation.properties
        found |= {
            "derivative": infix(derivative(recognise(activation.formula))),
            "derivative_latex": activation.derivative_latex,
            "gain": activation.gain,
            "gain_backward": activation.gain_backward,
            "limits": p.limits,
            "monotone": p.monotone,
            "parity": p.parity,
            "mean": p.mean,
            "lipschitz": p.lipschitz,
            "smoothness": p.smoothness,
            "dead_regions": p.dead_regions,
            "saturation_points": p.saturation_points,
            "exponentials": p.exponentials,
        }
    return found


def print_out(activation: Activation) -> None:
    """For people: labels and sentences in the language in use."""
    from rich.table import Table

    from nonlin.cli.printing import screen

    own = "" if activation.title == activation.name else f"  {activation.title}"
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, mark, value in _marked(activation):
        table.add_row(key and say(f"cli.show.{key}"), mark, value)
    with screen() as console:
        console.print(f"{activation.name}{own}", style="bold")
        console.print(table)


def _marked(activation: Activation) -> Iterator[tuple[str, str, str]]:
    """Label, bullet and text of every line; the label stands before the first of a list."""
    for key, value in rows(activation):
        if isinstance(value, str):
            yield key, "", value
            continue
        for number, sentence in enumerate(value):
            yield key if number == 0 else "", "+" if key == "strengths" else "-", str(sentence)


def rows(activation: Activation) -> Iterator[tuple[str, str | list[Any]]]:
    """Each fact: the key of its label, and a text or a list of sentences."""
    yield "formula", infix(activation.formula)
    yield "latex", activation.latex
    if activation.values:
        yield "parameters", ", ".join(f"{k} = {v:g}" for k, v in activation.values.items())
    if not activation.rowwise:
        yield "derivative", infix(derivative(recognise(activation.formula)))
        yield "derivative_latex", activation.derivative_latex
    else:
        yield "derivative", say("cli.show.jacobian")
    yield "values", _values(activation)
    yield "range", _interval(activation.range)
    yield "kinks", ", ".join(f"x = {kink:g}" for kink in activation.kinks) or say("cli.show.none")
    if not activation.rowwise:
        yield from _measured(activation)
    yield "strengths", activation.strengths
    yield "weaknesses", activation.weaknesses
    if activation.source:
        year = "" if str(activation.year) in activation.source else f" ({activation.year})"
        yield "source", activation.source + year
    if activation.aliases:
        yield "aliases", ", ".join(activation.aliases)


def _measured(activation: Activation) -> Iterator[tuple[str, str]]:
    p = activation.properties
    yield (
        "limits",
        say("cli.show.limits_are", left=_number(p.limits[0]), right=_number(p.limits[1])),
    )
    yield "shape", _shape(activation)
    yield "mean", _number(p.mean)
    yield (
        "gain",
        say(
            "cli.show.gains_are",
            forward=_number(activation.gain),
            backward=_number(activation.gain_backward),
        ),
    )


def _shape(activation: Activation) -> str:
    p = activation.properties
    words = [say(f"cli.show.{'constant' if p.flat else p.monotone or 'not_monotone'}")]
    if p.parity:
        words.append(say(f"cli.show.{p.parity}"))
    if p.convex:
        words.append(say("cli.show.convex"))
    if p.smoothness == math.inf:
        words.append(say("cli.show.smooth"))
    else:
        words.append(say("cli.show.smoothness", count=int(p.smoothness)))
    words.append(say("cli.show.lipschitz", value=_number(p.lipschitz)))
    return say("cli.show.comma").join(words)


def _values(activation: Activation) -> str:
    """A few numbers to check one's own against."""
    if activation.rowwise:
        found = ", ".join(f"{value:.6f}" for value in activation([1.0, 2.0, 3.0]))
        return f"f(1, 2, 3) = ({found})"
    points = (-2, -1, 0, 1, 2)
    values = activation([float(point) for point in points])
    return ", ".join(
        f"f({point}) = {value:.4g}" for point, value in zip(points, values + 0.0, strict=True)
    )


def _interval(ends: tuple[float, float]) -> str:
    return f"{_number(ends[0])} … {_number(ends[1])}"


def _number(value: float) -> str:
    if math.isnan(value):
        return say("cli.show.undefined")
    return f"{value + 0.0:.6g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")
