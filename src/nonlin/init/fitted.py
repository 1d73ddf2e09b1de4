"""Initialisation from data: LSUV, and the tracking of mean and variance as in AutoInit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._errors import InputError
from nonlin.init import fills
from nonlin.init.initialisation import streams
from nonlin.network.network import Network
from nonlin.theory.propagation import moments

CLOSE = 0.02  # of the variance of a layer's sums to 1
ROUNDS = 10


def lsuv(network: Network, X: Any) -> Network:
    """Orthogonal weights, scaled until the sums of each layer have variance 1 on X.

    Source: Mishkin and Matas 2016 (arXiv:1511.06422).
    """
    result, values = _bare(network, X)
    randoms = streams(network.seed, len(result.weights))
    for layer, (random, weights) in enumerate(zip(randoms, result.weights, strict=True)):
        weights[:] = fills.orthogonal(random, *weights.shape)
        for _ in range(ROUNDS):
            variance = float((values @ weights.astype(np.float64)).var())
            weights /= math.sqrt(_positive(variance, layer))
            if abs(variance - 1) < CLOSE:
                break
        if layer < len(network.hidden):
            values = network.hidden[layer](values @ weights.astype(np.float64))
    return result


def autoinit(network: Network, X: Any) -> Network:
    """Normal weights of variance 1 / (fan_in (mean^2 + variance)) of what comes into the layer.

    That of X is measured, that behind an activation computed for sums that are standard normal.
    Source: Bingham and Miikkulainen 2023 (arXiv:2109.08958).
    """
    result, values = _bare(network, X)
    second = float(np.square(values).mean())
    randoms = streams(network.seed, len(result.weights))
    for layer, (random, weights) in enumerate(zip(randoms, result.weights, strict=True)):
        if layer > 0:
            second = moments(network.hidden[layer - 1]).second
        noise = fills.normal(random, *weights.shape)
        weights[:] = noise / math.sqrt(weights.shape[0] * _positive(second, layer))
    return result


def _bare(network: Network, X: Any) -> tuple[Network, np.ndarray]:
    """A copy without biases, and X as float64."""
    values = checks.some("X", checks.features(X, network.sizes[0], network.dtype))
    result = network.copy()
    for biases in result.biases:
        biases[:] = 0
    return result, values.astype(np.float64)


def _positive(second: float, layer: int) -> float:
    if not 0 < second < math.inf:
        raise InputError("layer_without_variance", layer=layer + 1, given=f"{second:g}")
    return second


FITS: dict[str, Callable[[Network, Any], Network]] = {"lsuv": lsuv, "autoinit": autoinit}
