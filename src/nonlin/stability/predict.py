"""What mean field theory says of a network with weights of these sizes, on these rows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nonlin.network import Network
from nonlin.propagation.subject import nonlinearity
from nonlin.theory.variance import tabulated

LENGTHS = 32  # quantiles that stand for the lengths of all rows


class Prediction(NamedTuple):
    """Per layer, the output layer last: mean of z^2, and growth of the squared gradient.

    growth[l], shape (LENGTHS,): |dL/dz|^2 of layer l over that of the layer behind it, for
    each quantile of the lengths of the rows.
    """

    second: list[float]
    growth: list[np.ndarray]


def predict(network: Network, X: np.ndarray) -> Prediction:
    """Poole et al. 2016 and Schoenholz et al. 2017, for the mean squares of the weights found.

    Each quantile of the lengths of the rows goes its own way through the layers.
    """
    with np.errstate(all="ignore"):
        lengths = np.square(X, dtype=np.float64).mean(axis=1)
        lengths = np.quantile(lengths, (np.arange(LENGTHS) + 0.5) / LENGTHS)
        second, growth = [], []
        for layer, weights in enumerate(network.weights):
            variance = np.square(weights, dtype=np.float64).mean()
            biases = np.square(network.biases[layer], dtype=np.float64).mean()
            if layer > 0:
                f = nonlinearity(network.hidden[layer - 1], "stability")
                values, slopes = tabulated(f, lengths)
                growth.append(weights.shape[0] * variance * slopes)
                lengths = values
            lengths = weights.shape[0] * variance * lengths + biases
            second.append(float(lengths.mean()))
        return Prediction(second, growth)


def gradients(found: Prediction, last: float) -> list[float]:
    """Length of dL/dz in every layer, from that of the output layer on backwards.

    Root mean squares over rows, whose gradients are taken to begin with one length.
    """
    product, lengths = np.ones(LENGTHS), [last]
    for growth in reversed(found.growth):
        product = product * growth
        lengths.append(last * math.sqrt(product.mean()))
    return lengths[::-1]
