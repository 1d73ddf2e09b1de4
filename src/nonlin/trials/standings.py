"""From a race to a ranking: the best setting of each candidate, and what may be claimed of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nonlin.trials import statistics
from nonlin.trials.contest import Arm, Outcome
from nonlin.trials.race import Race
from nonlin.trials.scores import Scores, by_candidate


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One candidate at its best setting.

    seeds, outcomes: of the splits in which it ran; stopped: it did not run in the later ones.
    leader: first on validation rows. p_value: against the leader, on test rows, after Holm. tied:
    it ran to the end, without a significant difference to the leader. difference: of its mean test
    score to the leader's, on the splits that both ran, with half of its 95 % interval (None: one
    split, or the leader itself); half_width: the same of the score, standard_error: of it.
    """

    arm: Arm
    seeds: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    stopped: bool
    leader: bool
    tied: bool
    p_value: float
    standard_error: float | None
    half_width: float | None
    difference: float
    difference_half_width: float | None

    @property
    def claimed(self) -> float:
        """Mean score on test rows."""
        return float(np.mean([each.claimed for each in self.outcomes]))

    @property
    def validated(self) -> float:
        """Mean score on validation rows; minus infinity where one is not a number."""
        mean = float(np.mean([each.validated for each in self.outcomes]))
        return mean if math.isfinite(mean) else -math.inf

    @property
    def diverged(self) -> int:
        """How many of its runs did."""
        return sum(each.diverged for each in self.outcomes)

    def measured(self, name: str) -> list[float]:
        """A measure by its name, one number for each split."""
        return [each.measures[name] for each in self.outcomes]


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something by which one of the tied is preferred: the smaller the value, the better.

    Its steps must be so coarse that chance does not decide. shown: the same for a reader.
    """

    name: str
    value: Callable[[Standing], float]
    shown: Callable[[Standing], str]


def preference(row: Standing, prefer: Iterable[Criterion]) -> tuple[float, ...]:
    """What is compared; the first criterion counts most."""
    return tuple(each.value(row) for each in prefer)


def preferred(rows: Sequence[Standing], prefer: Sequence[Criterion]) -> Standing:
    """Of the tied the one to take. The leader after a single split: nothing is known of chance."""
    if max(len(row.seeds) for row in rows) < 2:
        return next(row for row in rows if row.leader)
    return min((row for row in rows if row.tied), key=lambda row: preference(row, prefer))


def standings(race: Race, usable: Callable[[Outcome], bool] = lambda _: True) -> list[Standing]:
    """The ranking: best score first, what stopped early last, its mean being over fewer splits.

    The leader is picked on validation rows, and compared with the others on test rows. A
    candidate with a score that is not finite, or an outcome that is not usable, is left out.
    """
    scores = race.scores
    ran = [arm for arm in scores.arms if scores.ran(arm)]
    at_best = (_setting(race, own) for own in by_candidate(ran).values())
    arms = [arm for arm in at_best if _sound(scores.ran(arm), usable)]
    if not arms:
        return []
    leader = max(range(len(arms)), key=lambda k: _validated(scores, arms[k]))
    table = scores.table("claimed", arms)
    found = statistics.compare(table, scores.ratio(), scores.resolution(), leader=leader)
    rows = [
        _standing(scores, arm, table[:, [place, leader]], found, place)
        for place, arm in enumerate(arms)
    ]
    return sorted(rows, key=lambda row: (row.stopped, -row.claimed))


def _setting(race: Race, own: Sequence[Arm]) -> Arm:
    """The best of those that had not stopped before the candidate did."""
    left = [arm for arm in own if arm in race.alive]
    last = next(done for done in reversed(race.rounds) if any(arm in done.outcomes for arm in own))
    return race.scores.best(left or [arm for arm in own if arm in last.outcomes])


def _sound(outcomes: Sequence[Outcome], usable: Callable[[Outcome], bool]) -> bool:
    return all(math.isfinite(each.claimed) and usable(each) for each in outcomes)


def _validated(scores: Scores, arm: Arm) -> tuple[int, float]:
    """In how many splits it ran, then its mean score on validation rows: more is better."""
    ran = scores.ran(arm)
    mean = float(np.mean([each.validated for each in ran]))
    return len(ran), mean if math.isfinite(mean) else -math.inf


def _standing(
    scores: Scores, arm: Arm, table: np.ndarray, found: statistics.Comparison, place: int
) -> Standing:
    """table: of the arm and of the leader, (splits, 2)."""
    ratio, step = scores.ratio(), scores.resolution()
    own = table[np.isfinite(table[:, 0]), 0].tolist()
    gaps = table[:, 0] - table[:, 1]
    shared = gaps[np.isfinite(gaps)].tolist()
    leads = place == found.leader
    stopped = len(own) < len(scores.rounds)
    return Standing(
        arm=arm,
        seeds=tuple(done.seed for done in scores.rounds if arm in done.outcomes),
        outcomes=tuple(scores.ran(arm)),
        stopped=stopped,
        leader=leads,
        tied=found.tied[place] and not stopped,
        p_value=found.adjusted[place],
        standard_error=statistics.standard_error(own, ratio, step),
        half_width=statistics.half_width(own, ratio, step),
        difference=float(np.mean(shared)) if shared else math.nan,
        difference_half_width=None if leads else statistics.half_width(shared, ratio, step),
    )
