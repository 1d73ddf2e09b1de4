"""How well predictions fit: accuracy, R^2, root mean squared error."""

from __future__ import annotations

import numpy as np


def accuracy(predicted: np.ndarray, y: np.ndarray) -> float:
    """Share of rows, 0 to 1, whose predicted class is the true one; both arrays (rows,)."""
    return float(np.mean(predicted == y))


def r_squared(predicted: np.ndarray, y: np.ndarray) -> float:
    """1 - sum of squared errors / sum of squared deviations from the mean of y; at most 1.

    0 is what predicting the mean of these rows gives, and what a constant y gives, which
    leaves nothing to explain (as in scikit-learn). Both arrays (rows,).
    """
    y = y.astype(np.float64)
    total = float(np.sum((y - y.mean()) ** 2))
    return 1.0 - float(np.sum((predicted - y) ** 2)) / total if total > 0 else 0.0


def root_mean_squared_error(predicted: np.ndarray, y: np.ndarray) -> float:
    """sqrt of the mean squared error, in the units of y; both arrays (rows,)."""
    return float(np.sqrt(np.mean((predicted.astype(np.float64) - y) ** 2)))
