"""One pass over the data, forward and back, with statistics that are merged block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nonlin.activation import Activation
from nonlin.measure.stability import threshold
from nonlin.network import Loss, Network
from nonlin.network.train import Goal, goal

BLOCK = 1 << 22  # numbers that a block of rows may have in all layers together: 16 MiB
SAMPLED = 256  # rows for ranks and histograms
BINS = 60


@dataclass(slots=True)
class Seen:
    """Sums over the rows of one layer so far; float64, one number per neuron but for `weights`.

    Means and squared deviations of blocks are merged as by Chan, Golub and LeVeque (1983).
    """

    activation: Activation
    means: np.ndarray
    deviations: np.ndarray
    sloped: np.ndarray  # was a slope other than 0 met?
    flat: np.ndarray  # how often it was nearly 0
    weights: np.ndarray  # dL/dW
    gradient: float = 0.0  # sum of squared lengths of dL/dz
    rows: int = 0
    sample: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def empty(cls, activation: Activation, weights: np.ndarray) -> Seen:
        """Before the first row."""
        zeros = [np.zeros(weights.shape[1]) for _ in range(3)]
        sloped = np.zeros(weights.shape[1], bool)
        return cls(activation, zeros[0], zeros[1], sloped, zeros[2], np.zeros_like(weights))

    def add(self, sums: np.ndarray) -> None:
        """The weighted sums of a block of rows."""
        count = len(sums)
        means = sums.mean(axis=0, dtype=np.float64)
        deviations = np.square(sums - means).sum(axis=0)
        total = self.rows + count
        shift = means - self.means
        self.deviations += deviations + shift**2 * (self.rows * count / total)
        self.means += shift * (count / total)
        self.rows = total

    def add_slopes(self, slopes: np.ndarray) -> None:
        """f'(z) of a block of rows."""
        self.sloped |= (slopes != 0).any(axis=0)
        self.flat += (np.abs(slopes) < threshold(self.activation, slopes)).sum(axis=0)


def observe(
    network: Network, X: np.ndarray, y: Any, chosen: str | Loss | None = None
) -> tuple[list[Seen], float | None]:
    """What each layer shows on checked rows X, and the mean loss (`chosen`) if y is given."""
    layers = zip((*network.hidden, network.output), network.weights, strict=True)
    seen = [Seen.empty(activation, weights) for activation, weights in layers]
    goals = None if y is None else goal(network, X, y, chosen)
    loss = 0.0
    with np.errstate(all="ignore"):  # of networks that explode
        for rows in _blocks(network, len(X)):
            kept = _forward(network, X[rows], seen)
            if goals is not None:
                loss += _backward(network, kept, goals, rows, seen)
    _sample(network, X, seen)
    return seen, None if goals is None else loss / len(X)


def _blocks(network: Network, rows: int) -> Iterator[slice]:
    step = max(1, BLOCK // sum(network.sizes))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def _forward(
    network: Network, values: np.ndarray, seen: list[Seen]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(inputs, slopes) of every layer; the output layer has its logits as slopes."""
    kept = []
    layers = list(zip(network.weights, network.biases, strict=True))
    for activation, (weights, biases), found in zip(network.hidden, layers, seen, strict=False):
        sums = values @ weights + biases
        found.add(sums)
        after, slopes = activation.value_and_derivative(sums)
        found.add_slopes(slopes)
        kept.append((values, slopes))
        values = after
    logits = values @ layers[-1][0] + layers[-1][1]
    seen[-1].add(logits)
    return [*kept, (values, logits)]


def _backward(
    network: Network,
    kept: list[tuple[np.ndarray, np.ndarray]],
    goals: Goal,
    rows: slice,
    seen: list[Seen],
) -> float:
    """Adds gradients to `seen`; the sum of the losses of the block."""
    loss, errors = goals(kept[-1][1], rows)
    for layer in range(len(seen) - 1, -1, -1):
        values, slopes = kept[layer]
        if layer < len(seen) - 1:
            errors = (errors @ network.weights[layer + 1].T) * slopes
        found = seen[layer]
        found.gradient += float(np.square(errors, dtype=np.float64).sum())
        found.weights += values.T @ errors
    return loss


def _sample(network: Network, X: np.ndarray, seen: list[Seen]) -> None:
    """z and f(z) of rows that are evenly spread, at most SAMPLED."""
    step = math.ceil(len(X) / SAMPLED)
    for found, layer in zip(seen, network.trace(X[::step]).layers, strict=True):
        found.sample = [layer.preactivations, layer.activations]


def effective_rank(values: np.ndarray) -> float:
    """exp(entropy) of the singular values of `values`, centred over rows; 0 if all are equal.

    Rounding counts as 0. NaN where values are not finite. Source: Roy and Vetterli 2007.
    """
    exact = values.astype(np.float64)
    if not np.isfinite(exact).all():
        return math.nan
    scale = np.abs(exact).max(initial=0.0)
    if scale == 0:
        return 0.0
    exact = exact / scale
    centred = exact - exact.mean(axis=0)
    wide = centred.shape[0] < centred.shape[1]
    gram = centred @ centred.T if wide else centred.T @ centred
    found = np.sqrt(np.clip(np.linalg.eigvalsh(gram), 0, None))
    rounding = 4 * np.finfo(values.dtype).eps * math.sqrt(exact.size)
    found = found[found > rounding]
    if not found.size:
        return 0.0
    shares = found / found.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def histogram(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts and edges over the finite sums, without the outermost 0.1 % on either side."""
    finite = sums[np.isfinite(sums)].astype(np.float64)
    if not finite.size:
        return np.zeros(BINS, np.int64), np.linspace(-1, 1, BINS + 1)
    low, high = np.quantile(finite, (0.001, 0.999))
    return np.histogram(finite, BINS, (low, high) if low < high else None)
