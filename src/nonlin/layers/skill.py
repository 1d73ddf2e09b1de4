"""How much of the squared error of a constant output a network takes away."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin.network import Loss, Network, codes
from nonlin.network.loss import loss_for


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What the outputs of some rows should be, (rows, outputs), and which constant is best.

    apart: each output counts as much as any other, whatever its unit.
    """

    targets: np.ndarray
    constant: np.ndarray
    apart: bool

    def of(self, rows: np.ndarray) -> Wanted:
        """Of these rows; the constant stays."""
        return replace(self, targets=self.targets[rows])

    def skill(self, outputs: np.ndarray) -> float:
        """1 for outputs that are the targets, 0 for `constant`; -inf where they are not finite."""
        with np.errstate(all="ignore"):
            left = np.square(outputs - self.targets).sum(axis=0)
            constant = np.square(self.constant - self.targets).sum(axis=0)
            if not self.apart:
                left, constant = left.sum(keepdims=True), constant.sum(keepdims=True)
            varies = constant > 0
            if not varies.any():
                return 0.0
            found = 1 - float((left[varies] / constant[varies]).mean())
        return found if math.isfinite(found) else -math.inf


def wanted(network: Network, y: Any, loss: str | Loss | None, fitted: np.ndarray) -> Wanted:
    """Of all rows; the constant is the mean over the rows `fitted`."""
    chosen = loss_for(network.output.name, loss)
    labels, outputs = np.asarray(y), network.sizes[-1]
    if chosen.code == codes.CORN:
        targets = (labels[:, None] > np.arange(outputs)).astype(np.float64)
    elif chosen.labels:
        targets = (labels[:, None] == np.arange(outputs)).astype(np.float64)
    else:
        targets = labels.astype(np.float64).reshape(len(labels), -1)
    return Wanted(targets, targets[fitted].mean(axis=0), not chosen.labels)


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
