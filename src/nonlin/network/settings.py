"""What a training run is told, and what it reports."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.network.codes import Memory
from nonlin.network.divergence import Divergence
from nonlin.network.feedforward import Feedforward
from nonlin.network.loss import Loss

OPTIMIZERS = ("adamw", "sgd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to train.

    optimizer: "adamw" (betas 0.9 and 0.999, epsilon 1e-8; Loshchilov and Hutter,
    arXiv:1711.05101) or "sgd" with `momentum`. weight_decay is decoupled: each step first
    multiplies the weights, never the biases, by 1 - learning_rate * weight_decay.
    patience: stop after this many epochs without a new lowest loss (None: never).
    seed: order of the samples. Raises InputError for a value outside its range.
    """

    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    epochs: int = 20
    batch_size: int = 32
    weight_decay: float = 0.0
    momentum: float = 0.9
    patience: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            hint = nearest(str(self.optimizer), OPTIMIZERS)
            allowed = listed(OPTIMIZERS)
            raise InputError("unknown_optimizer", given=self.optimizer, allowed=allowed, hint=hint)
        checks.number("learning_rate", self.learning_rate, 0.0, math.inf, open_below=True)
        checks.number("weight_decay", self.weight_decay, 0.0, math.inf)
        checks.number("momentum", self.momentum, 0.0, 1.0)
        checks.integer("epochs", self.epochs, 1)
        checks.integer("batch_size", self.batch_size, 1)
        checks.seed(self.seed)
        if self.patience is not None:
            checks.integer("patience", self.patience, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One network to train in place on X (rows, features) and y, as `train_many` takes it.

    A network appears in one job only. `validation` is (X, y), (X, y, weights) or None. weights:
    see `Network.fit`. memory: of earlier training that this one goes on with, or None. loss: a
    name or a Loss; None is the one that belongs to the output activation.
    """

    network: Feedforward
    X: Any
    y: Any
    validation: tuple[Any, ...] | None = None
    settings: Settings = Settings()
    weights: Any = None
    memory: Memory | None = None
    loss: str | Loss | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What happened in one training run; losses are means per sample, float64.

    train_loss, validation_loss: one number per epoch begun; the training loss is averaged
    while the epoch runs, the validation loss is taken at its end (NaN without validation
    data). best_epoch: index into them of the lowest loss (validation loss if there is
    any), whose weights the network keeps; -1 if no epoch ended with finite numbers, when
    the network keeps its initial weights. steps: batches seen. diverged_at: the step,
    counted from 1, at which the loss or a parameter stopped being finite; None otherwise.
    divergence: the same told in words, with the layer and what led there.
    """

    train_loss: np.ndarray
    validation_loss: np.ndarray
    best_epoch: int
    epochs: int
    steps: int
    seconds: float
    diverged_at: int | None
    divergence: Divergence | None = None

    @property
    def best_loss(self) -> float:
        """The loss that chose `best_epoch`; inf if no epoch ended with finite numbers."""
        if self.best_epoch < 0:
            return math.inf
        held_out = float(self.validation_loss[self.best_epoch])
        return float(self.train_loss[self.best_epoch]) if math.isnan(held_out) else held_out
