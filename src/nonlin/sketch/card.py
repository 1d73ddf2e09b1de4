"""What a notebook shows of an activation: formula, curve and derivative, what is known about it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Any

from nonlin._text import listed, say
from nonlin.emit.mathml import mathml
from nonlin.expr.derivative import derivative
from nonlin.expr.recognise import recognise
from nonlin.sketch.svg import picture

_CELL = "text-align:left"
_TABLE = "color:inherit;font:inherit"
_LIST = "margin:.3em 0;padding-left:1.2em"


def card(activation: Any) -> str:
    """HTML that takes colours and fonts from the page, so that it suits light and dark ones."""
    own = activation.title == activation.name  # a formula of the user's
    title = "" if own else f" · {escape(activation.title)}"
    rows = "".join(
        f'<tr><td style="{_CELL};white-space:nowrap">{escape(label)}</td>'
        f'<td style="{_CELL}">{escape(value)}</td></tr>'
        for label, value in _rows(activation)
    )
    return (
        '<div style="max-width:32em">'
        f"<div><b>{escape(activation.name)}</b>{title}</div>"
        f'<div style="margin:.6em 0">{_formulas(activation)}</div>'
        f"{picture(activation, (0, 1))}"
        f'<table style="{_TABLE}">{rows}</table>'
        f"{_sentences('+', activation.strengths)}{_sentences('−', activation.weaknesses)}</div>"
    )


def _formulas(activation: Any) -> str:
    """f and f' in MathML, which browsers set by themselves."""
    given = "<mi>v</mi><mo>,</mo><mi>x</mi>" if activation.kind == "gated" else "<mi>x</mi>"
    given = f"<mrow><mo>(</mo>{given}<mo>)</mo></mrow>"  # or brackets are as high as the formula
    written = [("<mi>f</mi>", mathml(activation.formula))]
    if activation.elementwise:
        slope = mathml(derivative(recognise(activation.formula)))
        written.append(("<msup><mi>f</mi><mo>′</mo></msup>", slope))
    return "<br>".join(
        f'<math displaystyle="true">{name}{given}<mo>=</mo>{formula}</math>'
        for name, formula in written
    )


def _rows(activation: Any) -> Iterator[tuple[str, str]]:
    low, high = activation.range
    yield say("cli.show.range"), f"{_number(low)} … {_number(high)}"
    if activation.values:
        values = str(listed(f"{name} = {value:g}" for name, value in activation.values.items()))
        yield say("cli.show.parameters"), values
    if not activation.elementwise:
        return
    kinks = str(listed(f"x = {kink:g}" for kink in activation.kinks))
    yield say("cli.show.kinks"), kinks or say("cli.show.none")
    yield say("cli.show.mean"), _number(activation.properties.mean)
    forward, backward = _number(activation.gain), _number(activation.gain_backward)
    yield say("cli.show.gain"), say("cli.show.gains_are", forward=forward, backward=backward)


def _sentences(mark: str, sentences: list[Any]) -> str:
    lines = "".join(f"<li>{escape(str(sentence))}</li>" for sentence in sentences)
    return f"<ul style=\"{_LIST};list-style-type:'{mark} '\">{lines}</ul>"


def _number(value: float) -> str:
    if math.isnan(value):
        return say("cli.show.undefined")
    return f"{value + 0.0:.6g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")
