"""Which rows a trial is trained on, which it holds out, and how many `stability` looks at."""

from __future__ import annotations

import numpy as np

LOOKED = 512  # rows tell the mean of z^2 to some percent
FOLDS = 5  # of which one is held out
FEWEST = 20  # rows that are worth holding some out


def split(rows: int, fold: int) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers to train on, and those held out; all of them twice where rows are few.

    fold: from 0 to FOLDS - 1. In random order, the same for all folds.
    """
    order = np.random.default_rng(0).permutation(rows)
    if rows < FEWEST:
        return order, order
    out = slice(fold, None, FOLDS)
    return np.delete(order, out), order[out]
