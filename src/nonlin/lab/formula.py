"""A formula that has just been typed: what the lab shows of it, and its kernel."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from nonlin.lab.entries import told
from nonlin.lab.facts import entry
from nonlin.lab.typed import read


def described(formula: str, values: Mapping[str, float] = {}) -> dict[str, Any]:
    """The same as of an entry in `facts.json`, and besides: its sentences in the language in use,
    under `words`; if it is element-wise, its row of the table of kernels, under `kernel`, and the
    module that has it, in base64.

    values: of its parameters. Raises InputError as `nl.activation` and `nl.get` do.
    """
    found = read(formula, values)
    known: dict[str, Any] = {"name": found.name, **entry(found)}
    known["words"] = told(found, known)
    if found.elementwise:
        from nonlin.kernels import wasm

        bundle = wasm.single(found.trained)
        known["kernel"] = bundle.table[found.name]
        known["wasm"] = base64.b64encode(bundle.bytes).decode()
    return known
