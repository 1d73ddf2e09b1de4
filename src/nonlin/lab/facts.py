"""What the lab knows of the whole catalogue, as data, and of one activation with its gains."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from nonlin import portrait
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.activation import Activation
from nonlin.function import FUNCTION_KINDS
from nonlin.kernels.sources import ROOT, digest
from nonlin.kernels.store import fetch
from nonlin.lab.entries import as_json, as_plain, numbers, told
from nonlin.sketch import curve
from nonlin.sketch.regions import REACH
from nonlin.theory.propagation import critical

STEP = 0.1  # between the points of a curve that no kernel draws


def entry(activation: Activation, family: str = "own") -> dict[str, Any]:
    """All numbers of one activation, and its formula in MathML."""
    found = numbers(activation, family)
    if activation.elementwise:
        found |= {name: getattr(activation, name) for name in portrait.GAINS}
        found["critical"] = _critical(activation)
    drawn = curve.curve_of(activation)
    if drawn is None:
        row, values = curve.example(activation)
        found["row"] = {"x": row, "y": values}
    elif drawn is not activation:
        found["curve"] = _sampled(drawn)
    return as_plain(found)


def _critical(activation: Activation) -> dict[str, float] | None:
    """The edge of chaos at unit lengths."""
    try:
        return critical(activation)._asdict()
    except InputError:
        return None


def _sampled(drawn: Activation) -> dict[str, Any]:
    """From -reach to reach, STEP apart."""
    x = np.linspace(-REACH, REACH, round(2 * REACH / STEP) + 1)
    return {"low": -REACH, "step": STEP, "y": np.round(drawn(x), 3)}


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


def _key(language: str) -> str:
    """Changes with the programs and the words that facts are made of."""
    kinds = (f"nonlin.kinds.{kind}" for kind in FUNCTION_KINDS)  # imported by their names
    found = hashlib.sha256(f"{language} {digest(__name__, *kinds)}".encode())
    for file in (*sorted(ROOT.glob("messages/*/*.toml")), *sorted(ROOT.glob("catalogue/*/*.toml"))):
        found.update(file.read_bytes())
    return f"lab-{found.hexdigest()}"


def together(kernels: Mapping[str, Any]) -> bytes:
    """`facts.json`: what the functions of the module of kernels are called, and all entries."""
    return b'{"kernels":%s,"entries":%s}' % (as_json(kernels), written())
