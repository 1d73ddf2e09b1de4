"""The best linear model: a network without hidden layers, fitted until nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nonlin.network.blas import single_threaded_blas
from nonlin.network.goal import goal
from nonlin.network.loss import Loss
from nonlin.network.network import Network

PENALTIES = (1e3, 1e2, 1e1, 1.0, 0.1)  # over the number of rows, before half of |weights|^2
STEPS = 300  # of L-BFGS at most, for each penalty

Rows = tuple[np.ndarray, ...]


def fit_linear(
    network: Network,
    train: Rows,
    validation: Rows,
    loss: str | Loss | None = None,
    penalties: Sequence[float] = PENALTIES,
) -> Network:
    """A network without hidden layers with the weights of least penalised mean loss.

    network: float64, without hidden layers; its own weights do not matter. train, validation:
    inputs (rows, columns), targets and, if not all count alike, weights, as in `Network.fit`.
    penalties: tried from the largest on, until the loss on the validation rows rises. 1 is what
    LogisticRegression of scikit-learn takes by default. The problem is convex for every loss, so
    that no learning rate and no seed decide (L-BFGS: Liu and Nocedal, Mathematical Programming
    45, 1989).
    """
    with single_threaded_blas:  # 10 times as fast for these sizes
        return _along_the_path(network, train, validation, loss, penalties)


def _along_the_path(
    network: Network,
    train: Rows,
    validation: Rows,
    loss: str | Loss | None,
    penalties: Sequence[float],
) -> Network:
    """From the largest penalty on; each begins where the one before ended."""
    inputs, rows = train[0].astype(np.float64), len(train[0])
    inside = goal(network, train[0], train[1], loss, *train[2:])
    outside = goal(network, validation[0], validation[1], loss, *validation[2:])
    held_out = validation[0].astype(np.float64)
    best, least = network, np.inf
    weights = np.zeros((inputs.shape[1] + 1, network.sizes[-1]))  # the last row: the biases
    for penalty in sorted(penalties, reverse=True):
        weights = _minimum(inside, inputs, penalty / rows, weights)
        found = outside(held_out @ weights[:-1] + weights[-1], slice(None))[0]
        if not found < least:
            break
        least, best = found, network.with_weights([weights[:-1]], [weights[-1]])
    return best


def _minimum(wanted: Any, inputs: np.ndarray, penalty: float, start: np.ndarray) -> np.ndarray:
    """Weights and biases, shaped as `start`, of least mean loss with this penalty."""
    from scipy.optimize import minimize

    rows = len(inputs)

    def penalised(flat: np.ndarray) -> tuple[float, np.ndarray]:
        given = flat.reshape(start.shape)
        total, slopes = wanted(inputs @ given[:-1] + given[-1], slice(None))
        gradient = np.vstack([inputs.T @ slopes, slopes.sum(axis=0)]) / rows
        gradient[:-1] += penalty * given[:-1]
        size = 0.5 * penalty * float(np.square(given[:-1]).sum())
        return total / rows + size, gradient.ravel()

    options = {"maxiter": STEPS}
    found = minimize(penalised, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    result: np.ndarray = found.x.reshape(start.shape)
    return result
