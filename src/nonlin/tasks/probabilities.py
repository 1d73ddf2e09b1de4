"""The probabilities that logits mean, for the kinds of task that tell classes or labels apart."""

from __future__ import annotations

import numpy as np


def probabilities(kind: str, logits: np.ndarray) -> np.ndarray:
    """Of each class, or of each label, (rows, classes), float64.

    logits: (rows, outputs). One of two classes has one logit, ordered ones have one for each step.
    """
    from scipy.special import expit, softmax

    found = logits.astype(np.float64)
    if kind == "multiclass":
        return np.asarray(softmax(found, axis=1))
    shares = np.asarray(expit(found))
    if kind == "binary":
        return np.concatenate([1 - shares, shares], axis=1)
    return _of_steps(shares) if kind == "ordinal" else shares


def _of_steps(steps: np.ndarray) -> np.ndarray:
    """Of ordered classes, from those of each step once it is reached (CORN)."""
    ends = np.ones((len(steps), 1), steps.dtype)
    beyond = np.concatenate([ends, np.cumprod(steps, axis=1), 0 * ends], axis=1)
    return np.asarray(beyond[:, :-1] - beyond[:, 1:])
