"""Arguments as people type them: numbers with commas, names or formulas, name=value."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue.written import named
from nonlin.cli.streams import shows


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


def parameters(given: Sequence[str]) -> dict[str, str]:
    """["alpha=0.2"] as a mapping; the activation itself checks the numbers."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError("cli_parameter", given=text)
        found[name.strip()] = value.strip()
    return found


def activations(text: str) -> list[Activation]:
    """ "relu, max(x, 0)" as activations."""
    return [named(part, {}) for part in parts(text)]


def write_json(value: Any) -> None:
    """Print as JSON; infinities and NaN, which JSON does not know, as text."""
    written = json.dumps(_plain(value), ensure_ascii=False, indent=2)
    if not shows(sys.stdout, written):
        written = json.dumps(_plain(value), indent=2)
    print(written)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return value
