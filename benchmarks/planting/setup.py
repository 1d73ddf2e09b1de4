"""How a network is set up and trained, told in one line, and built for a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin.network import Job, Network, Settings, train
from planting.tables import OUTPUT, table

Weights = Callable[[Network, np.ndarray, np.ndarray], None]
Columns = Callable[[np.ndarray], np.ndarray]


def standard(X: np.ndarray) -> np.ndarray:
    """Each column to mean 0 and standard deviation 1; constant ones to 0."""
    spread = X.std(0)
    return np.asarray((X - X.mean(0)) / np.where(spread > 0, spread, 1))


def raw(X: np.ndarray) -> np.ndarray:
    return X


def natural(y: np.ndarray) -> np.ndarray:
    return y


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A table, a network, and how it is trained.

    output: None for the one that suits the table. inputs: what is done to them; standardised if
    not told. targets: the same; as they are, values standardised, if not told. weights: what is
    done to the drawn network (network, X, y), in place.
    """

    data: str
    hidden: tuple[int, ...] = (32, 32)
    activation: str | tuple[str, ...] = "relu"
    output: str | None = None
    init: str = "auto"
    weights: Weights | None = None
    inputs: Columns = standard
    targets: Columns | None = None
    loss: str | None = None
    optimizer: str = "adamw"
    rate: float = 3e-3
    epochs: int = 40
    batch: int = 32
    decay: float = 0.0
    momentum: float = 0.9
    shuffled: bool = False

    def build(self, seed: int) -> Built:
        """Network, rows and settings; the seed decides weights, split, and order of rows."""
        given = table(self.data)
        X = self.inputs(given.X.astype(np.float64)).astype(np.float32)
        y = (self.targets or (standard if given.task == "values" else natural))(given.y)
        random = np.random.default_rng(1000 + seed)
        if self.shuffled:
            y = y[random.permutation(len(y))]
        order = random.permutation(len(X))
        train_rows, held = order[: int(0.6 * len(X))], order[-int(0.2 * len(X)) :]
        sizes = [X.shape[1], *self.hidden, given.outputs]
        output = self.output or OUTPUT[given.task]
        network = Network(sizes, self.activation, output, init=self.init, seed=seed)
        if self.weights is not None:
            self.weights(network, X[train_rows], y[train_rows])
        return Built(
            network, X[train_rows], y[train_rows], X[held], y[held], self._settings(seed), self.loss
        )

    def _settings(self, seed: int) -> Settings:
        return Settings(
            optimizer=self.optimizer,
            learning_rate=self.rate,
            epochs=self.epochs,
            batch_size=self.batch,
            weight_decay=self.decay,
            momentum=self.momentum,
            seed=seed,
        )


@dataclass(frozen=True, eq=False)
class Built:
    """A network, its training rows, the held-out rows that only the proof sees, and settings."""

    network: Network
    X: np.ndarray
    y: np.ndarray
    held_inputs: np.ndarray
    held_targets: np.ndarray
    settings: Settings
    loss: Any = None

    def trained(self) -> Network:
        """A copy of the network after its training."""
        network = self.network.copy()
        train(Job(network, self.X, self.y, None, self.settings, loss=self.loss))
        return network
