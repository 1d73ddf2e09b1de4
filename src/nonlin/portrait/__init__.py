"""What is said of one activation: as lines for people, as plain values for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from nonlin._text import listed, say
from nonlin.activation import Activation
from nonlin.catalogue.elsewhere import elsewhere
from nonlin.emit.textbook import spelt_out
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import table
from nonlin.expr.infix import infix
from nonlin.expr.nodes import Expr
from nonlin.expr.recognise import recognise
from nonlin.parameter import Parameter
from nonlin.portrait import traits

BRIEF = ("formula", "parameters", "derivative", "gradient", "range", "strengths", "weaknesses")
GAINS = ("gain", "gain_backward")


def as_dict(activation: Activation, arrays: bool = True) -> dict[str, Any]:
    """For programs: plain values, names in English. arrays: with the gains, which need NumPy."""
    found: dict[str, Any] = {
        "name": activation.name,
        "title": activation.title,
        "formula": infix(activation.formula),
        "latex": activation.latex,
        "kind": activation.kind,
        "parameters": activation.values,
        "learned": activation.learned,
        "training": None if activation.training is None else infix(activation.training),
        "range": activation.range,
        "kinks": activation.kinks,
        "strengths": [str(sentence) for sentence in activation.strengths],
        "weaknesses": [str(sentence) for sentence in activation.weaknesses],
        "year": activation.year,
        "source": activation.source,
        "aliases": activation.aliases,
        "elsewhere": [
            {"library": row.library, "name": row.name, "parameters": row.parameters}
            for row in elsewhere(activation.name)
        ],
    }
    if activation.elementwise:
        found |= {
            "derivative": infix(derivative(recognise(activation.formula))),
            "derivative_latex": activation.derivative_latex,
            "gradient": infix(derivative(recognise(activation.trained.formula))),
            **({name: getattr(activation, name) for name in GAINS} if arrays else {}),
            **traits.as_dict(activation.properties),
        }
    return found


def marked(activation: Activation, brief: bool = False) -> Iterator[tuple[str, str, str]]:
    """For people: the key of the label, bullet and text of every line, or of those in `BRIEF`."""
    for name, value in rows(activation):
        if brief and name not in BRIEF:
            continue
        key = f"cli.show.{name}"
        if isinstance(value, str):
            yield key, "", value
            continue
        for sentence in value:
            yield key, "+" if name == "strengths" else "-", str(sentence)


def rows(activation: Activation, arrays: bool = True) -> Iterator[tuple[str, str | list[Any]]]:
    """Each fact: the key of its label, and a text or a list of sentences.

    arrays: with values and gains, which need NumPy.
    """
    yield "formula", infix(activation.formula)
    yield "latex", activation.latex
    if activation.values:
        yield "parameters", str(listed(map(_parameter, activation.parameters)))
    if activation.training is not None:
        yield "in_training", infix(activation.training)
    if activation.kind != "elementwise":
        yield "kind", say(f"kinds.{activation.kind}")
    yield from _derivatives(activation)
    if arrays:
        yield "values", _values(activation)
    if activation.elementwise:
        yield from traits.lines(activation.properties, partial(_at, activation.graph))
        if arrays:
            yield "gain", _gains(activation)
    else:
        low, high = map(traits.number, activation.range)
        yield "range", f"{low} … {high}"
        kinks = str(listed(f"x = {kink:g}" for kink in activation.kinks))
        yield "kinks", kinks or say("cli.show.none")
    yield "strengths", activation.strengths
    yield "weaknesses", activation.weaknesses
    if activation.source:
        year = "" if str(activation.year) in activation.source else f" ({activation.year})"
        yield "source", activation.source + year
    if activation.aliases:
        yield "aliases", str(listed(activation.aliases))
    if others := elsewhere(activation.name):
        yield "elsewhere", str(listed(map(str, others)))


def _parameter(parameter: Parameter) -> str:
    value = f"{parameter.name} = {parameter.value:g}"
    return value + say("cli.show.learned") if parameter.learned else value


def _derivatives(activation: Activation) -> Iterator[tuple[str, str]]:
    if activation.elementwise:
        yield "derivative", infix(spelt_out(derivative(recognise(activation.formula))))
        yield "derivative_latex", activation.derivative_latex
        if activation.surrogate is not None:
            slope = infix(spelt_out(derivative(recognise(activation.surrogate))))
            yield "gradient", say("cli.show.surrogate", slope=slope)
    elif activation.kind == "gated":
        for key, name in (("by_value", "value"), ("by_gate", "x")):
            yield key, infix(derivative(recognise(activation.formula), name))
    else:
        yield "derivative", say("cli.show.jacobian")


def _at(root: Expr, x: float) -> float:
    """As the properties are worked out: on Python's own numbers."""
    ((value,),) = table([recognise(root)], [x])
    return value


def _gains(activation: Activation) -> str:
    gains = {"forward": activation.gain, "backward": activation.gain_backward}
    return say("cli.show.gains_are", **{k: traits.number(v) for k, v in gains.items()})


def _values(activation: Activation) -> str:
    """A few numbers to check one's own against."""
    if activation.rowwise:
        return _row_value(activation, (1, 2, 3), "{:.6f}")
    if activation.kind == "reshaping":
        from nonlin.kinds import reshaping

        return _row_value(activation, reshaping.example(activation), "{:g}")
    if activation.kind == "gated":
        pairs = ((1, -2), (1, 0), (1, 1), (2, 1), (-1, 2))
        found = (f"f({v}, {g}) = {activation([v], [g])[0]:.4g}" for v, g in pairs)
        return say("cli.show.value_and_gate", values=", ".join(found))
    points = (-2, -1, 0, 1, 2)
    values = activation([float(point) for point in points])
    return ", ".join(
        f"f({point}) = {value:.4g}" for point, value in zip(points, values + 0.0, strict=True)
    )


def _row_value(activation: Activation, row: Sequence[float], form: str) -> str:
    found = ", ".join(map(form.format, activation([float(x) for x in row])))
    return f"f({', '.join(map('{:g}'.format, row))}) = ({found})"
