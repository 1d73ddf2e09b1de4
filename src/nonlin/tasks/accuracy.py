"""How well predictions fit: accuracy, R^2, root mean squared error."""

from __future__ import annotations

import numpy as np

Weights = np.ndarray | None  # (rows,), how much each row counts; None: all alike


def accuracy(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """Share of rows, 0 to 1, whose predicted class is the true one; both arrays (rows,)."""
    return float(np.average(predicted == y, weights=weights))


def r_squared(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """1 - sum of squared errors / sum of squared deviations from the mean of y; at most 1.

    0 is what predicting the mean of these rows gives, and what a constant y gives, which
    leaves nothing to explain (as in scikit-learn). Both arrays (rows,).
    """
    y = y.astype(np.float64)
    mean = np.average(y, weights=weights)
    total = float(np.average((y - mean) ** 2, weights=weights))
    left = float(np.average((predicted - y) ** 2, weights=weights))
    return 1.0 - left / total if total > 0 else 0.0


def root_mean_squared_error(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """sqrt of the mean squared error, in the units of y; both arrays (rows,)."""
    squares = (predicted.astype(np.float64) - y) ** 2
    return float(np.sqrt(np.average(squares, weights=weights)))
