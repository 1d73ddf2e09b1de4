"""What mean field theory says of a chain of layers with weights of these sizes, on these rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nonlin.activation import Activation
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import tabulated

GROUPS = 32  # of rows of about one length
Parameters = tuple[np.ndarray, np.ndarray]  # weights (fan_in, neurons), biases (neurons,)


class Expected(NamedTuple):
    """Per layer, the output layer last: mean of z^2, and growth of the squared gradient.

    growth[l], shape (groups,): |dL/dz|^2 of layer l over that of the layer behind it, for each
    group of rows of about one length. shares, (groups,): of the rows.
    """

    second: list[float]
    growth: list[np.ndarray]
    shares: np.ndarray

    @np.errstate(all="ignore")
    def gradients(self, last: float) -> list[float]:
        """Length of dL/dz in every layer, from that of the output layer on backwards.

        Root mean squares over rows, whose gradients are taken to begin with one length.
        """
        product, lengths = np.ones(len(self.shares)), [last]
        for growth in reversed(self.growth):
            product = product * growth
            lengths.append(last * math.sqrt(product @ self.shares))
        return lengths[::-1]


@np.errstate(all="ignore")  # of networks that explode
def expected(
    hidden: Sequence[Activation], parameters: Sequence[Parameters], X: np.ndarray
) -> Expected:
    """Poole et al. 2016 and Schoenholz et al. 2017, for the mean squares of the weights found.

    parameters: of fully connected layers, each fed by the one before through its activation in
    `hidden`, the first by X (rows, inputs). Each group of rows of about one length goes its own
    way through the layers. Raises InputError for activations that are not element-wise.
    """
    lengths, shares = _grouped(np.square(X, dtype=np.float64).mean(axis=1))
    second, growth = [], []
    for layer, (weights, biases) in enumerate(parameters):
        fan_in = weights.shape[0]
        variance = np.square(weights, dtype=np.float64).mean()
        if layer > 0:
            f = nonlinearity(hidden[layer - 1], "stability")
            values, slopes = tabulated(f, lengths)
            growth.append(fan_in * variance * slopes)
            lengths = values
        lengths = fan_in * variance * lengths + np.square(biases, dtype=np.float64).mean()
        second.append(float(lengths @ shares))
    return Expected(second, growth, shares)


def _grouped(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean length and share of the rows in each group; a few long rows are a group like others."""
    groups = np.array_split(np.sort(lengths), min(GROUPS, len(lengths)))
    means = np.array([group.mean() for group in groups])
    return means, np.array([len(group) for group in groups]) / len(lengths)
