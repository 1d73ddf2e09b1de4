"""The kinds of task: for each the output, the loss, the score, and how outputs are read.

A row of `KINDS` holds all that distinguishes a kind after its target has been encoded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nonlin.tasks import skill
from nonlin.tasks.accuracy import Weights, accuracy, r_squared, root_mean_squared_error

Numbers = tuple[float, ...]
Judged = tuple[float, float | None]
NORMAL = 1.4826  # times the median absolute deviation: the spread of a normal distribution
STEEPEST = 700.0  # e^z is a number up to here
_BISHOP = "Bishop, Neural Networks for Pattern Recognition, 1995, section 6."


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of task means for a network.

    output, loss: see `nonlin.network`. score, error: measures, higher and lower is better; the
    error is in the units of the target (None: there is none). read(logits): predictions in the
    units of training. judge(logits, target, numbers, weights): score, and error in the units of
    training. location(target, numbers): mean and scale that turn the user's units into those of
    training. source: why this output and loss.
    """

    output: str
    loss: str
    score: str
    error: str | None
    read: Callable[[np.ndarray], np.ndarray]
    judge: Callable[[np.ndarray, np.ndarray, Numbers, Weights], Judged]
    location: Callable[[np.ndarray, Numbers], tuple[float, float]] | None
    source: str


def _identity(logits: np.ndarray) -> np.ndarray:
    return logits[:, 0]


def _softplus(logits: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, logits[:, 0].astype(np.float64))


def _exponential(logits: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(logits[:, 0].astype(np.float64), STEEPEST))


def _probabilities(logits: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0.0, -logits.astype(np.float64)))


def _share(logits: np.ndarray) -> np.ndarray:
    return _probabilities(logits[:, :1])[:, 0]


def _likelier(logits: np.ndarray) -> np.ndarray:
    return (logits[:, 0] > 0).astype(np.int64)


def _labels(logits: np.ndarray) -> np.ndarray:
    return (logits > 0).astype(np.int64)


def _largest(logits: np.ndarray) -> np.ndarray:
    return np.asarray(logits.argmax(axis=1))


def _rising(logits: np.ndarray) -> np.ndarray:
    """Quantiles in order: sorting brings none further from the truth (the source says why)."""
    return np.sort(logits, axis=1)


def _rank(logits: np.ndarray) -> np.ndarray:
    """How many classes are left behind with a probability above one half: the median class."""
    return np.asarray((np.cumprod(_probabilities(logits), axis=1) > 0.5).sum(axis=1))


def _accuracy(read: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Judged]:
    return lambda logits, target, _, weights: (accuracy(read(logits), target, weights), None)


def judge_probabilities(
    kind: Kind, logits: np.ndarray, target: np.ndarray, weights: Weights
) -> Judged:
    """Score and error of classes by their probabilities; a single logit is that of class 1."""
    from scipy.special import log_softmax

    scores = logits.astype(np.float64)
    if scores.shape[1] == 1:
        scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
    score = skill.d2_classes(log_softmax(scores, axis=1), target, weights)
    return score, 1.0 - accuracy(kind.read(logits), target, weights)


def _measured(
    read: Callable[[np.ndarray], np.ndarray],
    score: Callable[[np.ndarray, np.ndarray, Weights], float],
    error: Callable[[np.ndarray, np.ndarray, Weights], float],
) -> Callable[..., Judged]:
    def judge(logits: np.ndarray, target: np.ndarray, numbers: Numbers, weights: Weights) -> Judged:
        predicted = read(logits)
        return score(predicted, target, weights), error(predicted, target, weights)

    return judge


def _judge_labels(
    logits: np.ndarray, target: np.ndarray, numbers: Numbers, weights: Weights
) -> Judged:
    score = skill.d2_labels(_probabilities(logits), target, weights)
    return score, skill.mean_absolute_error(_labels(logits), target, weights)


def _judge_quantiles(
    logits: np.ndarray, target: np.ndarray, numbers: Numbers, weights: Weights
) -> Judged:
    predicted = _rising(logits)
    score = skill.d2_pinball(predicted, target, numbers, weights)
    return score, skill.pinball_loss(predicted, target, numbers, weights)


def _standardised(target: np.ndarray, numbers: Numbers) -> tuple[float, float]:
    scale = float(target.std())
    return float(target.mean()), scale if scale > 0 else 1.0


def _by_median(target: np.ndarray, numbers: Numbers) -> tuple[float, float]:
    """Median and spread around it, which far outliers do not move."""
    centre = float(np.median(target))
    spread = NORMAL * float(np.median(np.abs(target - centre)))
    return centre, spread if spread > 0 else _standardised(target, numbers)[1]


def _by_mean(target: np.ndarray, numbers: Numbers) -> tuple[float, float]:
    """0 stays 0, and the mean becomes 1."""
    mean = float(target.mean())
    return 0.0, mean if mean > 0 else 1.0


def _between(target: np.ndarray, numbers: Numbers) -> tuple[float, float]:
    low, high = numbers
    return low, high - low


_rmse = root_mean_squared_error
KINDS: dict[str, Kind] = {
    "regression": Kind(
        "identity",
        "squared_error",
        "r2",
        "rmse",
        _identity,
        _measured(_identity, r_squared, _rmse),
        _standardised,
        f"{_BISHOP}1",
    ),
    "robust": Kind(
        "identity",
        "huber",
        "d2_absolute",
        "mae",
        _identity,
        _measured(_identity, skill.d2_absolute, skill.mean_absolute_error),
        _by_median,
        "Huber, Annals of Mathematical Statistics 35, 1964",
    ),
    "positive": Kind(
        "softplus",
        "poisson_softplus",
        "d2_poisson",
        "rmse",
        _softplus,
        _measured(_softplus, skill.d2_poisson, _rmse),
        _by_mean,
        "Gourieroux, Monfort and Trognon, Econometrica 52, 1984",
    ),
    "counts": Kind(
        "exponential",
        "poisson",
        "d2_poisson",
        "rmse",
        _exponential,
        _measured(_exponential, skill.d2_poisson, _rmse),
        _by_mean,
        "McCullagh and Nelder, Generalized Linear Models, 1989, chapter 6",
    ),
    "proportion": Kind(
        "sigmoid",
        "fractional_cross_entropy",
        "d2_cross_entropy",
        "rmse",
        _share,
        _measured(_share, skill.d2_cross_entropy, _rmse),
        _between,
        "Papke and Wooldridge, Journal of Applied Econometrics 11, 1996",
    ),
    "quantiles": Kind(
        "identity",
        "pinball",
        "d2_pinball",
        "pinball",
        _rising,
        _judge_quantiles,
        _standardised,
        "Koenker and Bassett, Econometrica 46, 1978; "
        "Chernozhukov, Fernandez-Val and Galichon, Econometrica 78, 2010",
    ),
    "binary": Kind(
        "sigmoid",
        "binary_cross_entropy",
        "accuracy",
        None,
        _likelier,
        _accuracy(_likelier),
        None,
        f"{_BISHOP}7",
    ),
    "multiclass": Kind(
        "softmax",
        "cross_entropy",
        "accuracy",
        None,
        _largest,
        _accuracy(_largest),
        None,
        f"{_BISHOP}9",
    ),
    "multilabel": Kind(
        "sigmoid",
        "binary_cross_entropy",
        "d2_labels",
        "wrong",
        _labels,
        _judge_labels,
        None,
        f"{_BISHOP}8",
    ),
    "ordinal": Kind(
        "sigmoid",
        "corn",
        "kappa",
        "steps",
        _rank,
        _measured(_rank, skill.weighted_kappa, skill.mean_absolute_error),
        None,
        "Shi, Cao and Raschka, arXiv:2111.08851",
    ),
}
