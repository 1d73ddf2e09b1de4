"""What the lab tells of one activation, as data: numbers for every language, sentences for one.

Nothing is said anew: numbers and sentences are those of `nonlin show`. Numbers have ten digits.
JSON lacks some: they are null where a number stands alone, and text that JavaScript's `Number`
reads where they stand in a list: "Infinity", "-Infinity", "NaN". Python in a browser runs this,
too: element-wise activations need no NumPy here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from nonlin import portrait
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.emit.mathml import mathml
from nonlin.expr.derivative import derivative
from nonlin.expr.recognise import recognise
from nonlin.sketch import regions

SPOKEN = ("title", "strengths", "weaknesses")  # in the language in use: they stand in `told`
LEFT_OUT = (
    *SPOKEN, "name", "latex", "derivative_latex", "dead_regions", "proven", "steepest_at",
    "sign_preserving", "idempotent", "cost_with_slope",
)  # fmt: skip
DATA = (  # and no lines
    "formula", "derivative", "values", "gain", "parameters", "source", "aliases", "elsewhere",
)  # fmt: skip
DIGITS = 10


def numbers(activation: Activation, family: str = "own") -> dict[str, Any]:
    """What needs no arrays: all but gains, the edge of chaos, and samples."""
    known = portrait.as_dict(activation, arrays=False)
    found = {name: each for name, each in known.items() if name not in LEFT_OUT}
    found |= {
        "family": family,
        "parameters": [_parameter(each) for each in activation.parameters],
        "elsewhere": sorted({row["name"] for row in known["elsewhere"]}),
        **_formulas(activation),
    }
    if activation.elementwise:
        found |= {
            "saturated": regions.saturated(activation, math.inf),
            "dead": regions.dead(activation, math.inf),
            "smooth": known["smoothness"] == math.inf and known["defined_everywhere"],
        }
    return found


def told(activation: Activation, english: Mapping[str, Any]) -> dict[str, Any]:
    """Its sentences in the language in use; `lines` are those of `nonlin show`, with labels.

    english: what `entry` gave; a formula is here, too, where this language writes it otherwise.
    """
    lines = [
        (say(f"cli.show.{name}"), said)
        for name, said in portrait.rows(activation, arrays=False)
        if isinstance(said, str) and name not in (*LEFT_OUT, *DATA)
    ]
    found = {
        "title": activation.title,
        "strengths": list(map(str, activation.strengths)),
        "weaknesses": list(map(str, activation.weaknesses)),
        "lines": lines,
    }
    formulas = _formulas(activation)
    return found | {name: each for name, each in formulas.items() if english.get(name) != each}


def _formulas(activation: Activation) -> dict[str, str]:
    found = {"mathml": mathml(activation.formula)}
    if activation.elementwise:
        found["mathml_slope"] = mathml(derivative(recognise(activation.formula)))
    return found


def _parameter(parameter: Any) -> dict[str, Any]:
    """Its value, and the open range that it may lie in."""
    return {
        "name": parameter.name,
        "default": parameter.value,
        "low": parameter.above,
        "high": parameter.below,
        "learned": parameter.learned,
    }


def as_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Of types that JSON has; a number that it lacks is null, or text inside of a list."""
    return {name: _alone(each) for name, each in values.items()}


def _alone(value: Any) -> Any:
    if isinstance(value, float):
        return _number(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return as_plain(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_listed(each) for each in value]
    return value


def _listed(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return _alone(value)


def _number(value: float) -> float | int:
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 2**53 else short


def as_json(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
