"""What the scores of several random splits allow to claim.

Random splits share training rows, so the naive t test finds differences that are not there;
Nadeau and Bengio ("Inference for the generalization error", Machine Learning 52, 2003)
enlarge the variance of the mean from s^2 / J to (1/J + test rows / training rows) s^2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonlin._errors import InputError

ROUNDING = 1e-14  # spread of equal differences of scores, as they come out of subtractions
LEVEL = 0.95  # of intervals; 1 - LEVEL is the family-wise error rate of the comparisons


@dataclass(frozen=True, slots=True)
class Comparison:
    """The leader against every arm.

    leader: its index. p_values: two-sided, 1 for the leader itself; adjusted: the same after
    Holm. tied: no significant difference to the leader, which is tied with itself.
    """

    leader: int
    p_values: tuple[float, ...]
    adjusted: tuple[float, ...]
    tied: tuple[bool, ...]


def standard_error(values: Sequence[float], ratio: float, resolution: float = 0.0) -> float | None:
    """Corrected standard error of the mean of J values, one per random split.

    ratio: test rows / training rows. resolution: the smallest step of a value; a standard
    deviation below it says that the scale is coarse, not that there is no spread, so it is
    not believed. None for fewer than two values.
    """
    count = len(values)
    if count < 2:
        return None
    spread = max(float(np.std(values, ddof=1)), resolution)
    return math.sqrt(1 / count + ratio) * spread


def half_width(
    values: Sequence[float], ratio: float, resolution: float = 0.0, level: float = LEVEL
) -> float | None:
    """Half the width of the corrected t interval of the mean; None for fewer than two values."""
    from scipy import stats

    error = standard_error(values, ratio, resolution)
    if error is None:
        return None
    return float(stats.t.ppf(0.5 + level / 2, len(values) - 1)) * error


def paired_p_value(
    differences: Sequence[float], ratio: float, resolution: float = 0.0
) -> float | None:
    """Two-sided p of the corrected paired t test that the mean difference is 0.

    1 if all differences are equal and resolution is 0: few values that agree by chance are no
    sign that there is no spread, so nothing can be told. None for fewer than two differences.
    """
    from scipy import stats

    error = standard_error(differences, ratio, resolution)
    if error is None:
        return None
    mean = abs(float(np.mean(differences)))
    if error <= ROUNDING * max(1.0, mean):
        return 1.0
    return float(2 * stats.t.sf(mean / error, len(differences) - 1))


def within(
    differences: Sequence[float], margin: float, ratio: float, resolution: float = 0.0
) -> float | None:
    """The probability that the mean difference lies within the margin, on either side of 0.

    The correlated Bayesian t test with a region of practical equivalence (Benavoli, Corani,
    Demsar and Zaffalon, JMLR 18:77, 2017): its posterior is the t distribution of the corrected
    test. None for fewer than two differences.
    """
    from scipy import stats

    error = standard_error(differences, ratio, resolution)
    if error is None:
        return None
    mean = float(np.mean(differences))
    if error <= ROUNDING * max(1.0, abs(mean)):
        return float(abs(mean) < margin)
    below, above = stats.t.cdf([-margin, margin], len(differences) - 1, mean, error)
    return float(above - below)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values (Scandinavian Journal of Statistics 6, 1979), same order."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def compare(
    scores: np.ndarray,
    ratio: float,
    resolution: float = 0.0,
    level: float = LEVEL,
    leader: int | None = None,
) -> Comparison:
    """The leader against all other arms, Holm over the others.

    leader: picked by something else than these scores, so that they are free to judge it; if
    not given, the arm with the highest mean. Then, where all arms are equal (simulated, 5
    rounds), an arm that beats all others is named in under 1 % of the cases for 4 arms and
    more, but some arm is called worse in 7 % for 4 arms and 12 % for 12.

    scores: (splits, arms), higher is better, paired by split, NaN where an arm did not run; at
    least one of each. Where the leader and an arm share fewer than two splits, nothing can be
    claimed: p is 1. Raises InputError for an arm without any score, and for infinite ones.
    """
    if scores.ndim != 2 or scores.size == 0 or not np.isfinite(scores).any(axis=0).all():
        raise InputError("scores_not_usable", shape=scores.shape)
    if np.isinf(scores).any():
        raise InputError("scores_not_usable", shape=scores.shape)
    arms = range(scores.shape[1])
    if leader is None:
        leader = int(np.argmax(np.nanmean(scores, axis=0)))
    single = [1.0] * len(arms)
    for arm in arms:
        differences = scores[:, leader] - scores[:, arm]
        p = paired_p_value(differences[np.isfinite(differences)].tolist(), ratio, resolution)
        single[arm] = 1.0 if p is None else p
    others = [arm for arm in arms if arm != leader]
    adjusted = [1.0] * len(arms)
    for arm, p in zip(others, holm([single[arm] for arm in others]), strict=True):
        adjusted[arm] = p
    tied = tuple(p >= 1 - level for p in adjusted)
    return Comparison(leader, tuple(single), tuple(adjusted), tied)
