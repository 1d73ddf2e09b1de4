"""Initialisation from data: LSUV, and the tracking of mean and variance as in AutoInit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol, Self, TypeVar

import numpy as np

from nonlin import checks
from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.init import fills
from nonlin.init.fills import streams
from nonlin.theory.propagation import moments

CLOSE = 0.02  # of the variance of a layer's sums to 1
ROUNDS = 10


class Layered(Protocol):
    """What is fitted: layers with weights and biases, the output last."""

    @property
    def hidden(self) -> tuple[Activation, ...]:
        """Activations between the layers."""

    @property
    def seed(self) -> int:
        """Of what is drawn."""

    @property
    def weights(self) -> tuple[np.ndarray, ...]:
        """(fan_in, fan_out) of each layer."""

    @property
    def biases(self) -> tuple[np.ndarray, ...]:
        """(fan_out,) of each layer."""

    def copy(self) -> Self:
        """The same with weights of its own."""


Fitted = TypeVar("Fitted", bound=Layered)


def fitted(name: str, network: Fitted, X: Any) -> Fitted:
    """A network like this one, without biases, whose weights start from X: see `FITS`."""
    first = network.weights[0]
    values = checks.some("X", checks.features(X, len(first), first.dtype))
    result = network.copy()
    for biases in result.biases:
        biases[:] = 0
    FITS[name](result, values.astype(np.float64))
    return result


def _lsuv(network: Layered, values: np.ndarray) -> None:
    """Orthogonal weights, scaled until the sums of each layer have variance 1 on the values.

    Source: Mishkin and Matas 2016 (arXiv:1511.06422).
    """
    randoms = streams(network.seed, len(network.weights))
    for layer, (random, weights) in enumerate(zip(randoms, network.weights, strict=True)):
        weights[:] = fills.orthogonal(random, *weights.shape)
        for _ in range(ROUNDS):
            variance = float((values @ weights.astype(np.float64)).var())
            weights /= math.sqrt(_positive(variance, layer))
            if abs(variance - 1) < CLOSE:
                break
        if layer < len(network.hidden):
            values = network.hidden[layer](values @ weights.astype(np.float64))


def _autoinit(network: Layered, values: np.ndarray) -> None:
    """Normal weights of variance 1 / (fan_in (mean^2 + variance)) of what comes into the layer.

    That of the values is measured, that behind an activation computed for standard normal sums.
    Source: Bingham and Miikkulainen 2023 (arXiv:2109.08958).
    """
    second = float(np.square(values).mean())
    randoms = streams(network.seed, len(network.weights))
    for layer, (random, weights) in enumerate(zip(randoms, network.weights, strict=True)):
        if layer > 0:
            second = moments(network.hidden[layer - 1]).second
        noise = fills.normal(random, *weights.shape)
        weights[:] = noise / math.sqrt(weights.shape[0] * _positive(second, layer))


def _positive(second: float, layer: int) -> float:
    if not 0 < second < math.inf:
        raise InputError("layer_without_variance", layer=layer + 1, given=f"{second:g}")
    return second


FITS: dict[str, Callable[[Layered, np.ndarray], None]] = {"lsuv": _lsuv, "autoinit": _autoinit}
