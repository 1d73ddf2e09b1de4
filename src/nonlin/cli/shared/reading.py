"""Arguments as people type them: numbers with commas, names or formulas, name=value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nonlin._errors import InputError

if TYPE_CHECKING:
    from nonlin.activation import Activation

MOST_LAYERS = 10_000


def numbers(text: str, name: str, example: str) -> list[float]:
    """ "1, 2.5, -3" as floats."""
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = [math.nan]
    if not all(map(math.isfinite, found)):
        raise InputError("cli_numbers", name=name, given=text, example=example)
    return found


def sizes(text: str, name: str) -> list[int]:
    """ "64,32" as layer sizes."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError("cli_sizes", name=name, given=text) from None


def whole(text: str, name: str) -> int:
    """ "7" as an integer."""
    try:
        return int(text)
    except ValueError:
        raise InputError("cli_whole", name=name, given=text) from None


def number(text: str, name: str, end: float = math.inf, least: float = 0) -> float:
    """ "1.5" as a number from `least` to below `end`."""
    return _between(text, name, end, "" if end == math.inf else f" < {end:g}", least)


def share(text: str, name: str) -> float:
    """ "0.01" as a number from 0 to below 1."""
    return _between(text, name, 1.0, " < 1")


def _between(text: str, name: str, end: float, told: str, least: float = 0) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not least <= found < end:
        bounds = f"{least:g} <= {name}{told}"
        raise InputError("bad_number", name=name, given=text, bounds=bounds)
    return found


def depth(text: str) -> int:
    """ "50" as a number of layers."""
    found = whole(text, "--depth")
    if not 1 <= found <= MOST_LAYERS:
        raise InputError("theory_depth", given=text, most=MOST_LAYERS)
    return found


def path(text: str, name: str) -> Path:
    """The place of a file or a folder."""
    return Path(text)


def parts(text: str) -> list[str]:
    """ "relu, max(x, 0)" as its two parts: commas inside brackets separate nothing."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]


def _values(given: Sequence[str]) -> dict[str, str]:
    """["alpha=0.2"] as a mapping; the activation itself checks the numbers."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError("cli_parameter", given=text)
        if name.strip() in found:
            raise InputError("cli_parameter_twice", name=name.strip())
        found[name.strip()] = value.strip()
    return found


def activation(text: str, given: Sequence[str] = ()) -> Activation:
    """ "leaky_relu" or "max(x, a*x)", with ["a=0.2"], as an activation."""
    from nonlin.catalogue.written import named

    return named(text, _values(given))


def activations(text: str, name: str = "") -> list[Activation]:
    """ "relu, max(x, 0)" as activations."""
    return [activation(part) for part in parts(text)]


def several(texts: Sequence[str]) -> list[Activation]:
    """The activations of all arguments; InputError if there is none, as in ","."""
    found = [each for text in texts for each in activations(text)]
    if not found:
        raise InputError("nothing_to_compare")
    return found
