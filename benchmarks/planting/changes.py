"""What a fault does to weights, inputs and targets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nonlin.network import Job, Network, Settings, train
from planting.setup import Columns, Weights, standard


def times(factor: float, *layers: int) -> Weights:
    """The weights of these layers (from 1; -1 the output layer; all, if none) times `factor`."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        for weights in _chosen(network.weights, layers):
            weights *= factor

    return change


def filled(value: float, *layers: int) -> Weights:
    """All weights of these layers one value."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        for weights in _chosen(network.weights, layers):
            weights[:] = value

    return change


def biases(value: float, *layers: int) -> Weights:
    """All biases of these layers one value."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        for each in _chosen(network.biases, layers):
            each[:] = value

    return change


def copied(distinct: int, *layers: int) -> Weights:
    """Of the neurons of these hidden layers only so many differ; the others are copies."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        for layer in layers:
            kept = np.arange(network.sizes[layer]) % distinct
            network.weights[layer - 1][:] = network.weights[layer - 1][:, kept]
            network.weights[layer][:] = network.weights[layer][kept]

    return change


def positive(network: Network, X: np.ndarray, y: np.ndarray) -> None:
    """Weights without their signs."""
    for weights in network.weights:
        np.abs(weights, out=weights)


def uniform(half: float) -> Weights:
    """Weights uniform in (-half, half), whatever the width."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        random = np.random.default_rng(network.seed)
        for weights in network.weights:
            weights[:] = random.uniform(-half, half, weights.shape)

    return change


def after(rate: float, epochs: int = 3, targets: Columns | None = None) -> Weights:
    """What an earlier training at this rate left, on the same rows."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        y = y if targets is None else targets(y)
        train(Job(network, X, y, None, Settings(learning_rate=rate, epochs=epochs, seed=1)))

    return change


def both(*changes: Weights) -> Weights:
    """One after the other."""

    def change(network: Network, X: np.ndarray, y: np.ndarray) -> None:
        for each in changes:
            each(network, X, y)

    return change


def _chosen(arrays: tuple[np.ndarray, ...], layers: tuple[int, ...]) -> list[np.ndarray]:
    if not layers:
        return list(arrays)
    return [arrays[layer - 1 if layer > 0 else layer] for layer in layers]


def scaled(*factors: float, offset: float = 0.0) -> Columns:
    """Standardised, then the columns times these factors (repeated), plus the offset."""

    def change(values: np.ndarray) -> np.ndarray:
        values = standard(values)
        if values.ndim == 1:
            return values * factors[0] + offset
        return np.asarray(values * np.resize(factors, values.shape[1]) + offset)

    return change


def one_column(column: int, factor: float = 1.0, offset: float = 0.0) -> Columns:
    """Standardised, but for one column."""

    def change(values: np.ndarray) -> np.ndarray:
        values = standard(values)
        values[:, column] = values[:, column] * factor + offset
        return values

    return change


def beside(column: Callable[[np.random.Generator, int], np.ndarray]) -> Columns:
    """Standardised, and one of the columns replaced by something that tells nothing."""

    def change(values: np.ndarray) -> np.ndarray:
        values = standard(values)
        values[:, -1] = column(np.random.default_rng(99), len(values))
        return values

    return change
