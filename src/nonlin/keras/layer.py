"""Activations as layers: `nk.Mish()`, `nk.Layer("prelu", channels=64)`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import keras
from keras import ops

from nonlin import catalogue
from nonlin.activation import Activation
from nonlin.any_library import ranges
from nonlin.any_library.ranges import RAW, check_channels, is_bounded, outside
from nonlin.catalogue.elsewhere import plain
from nonlin.keras.function import KerasFunction, read, written
from nonlin.keras.parts import Tensor
from nonlin.parameter import Parameter

OPTIONS = ("name", "dtype", "trainable", "autocast", "activity_regularizer")  # of every layer


def _inside(raw: Tensor, row: Parameter) -> Tensor:
    """The parameter, in its range."""
    return ranges.inside(raw, row, ops.sigmoid, ops.softplus, ops.clip)


@keras.saving.register_keras_serializable(package="nonlin", name="Layer")
class Layer(keras.layers.Layer):
    """An activation as a layer. Parameters that networks learn are its weights.

    activation: a name of the catalogue, or an Activation. channels: how many values of each
    learned parameter, along `axis` of the inputs; None for one. axis: besides, that of rows and
    halves. seed: of random activations, which draw noise in training. Other keywords are those
    of keras.layers.Layer, and values of parameters: where learned ones begin. A gated layer takes
    one tensor, whose axis it halves, or a list of value and gate. Raises InputError for what the
    activation does not have.
    """

    def __init__(
        self,
        activation: str | Activation,
        *,
        channels: int | None = None,
        axis: int = -1,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        own = {name: options.pop(name) for name in OPTIONS if name in options}
        entry = catalogue.get(activation).bind(**options)
        check_channels(entry, channels)
        super().__init__(**{"name": None, **own})
        self.supports_masking = True
        self.function = KerasFunction(entry)
        self.channels, self.axis, self.seed = channels, axis, seed
        self.draws = keras.random.SeedGenerator(seed) if entry.training is not None else None
        self.rows = [row for row in entry.parameters if row.learned]

    @property
    def activation(self) -> Activation:
        """With the values that its parameters begin with."""
        return self.function.activation

    def build(self, shape: Any) -> None:
        """Weights for what is learned; of those with a range, as numbers without bounds."""
        size = () if self.channels is None else (self.channels,)
        self.raw = {
            row.name: self.add_weight(
                shape=size,
                initializer=keras.initializers.Constant(
                    outside(row.value, row) if is_bounded(row) else row.value
                ),
                name=(RAW if is_bounded(row) else "") + row.name,
            )
            for row in self.rows
        }

    def learned_values(self) -> dict[str, Tensor]:
        """The learned parameters by name, inside their ranges."""
        raw = {row.name: ops.convert_to_tensor(self.raw[row.name]) for row in self.rows}
        return {
            row.name: _inside(raw[row.name], row) if is_bounded(row) else raw[row.name]
            for row in self.rows
        }

    def call(self, inputs: Any, training: bool | None = None) -> Tensor:
        """f(inputs), or of a list of value and gate."""
        given = tuple(inputs) if isinstance(inputs, list | tuple) else (inputs,)
        noise = None
        if training and self.draws is not None:
            noise = self.function.draw(given[0], self.draws)
        return self.function(*given, axis=self.axis, noise=noise, **self.learned_values())

    def get_config(self) -> dict[str, Any]:
        """The formula as text, and the options."""
        own = {"channels": self.channels, "axis": self.axis, "seed": self.seed}
        return {**super().get_config(), "activation": written(self.activation), **own}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Layer:
        """The formula is parsed, never evaluated."""
        return cls(**{**config, "activation": read(config["activation"])})


def of_name(name: str) -> Any:
    """What `Mish`, `LeakyReLU` or `LeakyRelu` call; None if there is no such entry."""
    for entry in catalogue.names():
        if plain(entry) == plain(name):
            return partial(Layer, entry)
    return None
