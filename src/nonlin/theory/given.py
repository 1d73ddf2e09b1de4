"""An activation as the theory takes it, and the numbers that it is asked about."""

from __future__ import annotations

import math
from typing import Any

from nonlin._errors import InputError
from nonlin._text import text
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.gaussian_moments.nonlinearity import Nonlinearity


def nonlinearity(activation: str | Activation, what: str) -> Nonlinearity:
    """Graph, breaks and jumps of an element-wise activation; InputError for other kinds."""
    chosen = get(activation)
    if not chosen.elementwise:
        kind = text(f"kinds.{chosen.kind}")
        raise InputError(
            "only_elementwise", name=chosen.name, what=text(f"asked.{what}"), kind=kind
        )
    found = chosen.properties
    return Nonlinearity(chosen.graph, found.breakpoints, tuple(x for x, _ in found.jumps))


def number(name: str, given: Any, above: float = -math.inf, *, ends: bool = False) -> float:
    """A finite number above `above`, or from there on if `ends`."""
    try:
        value = float("nan" if isinstance(given, str | bytes | bool) else given)
    except (TypeError, ValueError):
        value = math.nan
    inside = math.isfinite(value) and (value >= above if ends else value > above)
    if not inside:
        bounds = f"{above:g} {'<=' if ends else '<'} {name} < inf"
        raise InputError("bad_number", name=name, given=given, bounds=bounds)
    return value


def layers(given: Any) -> int:
    """A number of layers, at least 1."""
    if isinstance(given, bool) or not hasattr(given, "__index__") or given.__index__() < 1:
        raise InputError("bad_integer", name="depth", given=given, least=1)
    return int(given.__index__())
