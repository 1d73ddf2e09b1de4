"""How an entry of the catalogue is written down: one function of x, decorated."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nonlin.activation import Activation
from nonlin.expr.nodes import symbol
from nonlin.parameter import Parameter, trace


def parameter(
    value: float, *, above: float = -math.inf, below: float = math.inf, learned: bool = False
) -> Any:
    """A parameter with its default value, the open range that it may lie in, and whether
    networks learn it.
    """
    return Parameter("", value, above, below, learned)


def declared(
    title: str,
    zh: str,
    year: int,
    source: str,
    *,
    aliases: tuple[str, ...] = (),
    from_output: Callable[[Any, Any], Any] | None = None,
) -> Callable[[Callable[..., Any]], Activation]:
    """Turn a function of x (and parameters as defaults) into an Activation.

    title, zh: the full name in English and Chinese; year and source: where it was published.
    from_output: the gradient by x as a function of (gradient by y, y), y = f(x), where it is
    cheaper than from x.
    """

    def make(function: Callable[..., Any]) -> Activation:
        rows = {
            name: replace(given.default, name=name)
            for name, given in inspect.signature(function).parameters.items()
            if name != "x"
        }
        formula = trace(function, rows)
        backward = None if from_output is None else from_output(symbol("grad"), symbol("y"))
        return Activation(
            function.__name__,
            formula,
            tuple(rows.values()),
            (title, zh),
            year,
            source,
            aliases,
            backward,
        )

    return make
