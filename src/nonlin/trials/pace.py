"""Paces: which arms run on the next split, and when more splits would change nothing.

Everything here is decided on validation rows. Sources: Nadeau and Bengio, Machine Learning 52,
2003 (the corrected paired test); Birattari et al., GECCO 2002 (racing).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nonlin.trials.contest import Arm
from nonlin.trials.scores import Scores, by_candidate, gaps
from nonlin.trials.statistics import LEVEL

CLEARLY = 0.2  # p value below which something is clearly behind
FEWEST = 2  # candidates that halving leaves
LEAST_FOR_A_TIE = 3  # splits


@dataclass(frozen=True, slots=True)
class Turn:
    """Who runs on the next split; ended: why there need be none ("decided", "tie"), or None."""

    arms: tuple[Arm, ...]
    ended: str | None = None


class Pace(Protocol):
    """What a split costs, and who takes part in it."""

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """After some splits (none at first), of which the last was run by `alive`.

        May also name arms that the contest had not: settings beside the best one.
        """


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing stops."""

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """All that ran."""
        return Turn(tuple(alive))


@dataclass(frozen=True, slots=True)
class Halving:
    """Settings that are clearly behind stop, and the worse half of the candidates."""

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """The better half, at least FEWEST candidates."""
        if not scores.rounds:
            return Turn(tuple(alive))
        left = _settings(scores, alive)
        means = {arm.candidate: _mean(scores, arm) for arm in _leading(scores, left)}
        ranked = sorted(means, key=lambda candidate: -means[candidate])
        going = ranked[: max(math.ceil(len(ranked) / 2), FEWEST)]
        return Turn(tuple(arm for arm in left if arm.candidate in going))


@dataclass(frozen=True, slots=True)
class Racing:
    """What is clearly behind stops: a setting behind the best one of its candidate, a candidate
    behind the best one (corrected paired t test, level CLEARLY). splits: that are planned.
    """

    splits: int

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """At least the best candidate at its best setting."""
        if not scores.rounds:
            return Turn(tuple(alive))
        left = _settings(scores, alive)
        best, others = _parted(scores, left)
        gone = {arm.candidate for arm in others if _behind(scores, best, arm)}
        going = tuple(arm for arm in left if arm.candidate not in gone)
        return Turn(going, self._ended(scores, going))

    def _ended(self, scores: Scores, going: Sequence[Arm]) -> str | None:
        if len(scores.candidates) == 1:
            return None
        if len(by_candidate(going)) == 1:
            return "decided"
        return "tie" if undecidable(scores, going, self.splits) else None


def undecidable(scores: Scores, going: Sequence[Arm], planned: int) -> bool:
    """Would what is left be tied even after all planned splits?

    Each mean difference to the best is taken a standard error larger than it is.
    """
    if len(scores.rounds) < LEAST_FOR_A_TIE:
        return False
    best, others = _parted(scores, going)
    ratio, step = scores.ratio("validation"), scores.resolution("validation")
    for arm in others:
        ahead = _ahead(scores, best, arm)
        spread = max(float(np.std(ahead, ddof=1)), step)
        mean = abs(float(np.mean(ahead))) + spread / math.sqrt(len(ahead))
        if _p_value(mean, spread, planned, ratio) < 1 - LEVEL:
            return False
    return True


def _p_value(mean: float, spread: float, splits: int, ratio: float) -> float:
    from scipy import stats

    error = math.sqrt(1 / splits + ratio) * spread
    return float(2 * stats.t.sf(mean / error, splits - 1)) if error > 0 else 1.0


def _mean(scores: Scores, arm: Arm) -> float:
    return float(np.mean([*scores.validated(arm).values()]))


def _leading(scores: Scores, arms: Sequence[Arm]) -> list[Arm]:
    """The best setting of each candidate."""
    return [scores.best(own) for own in by_candidate(arms).values()]


def _parted(scores: Scores, arms: Sequence[Arm]) -> tuple[Arm, list[Arm]]:
    """The best candidate at its best setting, and the others at theirs."""
    leading = _leading(scores, arms)
    best = max(leading, key=lambda arm: _mean(scores, arm))
    return best, [arm for arm in leading if arm != best]


def _settings(scores: Scores, alive: Sequence[Arm]) -> tuple[Arm, ...]:
    """Without the settings that are clearly behind the best one of their candidate."""
    if len(scores.rounds) < 2:
        return tuple(alive)
    best = {arm.candidate: arm for arm in _leading(scores, alive)}
    return tuple(arm for arm in alive if _goes_on(scores, best[arm.candidate], arm))


def _goes_on(scores: Scores, best: Arm, arm: Arm) -> bool:
    if arm == best:
        return True
    lowest = scores.losses(best)
    worse = gaps(scores.losses(arm), lowest)
    if not all(map(math.isfinite, worse)):
        return math.inf in lowest.values()
    p = scores.chance(worse)
    return p is None or p >= CLEARLY


def _ahead(scores: Scores, best: Arm, arm: Arm) -> list[float]:
    return gaps(scores.validated(best), scores.validated(arm))


def _behind(scores: Scores, best: Arm, arm: Arm) -> bool:
    """Is it clearly behind the best?"""
    ahead = _ahead(scores, best, arm)
    p = scores.chance(ahead, scores.resolution("validation"))
    return p is not None and p < CLEARLY and float(np.mean(ahead)) > 0
