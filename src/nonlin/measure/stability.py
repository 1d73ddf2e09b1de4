"""Training stability on a real network with real rows: dead and saturated units, gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.measure.measurement import Measurement
from nonlin.network import Loss, Network, gradient

FLAT = 0.01  # a slope below this share of the largest one counts as saturated
ROUNDING = 1e-5  # leaky_relu's slope 0.01 is not below 1 %, although float32(0.01) < 0.01
REACH = 1e30  # ratios are held inside [1/REACH, REACH]


def dead_units(network: Network, X: Any) -> Measurement:
    """Share of hidden neurons, 0 to 1, whose slope f'(z) is exactly 0 on every row of X.

    Such a neuron receives no gradient and cannot learn (relu with z <= 0 everywhere). X:
    (rows, features), at least one row. Raises InputError for unusable X.
    """
    dead = np.concatenate([(slope == 0).all(axis=0) for _, slope in _slopes(network, X)])
    return _share(float(dead.mean()), "measure.dead", X)


def saturated_share(network: Network, X: Any) -> Measurement:
    """Share of pairs (row, hidden neuron), 0 to 1, where |f'(z)| is below 1 % of its maximum.

    The maximum is the one over all z, read off the formula. Hardly any gradient passes there.
    X: (rows, features), at least one row. Raises InputError for unusable X.
    """
    flat = 0
    count = 0
    for activation, slope in _slopes(network, X):
        flat += int(np.count_nonzero(np.abs(slope) < threshold(activation, slope)))
        count += slope.size
    return _share(flat / count, "measure.saturated", X)


def threshold(activation: Activation, slope: np.ndarray) -> float:
    """Slopes of smaller size count as saturated; `slope` holds those that were met."""
    steepest = activation.properties.lipschitz
    if not math.isfinite(steepest):  # no largest slope, as in x^2: take the largest one met
        steepest = float(np.abs(slope).max())
    if steepest == 0.0:  # flat everywhere, as in a step: every slope counts
        return math.inf
    return FLAT * (1 - ROUNDING) * steepest


def _slopes(network: Network, X: Any) -> Iterator[tuple[Activation, np.ndarray]]:
    """f'(z) of every hidden layer, shape (rows, neurons)."""
    for layer in network.trace(X).layers[:-1]:
        yield layer.activation, layer.activation.derivative(layer.preactivations)


def gradient_ratio(network: Network, X: Any, y: Any, loss: str | Loss | None = None) -> Measurement:
    """|dL/dW| of the first layer over that of the last layer, on the loss of the batch (X, y).

    Frobenius norms. Far below 1: vanishing gradients; far above 1: exploding. Held inside
    [1e-30, 1e30]; 1 if both are 0. X, y, loss: as in `Network.fit`; InputError if unusable.
    """
    found = gradient(network, X, y, loss=loss)
    first, last = (_norm(weights) for weights in (found.weights[0], found.weights[-1]))
    ratio = 1.0 if first == last == 0.0 else min(max(first / max(last, 1e-300), 1 / REACH), REACH)
    return Measurement(ratio, None, "", text("measure.gradient_ratio"), _rows(X))


def _norm(weights: np.ndarray) -> float:
    return float(np.linalg.norm(weights.astype(np.float64)))  # float32 squares would underflow


def _share(value: float, key: str, X: Any) -> Measurement:
    return Measurement(value, None, "", text(key), _rows(X))


def _rows(X: Any) -> Text:
    return text("measure.on_rows", rows=len(X))
