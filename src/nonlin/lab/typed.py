"""A formula that has just been typed; and what Python in a browser answers, without NumPy."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Mapping
from typing import Any

from nonlin._errors import NonlinError
from nonlin._text import speaking
from nonlin.activation import Activation, activation
from nonlin.catalogue.written import named
from nonlin.expr.analyse import breakpoints
from nonlin.expr.derivative import derivatives
from nonlin.expr.floats import table
from nonlin.expr.parse import MAX_LENGTH
from nonlin.lab.entries import as_json, as_plain, numbers, told
from nonlin.sketch.regions import REACH

EDGE = REACH + 0.25  # of the table, a little beyond that of pictures
STEPS = 128  # of one unit


def read(formula: str, values: Mapping[str, float] = {}) -> Activation:
    """The activation that a formula or a name means. Raises InputError as `nl.activation` does.

    values: of its parameters.
    """
    short = len(formula) <= MAX_LENGTH  # names that are nearly it would be looked for at length
    return named(formula, dict(values)) if short else activation("formula", formula)


def answer(formula: str, language: str) -> str:
    """What `POST /api/formula` answers, as JSON, with a table in place of gains and a kernel.

    Only functions of single numbers are read; for others, as for what is none: {"error": ...}.
    """
    with speaking(language):
        try:
            found = _described(read(formula))
        except NonlinError as error:
            found = {"error": str(error)}
    return as_json(found).decode()


def _described(found: Activation) -> dict[str, Any]:
    found.needs_elementwise("curve")
    known = as_plain({"name": found.name, **numbers(found)})
    return known | {"words": told(found, known), "table": sampled(found)}


def sampled(found: Activation) -> str:
    """Rows x, f, f', f'' of 64-bit numbers in base64; beside breakpoints, both sides of them.

    With a surrogate f' is its slope, as kernels of the lab have it.
    """
    root = found.trained.graph
    count = round(EDGE * STEPS)
    x = {k / STEPS for k in range(-count, count + 1)}
    for place in breakpoints(root):
        if abs(place) < EDGE:
            x |= {math.nextafter(place, -math.inf), place, math.nextafter(place, math.inf)}
    rows = [sorted(x), *table(derivatives(root, range(3)), sorted(x))]
    return base64.b64encode(b"".join(struct.pack(f"<{len(x)}d", *row) for row in rows)).decode()
