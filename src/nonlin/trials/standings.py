"""From a race to a ranking: the best setting of each candidate, and what may be claimed of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nonlin.trials import statistics
from nonlin.trials.contest import Arm, Outcome
from nonlin.trials.race import Race
from nonlin.trials.scores import Scores, by_candidate

NEAR = 0.25  # standard errors of the leader's loss within which stability may decide
Verdict = Literal["leader", "worse", "better", "equal", "open", "stopped"]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One candidate at its best setting.

    seeds, outcomes: of the splits in which it ran; stopped: it did not run in the later ones.
    leader: the lowest loss on validation rows. p_value: against the leader, on test rows, after
    Holm over all that did not stop; 1 for what stopped. tied: it ran to the end, without a
    significant difference to the leader. equal: the probability that its score differs from the
    leader's by less than the margin (None: one split, or the leader itself). difference: of its
    mean test score to the leader's, on the splits that both ran, with half of its 95 % interval
    (None: as before); half_width: the same of the score, standard_error: of it. loss_difference:
    of its mean loss on validation rows to the leader's, on the splits that both ran: what stops.
    """

    arm: Arm
    seeds: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    stopped: bool
    leader: bool
    tied: bool
    p_value: float
    equal: float | None
    standard_error: float | None
    half_width: float | None
    difference: float
    difference_half_width: float | None
    loss_difference: float

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
    def losses(self) -> list[float]:
        """On validation rows, one for each split."""
        return [each.loss for each in self.outcomes]

    @property
    def verdict(self) -> Verdict:
        """What may be claimed of it beside the leader: that it is worse (or better: validation
        rows may err), that it is practically equal, or neither, which is open; nothing of what
        stopped.
        """
        if self.leader or self.stopped:
            return "leader" if self.leader else "stopped"
        if not self.tied:
            return "worse" if self.difference < 0 else "better"
        return "equal" if (self.equal or 0.0) >= statistics.LEVEL else "open"

    @property
    def diverged(self) -> int:
        """How many of its runs did."""
        return sum(each.diverged for each in self.outcomes)

    def measured(self, name: str) -> list[float]:
        """A measure by its name, one number for each split."""
        return [each.measures[name] for each in self.outcomes]

    def has(self, name: str) -> bool:
        """Is it known of every split? A journal that is older than a measure lacks it."""
        return all(name in each.measures for each in self.outcomes)


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that may move the choice off the leader: the smaller the value, the better.

    Its steps must be so coarse that chance does not decide. shown: the same for a reader.
    """

    name: str
    value: Callable[[Standing], float]
    shown: Callable[[Standing], object]


def preferred(rows: Sequence[Standing], prefer: Sequence[Criterion]) -> Standing:
    """The leader, or one that is as good on validation rows, but for a fraction of a standard
    error, and better by these criteria, of which the first counts most.
    """
    leader = next(row for row in rows if row.leader)
    sound = len(leader.losses) > 1 and all(map(math.isfinite, leader.losses))
    error = statistics.standard_error(leader.losses, 0.0) if sound else None
    if error is None:
        return leader
    most = float(np.mean(leader.losses)) + NEAR * error
    near = [row for row in rows if row.tied and math.fsum(row.losses) <= most * len(row.losses)]
    return min((leader, *near), key=lambda row: tuple(each.value(row) for each in prefer))


def standings(
    race: Race,
    usable: Callable[[Outcome], bool] = lambda _: True,
    margin: float = 0.0,
    least: float = -math.inf,
) -> list[Standing]:
    """The ranking: best score first; then what stopped early, the last one to stop first.

    The leader is picked on validation rows, and compared with the others on test rows; margin:
    of a score, within which two are practically equal; least: that of a constant. A leader that
    has no more is not called better than anything: it may be better in learning noise only. A
    candidate with a score that is not finite, or an outcome that is not usable, is left out.
    """
    scores = race.scores
    ran = [arm for arm in scores.arms if scores.ran(arm)]
    at_best = (scores.best(own) for own in by_candidate(ran).values())
    arms = [arm for arm in at_best if _sound(scores.ran(arm), usable)]
    if not arms:
        return []
    leader = min(arms, key=lambda arm: (-len(scores.ran(arm)), scores.mean_loss(arm)))
    whole = [arm for arm in arms if len(scores.ran(arm)) == len(scores.rounds)] or [leader]
    found = statistics.compare(
        scores.table("claimed", whole),
        scores.ratio(),
        scores.resolution(),
        leader=whole.index(leader),
    )
    worth = np.mean([each.claimed for each in scores.ran(leader)]) > least
    p_values = dict(zip(whole, found.adjusted if worth else [1.0] * len(whole), strict=True))
    rows = [_standing(scores, arm, leader, p_values.get(arm), margin) for arm in arms]
    return sorted(rows, key=_place)


def _place(row: Standing) -> tuple[bool, int, float, bool]:
    """Means over few splits are no order: what stopped stands in the order of stopping. Of
    equal scores the leader's is the first.
    """
    return row.stopped, -len(row.seeds), -row.claimed, not row.leader


def _sound(outcomes: Sequence[Outcome], usable: Callable[[Outcome], bool]) -> bool:
    return all(math.isfinite(each.claimed) and usable(each) for each in outcomes)


def _standing(
    scores: Scores, arm: Arm, leader: Arm, p_value: float | None, margin: float
) -> Standing:
    """p_value: None for what stopped."""
    ratio, step = scores.ratio(), scores.resolution()
    table = scores.table("claimed", [arm, leader])
    own = table[np.isfinite(table[:, 0]), 0].tolist()
    gaps = table[:, 0] - table[:, 1]
    shared = gaps[np.isfinite(gaps)].tolist()
    leads = arm == leader
    stopped = p_value is None
    return Standing(
        arm=arm,
        seeds=tuple(done.seed for done in scores.rounds if arm in done.outcomes),
        outcomes=tuple(scores.ran(arm)),
        stopped=stopped,
        leader=leads,
        tied=p_value is not None and p_value >= 1 - statistics.LEVEL,
        p_value=1.0 if p_value is None else p_value,
        equal=None if leads else statistics.within(shared, margin, ratio, step),
        standard_error=statistics.standard_error(own, ratio, step),
        half_width=statistics.half_width(own, ratio, step),
        difference=float(np.mean(shared)) if shared else math.nan,
        difference_half_width=None if leads else statistics.half_width(shared, ratio, step),
        loss_difference=_loss_difference(scores, arm, leader),
    )


def _loss_difference(scores: Scores, arm: Arm, leader: Arm) -> float:
    losses = scores.table("loss", [arm, leader])
    both = losses[~np.isnan(losses).any(axis=1)]
    with np.errstate(invalid="ignore"):  # two networks that diverged
        return float(np.mean(both[:, 0] - both[:, 1])) if len(both) else math.nan
