"""What people also want to know of predictions: a second measure, which decides nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nonlin.tasks import skill
from nonlin.tasks.accuracy import Weights, accuracy, root_mean_squared_error
from nonlin.tasks.kinds import KINDS
from nonlin.tasks.probabilities import probabilities

SMALLEST = 1e-15  # of a probability whose logarithm is taken, as scikit-learn had it

BESIDE = {
    "regression": "mae",
    "robust": "rmse",
    "positive": "mae",
    "counts": "mae",
    "proportion": "mae",
    "binary": "log_loss",
    "multiclass": "log_loss",
    "multilabel": "log_loss",
    "ordinal": "accuracy",
}
UNITS = ("mae", "rmse")  # measures in the units of the target

Measure = Callable[[np.ndarray, np.ndarray, Weights], float]
_OF_PREDICTIONS: dict[str, Measure] = {
    "mae": skill.mean_absolute_error,
    "rmse": root_mean_squared_error,
    "accuracy": accuracy,
}


def beside(
    kind: str, logits: np.ndarray, target: np.ndarray, weights: Weights = None
) -> float | None:
    """The second measure of a kind of task, in the units of training; None if it has none.

    logits: (rows, outputs); target: encoded, see `Task.encode`.
    """
    name = BESIDE.get(kind)
    if name is None:
        return None
    if name == "log_loss":
        return log_loss(probabilities(kind, logits), target, weights)
    return _OF_PREDICTIONS[name](KINDS[kind].read(logits), target, weights)


def log_loss(shares: np.ndarray, target: np.ndarray, weights: Weights = None) -> float:
    """Mean of -log of the probability of what is true.

    shares: of classes, (rows, classes), target (rows,); or of labels, both (rows, labels), when
    it is the mean over these too.
    """
    held = np.clip(shares.astype(np.float64), SMALLEST, 1.0)
    if target.ndim == 1:
        logs = np.log(held[np.arange(len(target)), target.astype(np.int64)])
    else:
        true = np.where(target > 0, held, np.clip(1.0 - held, SMALLEST, 1.0))
        logs = np.log(true).mean(axis=1)
    return -float(np.average(logs, weights=weights))
