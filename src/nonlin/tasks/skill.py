"""How much better predictions are than the best constant: 1 is perfect, 0 is that constant.

D^2 is the share of the deviance that is explained, which is R^2 for squared errors (Hastie,
Tibshirani and Wainwright, Statistical Learning with Sparsity, 2015, equation 3.11). Where the
constant leaves nothing to explain, it is 0. All arrays are float64, or become so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nonlin.tasks.accuracy import Weights

SMALLEST = 1e-38  # a predicted mean is held above this: float32 gives 0 below it
SURE = 1e-7  # a predicted share is held this far from 0 and 1, which float32 rounds to


def _explained(left: float, total: float) -> float:
    return 1.0 - left / total if total > 0 else 0.0


def mean_absolute_error(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """Mean of |predicted - y|, in the units of y; both arrays of the same shape."""
    errors = np.abs(predicted.astype(np.float64) - y)
    rows = errors if errors.ndim == 1 else errors.mean(axis=1)
    return float(np.average(rows, weights=weights))


def d2_absolute(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """D^2 of absolute errors, against the median of y; both arrays (rows,)."""
    y = y.astype(np.float64)
    constant = np.full_like(y, _quantiles(y, [0.5], weights)[0])
    left = mean_absolute_error(predicted, y, weights)
    return _explained(left, mean_absolute_error(constant, y, weights))


def d2_poisson(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """D^2 of the Poisson deviance, against the mean of y >= 0; both arrays (rows,)."""
    y = y.astype(np.float64)
    constant = np.full_like(y, np.average(y, weights=weights))
    return _explained(_poisson(predicted, y, weights), _poisson(constant, y, weights))


def _poisson(mean: np.ndarray, y: np.ndarray, weights: Weights) -> float:
    """Mean of y log(y / mean) - y + mean."""
    mean = np.maximum(mean.astype(np.float64), SMALLEST)
    logs = np.log(np.where(y > 0, y, mean)) - np.log(mean)
    return float(np.average(y * logs - y + mean, weights=weights))


def d2_cross_entropy(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """D^2 of the cross-entropy of shares, 0 to 1, against the mean of y; both arrays (rows,)."""
    y = y.astype(np.float64)
    constant = np.full_like(y, np.average(y, weights=weights))
    return _explained(_shares(predicted, y, weights), _shares(constant, y, weights))


def _shares(predicted: np.ndarray, y: np.ndarray, weights: Weights) -> float:
    share = np.clip(predicted.astype(np.float64), SURE, 1 - SURE)
    return _poisson(share, y, weights) + _poisson(1 - share, 1 - y, weights)


def d2_classes(logs: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """D^2 of the cross-entropy of classes, against their shares in y.

    logs: of the predicted probabilities, (rows, classes); y: class indices, (rows,). McFadden,
    in Frontiers in Econometrics, 1974.
    """
    shares = np.bincount(y, weights, minlength=logs.shape[1])
    shares = shares[shares > 0] / shares.sum()
    own = np.maximum(logs[np.arange(len(y)), y], np.log(SURE))
    left = -float(np.average(own, weights=weights))
    return _explained(left, -float(np.sum(shares * np.log(shares))))


def d2_labels(probabilities: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """Mean over the labels of `d2_cross_entropy`; both arrays (rows, labels), y of 0 and 1.

    A label that is the same in all these rows leaves nothing to explain and does not count.
    """
    varied = [k for k in range(y.shape[1]) if 0 < y[:, k].mean() < 1]
    found = [d2_cross_entropy(probabilities[:, k], y[:, k], weights) for k in varied]
    return float(np.mean(found)) if found else 0.0


def pinball_loss(
    predicted: np.ndarray, y: np.ndarray, levels: Sequence[float], weights: Weights = None
) -> float:
    """Mean over rows and levels, in the units of y; predicted (rows, levels), y (rows,)."""
    left = y[:, None].astype(np.float64) - predicted
    rates = np.asarray(levels)
    losses = np.maximum(rates * left, (rates - 1) * left)
    return float(np.average(losses.mean(axis=1), weights=weights))


def d2_pinball(
    predicted: np.ndarray, y: np.ndarray, levels: Sequence[float], weights: Weights = None
) -> float:
    """D^2 of `pinball_loss`, against the quantiles of y."""
    constant = np.broadcast_to(_quantiles(y, levels, weights), (len(y), len(levels)))
    left = pinball_loss(predicted, y, levels, weights)
    return _explained(left, pinball_loss(constant, y, levels, weights))


def _quantiles(y: np.ndarray, levels: Sequence[float], weights: Weights) -> np.ndarray:
    if weights is None:
        return np.asarray(np.quantile(y, levels))
    return np.asarray(np.quantile(y, levels, weights=weights, method="inverted_cdf"))


def weighted_kappa(predicted: np.ndarray, y: np.ndarray, weights: Weights = None) -> float:
    """Agreement of two rankings beyond chance, squared distances as weights; both (rows,).

    At most 1; 0 for any constant. Cohen, Psychological Bulletin 70, 1968.
    """
    both = np.stack([predicted.astype(np.float64), y.astype(np.float64)])
    means = np.average(both, axis=1, weights=weights)
    spread = np.average((both - means[:, None]) ** 2, axis=1, weights=weights)
    apart = float(np.average((both[0] - both[1]) ** 2, weights=weights))
    return _explained(apart, float(spread.sum() + (means[0] - means[1]) ** 2))
