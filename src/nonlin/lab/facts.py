"""What the lab knows of each activation, as data: numbers for every language, sentences for one.

Nothing is said anew: numbers and sentences are those of `nonlin show`. Numbers have ten digits.
JSON lacks some: they are null where a number stands alone, and text that JavaScript's `Number`
reads where they stand in a list: "Infinity", "-Infinity", "NaN".
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nonlin import portrait
from nonlin._errors import InputError
from nonlin._text import say, speaking
from nonlin.activation import Activation
from nonlin.emit.mathml import mathml
from nonlin.expr.derivative import derivative
from nonlin.expr.recognise import recognise
from nonlin.kernels.sources import ROOT, digest
from nonlin.kernels.store import fetch
from nonlin.sketch import curve
from nonlin.theory.propagation import critical

SPOKEN = ("title", "strengths", "weaknesses")  # in the language in use: they stand in `told`
LEFT_OUT = (
    *SPOKEN, "name", "latex", "derivative_latex", "dead_regions", "proven", "steepest_at",
    "sign_preserving", "idempotent", "cost_with_slope",
)  # fmt: skip
DATA = (  # and no lines
    "formula", "derivative", "values", "gain", "parameters", "source", "aliases", "elsewhere",
)  # fmt: skip
STEP = 0.1  # between the points of a curve that no kernel draws
DIGITS = 10


def entry(activation: Activation, family: str = "own") -> dict[str, Any]:
    """All numbers of one activation, and its formula in MathML."""
    known = portrait.as_dict(activation)
    found = {name: each for name, each in known.items() if name not in LEFT_OUT}
    found |= {
        "family": family,
        "parameters": [_parameter(each) for each in activation.parameters],
        "elsewhere": sorted({row["name"] for row in known["elsewhere"]}),
        **_formulas(activation),
    }
    if activation.elementwise:
        found |= {
            "saturated": curve.saturated(activation, math.inf),
            "dead": curve.dead(activation, math.inf),
            "smooth": known["smoothness"] == math.inf and known["defined_everywhere"],
            "critical": _critical(activation),
        }
    drawn = curve.curve_of(activation)
    if drawn is None:
        row, values = curve.example(activation)
        found["row"] = {"x": row, "y": values}
    elif drawn is not activation:
        found["curve"] = _sampled(drawn)
    return as_plain(found)


def told(activation: Activation, english: Mapping[str, Any]) -> dict[str, Any]:
    """Its sentences in the language in use; `lines` are those of `nonlin show`, with labels.

    english: what `entry` gave; a formula is here, too, where this language writes it otherwise.
    """
    lines = [
        (say(f"cli.show.{name}"), said)
        for name, said in portrait.rows(activation)
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


def _critical(activation: Activation) -> dict[str, float] | None:
    """The edge of chaos at unit lengths."""
    try:
        return critical(activation)._asdict()
    except InputError:
        return None


def _sampled(drawn: Activation) -> dict[str, Any]:
    """From -reach to reach, STEP apart."""
    reach = curve.REACH
    x = np.linspace(-reach, reach, round(2 * reach / STEP) + 1)
    return {"low": -reach, "step": STEP, "y": np.round(drawn(x), 3)}


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


def catalogue(language: str = "") -> dict[str, Any]:
    """`entry` of every entry of the catalogue, or with a language `told`, by name."""
    from nonlin.catalogue import families, get

    pairs = [(get(name), family) for family, names in families().items() for name in names]
    with speaking("en"):
        known = {each.name: entry(each, family) for each, family in pairs}
    if not language:
        return known
    with speaking(language):
        return {each.name: told(each, known[each.name]) for each, _ in pairs}


def written(language: str = "") -> bytes:
    """`catalogue` as JSON, kept on disk beside the kernels: the first time takes seconds."""
    return fetch(_key(language), lambda: as_json(catalogue(language)))


def as_json(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _key(language: str) -> str:
    """Changes with the programs and the words that facts are made of."""
    found = hashlib.sha256(f"{language} {digest(__name__)}".encode())
    for file in (*sorted(ROOT.glob("messages/*/*.toml")), *sorted(ROOT.glob("catalogue/*/*.toml"))):
        found.update(file.read_bytes())
    return f"lab-{found.hexdigest()}"


def together(kernels: Mapping[str, Any]) -> bytes:
    """`facts.json`: what the functions of the module of kernels are called, and all entries."""
    return b'{"kernels":%s,"entries":%s}' % (as_json(kernels), written())
