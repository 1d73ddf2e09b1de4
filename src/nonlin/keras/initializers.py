"""Initialisers of Keras, scaled by what an activation needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from nonlin import catalogue
from nonlin.activation import Activation
from nonlin.init.fans import MODES, check_word, fans, std_by_mode
from nonlin.keras.function import read, written

DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


@keras.saving.register_keras_serializable(package="nonlin", name="ForActivation")
class ForActivation(keras.initializers.Initializer):
    """The weights of a layer behind this activation: Dense, convolutions, embeddings of a row.

    mode: "fan_in" keeps the size of signals, "fan_out" that of gradients, "fan_avg" both as well
    as it can. distribution: "truncated_normal", "untruncated_normal" or "uniform", as in
    keras.initializers.VarianceScaling. seed: as there. Raises InputError for another word, and
    where the activation has no gain.
    """

    def __init__(
        self,
        activation: str | Activation,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        **parameters: float,
    ) -> None:
        self.activation = catalogue.get(activation).bind(**parameters)
        check_word("mode", mode, tuple(MODES))
        check_word("distribution", distribution, DISTRIBUTIONS)
        std_by_mode(mode, 1, 1, self.activation)  # what has no gain is told now
        self.mode, self.distribution, self.seed = mode, distribution, seed

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Weights, inputs on the last axis but one, outputs on the last, a window before them."""
        sides = fans(shape) if len(shape) > 1 else 2 * (math.prod(shape),)  # as Keras has it
        std = std_by_mode(self.mode, sides[0], sides[1], self.activation)
        scale = std**2 * sides[0]
        draw = keras.initializers.VarianceScaling(scale, "fan_in", self.distribution, self.seed)
        return draw(shape, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """The formula as text, and the options."""
        seed = self.seed
        if isinstance(seed, keras.random.SeedGenerator):
            seed = keras.saving.serialize_keras_object(seed)
        return {
            "activation": written(self.activation),
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": seed,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> ForActivation:
        """The formula is parsed, never evaluated."""
        seed = config["seed"]
        if isinstance(seed, dict):
            seed = keras.saving.deserialize_keras_object(seed)
        return cls(**{**config, "activation": read(config["activation"]), "seed": seed})


def for_activation(
    activation: str | Activation,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
    seed: Any = None,
    **parameters: float,
) -> ForActivation:
    """See `ForActivation`."""
    return ForActivation(activation, mode, distribution, seed, **parameters)
