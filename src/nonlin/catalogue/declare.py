"""How an entry of the catalogue is written down: one function of x, decorated."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nonlin.activation import Activation
from nonlin.expr.nodes import lift, symbol
from nonlin.expr.surrogate import without_surrogates
from nonlin.expr.walk import substitute
from nonlin.parameter import NOISE, Parameter, trace


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

    Besides x and parameters a function may take `value`, which makes it a gated pair, and noise
    (`uniform`, `normal` or `gumbel`), which makes it random: its formula in evaluation then has
    1/2, 0 and 0 instead. What it returns may have surrogates, `f.surrogate(value, smooth)`:
    gradients are then those of the smooth function.
    """

    def make(function: Callable[..., Any]) -> Activation:
        names = list(inspect.signature(function).parameters)[1:]
        defaults = inspect.signature(function).parameters
        formula = trace(function, names)
        noisy = any(name in NOISE for name in names)
        steady = substitute(formula, {name: lift(value) for name, value in NOISE.items()})
        plain = without_surrogates(steady)
        return Activation(
            function.__name__,
            plain,
            tuple(
                replace(defaults[name].default, name=name)
                for name in names
                if isinstance(defaults[name].default, Parameter)
            ),
            None if from_output is None else from_output(symbol("grad"), symbol("y")),
            formula if noisy else None,
            None if plain is steady else steady,
            (title, zh),
            year,
            source,
            aliases,
        )

    return make
