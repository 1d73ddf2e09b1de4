"""An activation as people write it down: a name of the catalogue, or a formula."""

from __future__ import annotations

import re
from typing import Any

from nonlin.activation import Activation, activation
from nonlin.catalogue import calls, get

NAME = re.compile(r"(?!x\b)[A-Za-z_]\w*([-. ][A-Za-z]\w*)*")


def named(text: str, values: dict[str, Any]) -> Activation:
    """A catalogue entry by name, as in `get`, or one from a formula such as x*sigmoid(x)."""
    written = text.strip()
    if NAME.fullmatch(written) or calls.split(written) is not None:
        return get(written).bind(**values)
    return activation(written or "formula", written, **values)  # of an empty one that is said
