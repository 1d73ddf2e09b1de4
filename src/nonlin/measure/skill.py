"""How much better predictions are than the best constant: 1 is perfect, 0 is that constant.

D^2 is the share of the deviance that is explained, which is R^2 for squared errors (Hastie,
Tibshirani and Wainwright, Statistical Learning with Sparsity, 2015, equation 3.11). Where the
constant leaves nothing to explain, it is 0. All arrays are float64, or become so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-38  # a predicted mean is held above this: float32 gives 0 below it
SURE = 1e-7  # a predicted share is held this far from 0 and 1, which float32 rounds to


def _explained(left: float, total: float) -> float:
    return 1.0 - left / total if total > 0 else 0.0


def mean_absolute_error(predicted: np.ndarray, y: np.ndarray) -> float:
    """Mean of |predicted - y|, in the units of y; both arrays of the same shape."""
    return float(np.mean(np.abs(predicted.astype(np.float64) - y)))


def d2_absolute(predicted: np.ndarray, y: np.ndarray) -> float:
    """D^2 of absolute errors, against the median of y; both arrays (rows,)."""
    y = y.astype(np.float64)
    return _explained(mean_absolute_error(predicted, y), float(np.mean(np.abs(y - np.median(y)))))


def d2_poisson(predicted: np.ndarray, y: np.ndarray) -> float:
    """D^2 of the Poisson deviance, against the mean of y >= 0; both arrays (rows,)."""
    y = y.astype(np.float64)
    return _explained(_poisson(predicted, y), _poisson(np.full_like(y, y.mean()), y))


def _poisson(mean: np.ndarray, y: np.ndarray) -> float:
    """Sum of y log(y / mean) - y + mean."""
    mean = np.maximum(mean.astype(np.float64), SMALLEST)
    logs = np.log(np.where(y > 0, y, mean)) - np.log(mean)
    return float(np.sum(y * logs - y + mean))


def d2_cross_entropy(predicted: np.ndarray, y: np.ndarray) -> float:
    """D^2 of the cross-entropy of shares, 0 to 1, against the mean of y; both arrays (rows,)."""
    y = y.astype(np.float64)
    return _explained(_shares(predicted, y), _shares(np.full_like(y, y.mean()), y))


def _shares(predicted: np.ndarray, y: np.ndarray) -> float:
    share = np.clip(predicted.astype(np.float64), SURE, 1 - SURE)
    return _poisson(share, y) + _poisson(1 - share, 1 - y)


def d2_labels(probabilities: np.ndarray, y: np.ndarray) -> float:
    """Mean over the labels of `d2_cross_entropy`; both arrays (rows, labels), y of 0 and 1.

    A label that is the same in all these rows leaves nothing to explain and does not count.
    """
    varied = [k for k in range(y.shape[1]) if 0 < y[:, k].mean() < 1]
    found = [d2_cross_entropy(probabilities[:, k], y[:, k]) for k in varied]
    return float(np.mean(found)) if found else 0.0


def pinball_loss(predicted: np.ndarray, y: np.ndarray, levels: Sequence[float]) -> float:
    """Mean over rows and levels, in the units of y; predicted (rows, levels), y (rows,)."""
    left = y[:, None].astype(np.float64) - predicted
    rates = np.asarray(levels)
    return float(np.mean(np.maximum(rates * left, (rates - 1) * left)))


def d2_pinball(predicted: np.ndarray, y: np.ndarray, levels: Sequence[float]) -> float:
    """D^2 of `pinball_loss`, against the quantiles of y."""
    constant = np.broadcast_to(np.quantile(y, levels), (len(y), len(levels)))
    return _explained(pinball_loss(predicted, y, levels), pinball_loss(constant, y, levels))


def weighted_kappa(predicted: np.ndarray, y: np.ndarray) -> float:
    """Agreement of two rankings beyond chance, squared distances as weights; both (rows,).

    At most 1; 0 for any constant. Cohen, Psychological Bulletin 70, 1968.
    """
    predicted, y = predicted.astype(np.float64), y.astype(np.float64)
    apart = float(np.mean((predicted - y) ** 2))
    by_chance = predicted.var() + y.var() + (predicted.mean() - y.mean()) ** 2
    return _explained(apart, float(by_chance))
