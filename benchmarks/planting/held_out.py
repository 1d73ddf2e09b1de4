"""How wrong a network is on rows that nobody saw: 0 never, 1 as much as the best constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planting.setup import Built
from planting.tables import Task

LARGEST = 1.0  # worse than a constant counts as a constant: nothing was learnt
LEARNT = 0.9


class Wrong(NamedTuple):
    """Shares of what the best constant has.

    error: wrong classes, squared error (mean over targets), or Poisson deviance, at most 1.
    loss: the same, but cross-entropy for classes.
    """

    error: float
    loss: float


def clearly_better(mine: Sequence[Wrong], theirs: Sequence[Wrong], share: float) -> bool:
    """Has `theirs` on every seed more by this share of what `mine` gains, in error and in loss?"""
    return all(_better(*pair, share) for pair in zip(mine, theirs, strict=True))


def better_on_mean(mine: Sequence[Wrong], theirs: Sequence[Wrong], share: float) -> bool:
    """The same of the means over the seeds."""
    return _better(_mean(mine), _mean(theirs), share)


def _mean(found: Sequence[Wrong]) -> Wrong:
    error, loss = np.mean(found, axis=0)
    return Wrong(float(error), float(loss))


def _better(mine: Wrong, theirs: Wrong, share: float) -> bool:
    pairs = (mine.error, theirs.error), (min(mine.loss, LARGEST), min(theirs.loss, 2 * LARGEST))
    return mine.error < LEARNT and all(
        more - less >= share * (LARGEST - less) and more > less for less, more in pairs
    )


def wrong(built: Built, task: Task) -> Wrong:
    """Of the network after its training, on the held-out rows."""
    with np.errstate(all="ignore"):
        given = built.trained().forward(built.held_inputs).astype(np.float64)
        return _wrong(given, built, task)


def _wrong(given: np.ndarray, built: Built, task: Task) -> Wrong:
    y, seen = built.held_targets, built.y
    if task == "values":
        return _values(given, y.reshape(len(y), -1), seen.reshape(len(seen), -1))
    if task == "counts":
        return _share(_deviance(given[:, 0], y), _deviance(seen.mean(), y))
    if task == "binary":
        given, both = given.reshape(-1, 1), np.mean(seen)
        given, rates = np.hstack([1 - given, given]), np.array([1 - both, both])
    else:
        rates = np.bincount(seen.astype(int), minlength=given.shape[1]) / len(seen)
    return _classes(given, y.astype(int), rates)


def _values(given: np.ndarray, y: np.ndarray, seen: np.ndarray) -> Wrong:
    mine, constant = ((given - y) ** 2).mean(0), ((seen.mean(0) - y) ** 2).mean(0)
    shares = np.minimum(np.nan_to_num(mine / constant, nan=1e9), 1e9)
    return Wrong(float(np.minimum(shares, LARGEST).mean()), float(shares.mean()))


def _classes(given: np.ndarray, y: np.ndarray, rates: np.ndarray) -> Wrong:
    error = np.mean(given.argmax(1) != y) / np.mean(rates.argmax() != y)
    sure = np.clip(np.nan_to_num(given[np.arange(len(y)), y]), 1e-7, 1.0)
    constant = -np.log(rates[y]).mean()
    return Wrong(min(float(error), LARGEST), float(-np.log(sure).mean() / constant))


def _deviance(mean: np.ndarray | float, y: np.ndarray) -> float:
    """Of Poisson variables; a mean that is not positive counts as 1 % of the true one."""
    mean = np.clip(np.nan_to_num(mean, nan=1e9), 0.01 * y.mean(), 1e9)
    return float(2 * np.mean(np.where(y > 0, y * np.log(np.maximum(y, 1) / mean), 0) - (y - mean)))


def _share(mine: float, constant: float) -> Wrong:
    return Wrong(min(mine / constant, LARGEST), mine / constant)
