"""How much of the error of a constant output a network takes away: squared, or a deviance."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin.network import Loss, Network, codes
from nonlin.network.loss import loss_for

COUNTS = (codes.POISSON_SOFTPLUS, codes.POISSON_EXP)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What the outputs of some rows should be, (rows, outputs), and which constant is best.

    error: of outputs, summed over rows; apart: each output counts as much as any other, whatever
    its unit.
    """

    targets: np.ndarray
    constant: np.ndarray
    error: Callable[[np.ndarray, np.ndarray], np.ndarray]
    apart: bool

    def of(self, rows: np.ndarray) -> Wanted:
        """Of these rows; the constant stays."""
        return replace(self, targets=self.targets[rows])

    def skill(self, outputs: np.ndarray) -> float:
        """1 for outputs that are the targets, 0 for `constant`; -inf where they are not finite."""
        with np.errstate(all="ignore"):
            left = self.error(outputs, self.targets)
            constant = self.error(self.constant, self.targets)
            if not self.apart:
                left, constant = left.sum(keepdims=True), constant.sum(keepdims=True)
            varies = constant > 0
            if not varies.any():
                return 0.0
            found = 1 - float((left[varies] / constant[varies]).mean())
        return found if math.isfinite(found) else -math.inf


def wanted(chosen: Loss, outputs: int, y: Any, fitted: np.ndarray) -> Wanted:
    """Of all rows; the constant is the mean over the rows `fitted`."""
    labels = np.asarray(y)
    if chosen.code == codes.CORN:
        targets = (labels[:, None] > np.arange(outputs)).astype(np.float64)
    elif chosen.labels:
        targets = (labels[:, None] == np.arange(outputs)).astype(np.float64)
    else:
        targets = labels.astype(np.float64).reshape(len(labels), -1)
    error = _deviance if chosen.code in COUNTS else _squared
    return Wanted(targets, targets[fitted].mean(axis=0), error, not chosen.labels)


def _squared(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return np.asarray(np.square(outputs - targets).sum(axis=0))


def _deviance(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Of Poisson variables with these means."""
    ratios = np.where(targets > 0, targets / outputs, 1.0)
    return np.asarray(2 * (targets * np.log(ratios) - (targets - outputs)).sum(axis=0))


def outputs(network: Network, X: np.ndarray, loss: str | Loss | None) -> np.ndarray:
    """What stands for the mean of the targets, float64, shape (rows, targets)."""
    chosen = loss_for(network.output.name, loss)
    with np.errstate(all="ignore"):
        found = np.asarray(network.forward(X), np.float64)
    if chosen.code == codes.CORN:  # each output is the chance of a step, given those before
        return np.cumprod(found, axis=1)
    if chosen.code == codes.PINBALL:
        middle = int(np.abs(np.array(chosen.constants) - 0.5).argmin())
        return found[:, [middle]]
    return found
