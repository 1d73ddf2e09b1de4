"""What mean field theory says of a network with weights of these sizes, on these rows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nonlin.network import Network
from nonlin.theory.given import nonlinearity
from nonlin.theory.variance import tabulated

GROUPS = 32  # of rows of about one length


class Prediction(NamedTuple):
    """Per layer, the output layer last: mean of z^2, and growth of the squared gradient.

    growth[l], shape (groups,): |dL/dz|^2 of layer l over that of the layer behind it, for each
    group of rows of about one length. shares, (groups,): of the rows.
    """

    second: list[float]
    growth: list[np.ndarray]
    shares: np.ndarray


def predict(network: Network, X: np.ndarray) -> Prediction:
    """Poole et al. 2016 and Schoenholz et al. 2017, for the mean squares of the weights found.

    Each group of rows of about one length goes its own way through the layers.
    """
    with np.errstate(all="ignore"):
        lengths, shares = _grouped(np.square(X, dtype=np.float64).mean(axis=1))
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
            second.append(float(lengths @ shares))
        return Prediction(second, growth, shares)


def _grouped(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean length and share of the rows in each group; a few long rows are a group like others."""
    groups = np.array_split(np.sort(lengths), min(GROUPS, len(lengths)))
    means = np.array([group.mean() for group in groups])
    return means, np.array([len(group) for group in groups]) / len(lengths)


def gradients(found: Prediction, last: float) -> list[float]:
    """Length of dL/dz in every layer, from that of the output layer on backwards.

    Root mean squares over rows, whose gradients are taken to begin with one length.
    """
    product, lengths = np.ones(len(found.shares)), [last]
    for growth in reversed(found.growth):
        product = product * growth
        lengths.append(last * math.sqrt(product @ found.shares))
    return lengths[::-1]
