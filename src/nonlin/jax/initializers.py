"""Initialisers in the style of jax.nn.initializers, scaled by what an activation needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax

from nonlin import catalogue
from nonlin.activation import Activation
from nonlin.init.fans import MODES, check_word, fans, std_by_mode

DISTRIBUTIONS = ("truncated_normal", "normal", "uniform")
Axes = int | Sequence[int]


def for_activation(
    activation: str | Activation,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
    in_axis: Axes = -2,
    out_axis: Axes = -1,
    batch_axis: Axes = (),
    dtype: Any = None,
    **parameters: float,
) -> Callable[..., jax.Array]:
    """An initialiser (key, shape, dtype) for the weights of a layer behind this activation.

    mode: "fan_in" keeps the size of signals, "fan_out" that of gradients, "fan_avg" both as well
    as it can. distribution: "truncated_normal", "normal" or "uniform". The axes are those of
    jax.nn.initializers.variance_scaling. Raises InputError for another word, and where the
    activation has no gain.
    """
    entry = catalogue.get(activation).bind(**parameters)
    check_word("mode", mode, tuple(MODES))
    check_word("distribution", distribution, DISTRIBUTIONS)
    std_by_mode(mode, 1, 1, entry)  # what has no gain is told now
    default = dtype

    def init(key: Any, shape: Sequence[int], dtype: Any = default) -> jax.Array:
        fan_in, fan_out = fans(shape, in_axis, out_axis, batch_axis)
        scale = std_by_mode(mode, fan_in, fan_out, entry) ** 2 * fan_in
        scaling: Any = jax.nn.initializers.variance_scaling
        draw = scaling(scale, "fan_in", distribution, in_axis, out_axis, batch_axis)
        found: jax.Array = draw(key, shape, dtype)
        return found

    return init
