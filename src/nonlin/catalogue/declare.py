"""How an entry of the catalogue is written down: one function of x, decorated."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from nonlin.activation import Activation
from nonlin.parameter import Parameter, trace


def parameter(value: float, *, above: float = -math.inf, below: float = math.inf) -> Any:
    """A parameter with its default value and the open range that it may lie in."""
    return Parameter("", value, above, below)


def declared(
    *, title: str, zh: str, year: int, source: str, aliases: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Activation]:
    """Turn a function of x (and parameters as defaults) into an Activation.

    title, zh: the full name in English and Chinese; year and source: where it was published.
    """

    def make(function: Callable[..., Any]) -> Activation:
        rows = {
            name: Parameter(name, given.default.value, given.default.above, given.default.below)
            for name, given in inspect.signature(function).parameters.items()
            if name != "x"
        }
        formula = trace(function, rows)
        name = function.__name__
        return Activation(name, formula, tuple(rows.values()), (title, zh), year, source, aliases)

    return make
