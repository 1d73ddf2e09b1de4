"""What a race knows so far: outcomes by split and arm, and what the splits' sizes mean for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin.trials.contest import Arm, Outcome, Sizes


@dataclass(frozen=True, slots=True)
class Round:
    """One split that was run: its seed, its sizes, what came of the arms that ran."""

    seed: int
    sizes: Sizes
    outcomes: Mapping[Arm, Outcome]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Everything that was run.

    arms: of the contest, then those that were added. resolution_of(rows): see `Contest`.
    """

    arms: tuple[Arm, ...]
    resolution_of: Callable[[int], float]
    rounds: tuple[Round, ...] = ()

    def and_then(self, done: Round) -> Scores:
        """With one more split, or with more of the last one."""
        added = [arm for arm in done.outcomes if arm not in self.arms]
        before = self.rounds
        if before and before[-1].seed == done.seed:
            before = before[:-1]
        return replace(self, arms=(*self.arms, *added), rounds=(*before, done))

    def of(self, seeds: Iterable[int]) -> Scores:
        """Of these splits only."""
        kept = set(seeds)
        return replace(self, rounds=tuple(each for each in self.rounds if each.seed in kept))

    @property
    def candidates(self) -> tuple[Any, ...]:
        """Each once, in order."""
        return tuple(dict.fromkeys(arm.candidate for arm in self.arms))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All of them, split by split."""
        return tuple(each for done in self.rounds for each in done.outcomes.values())

    def ran(self, arm: Arm) -> list[Outcome]:
        """Those of one arm, one for each split that it ran in."""
        return [done.outcomes[arm] for done in self.rounds if arm in done.outcomes]

    def table(self, what: str, arms: Sequence[Arm]) -> np.ndarray:
        """A number of each outcome, (splits, arms); NaN where an arm did not run."""
        return np.array(
            [
                [
                    getattr(done.outcomes[arm], what) if arm in done.outcomes else math.nan
                    for arm in arms
                ]
                for done in self.rounds
            ]
        ).reshape(len(self.rounds), len(arms))

    def ratio(self) -> float:
        """Rows that test / rows that train, mean over the splits, which may differ in size."""
        return float(np.mean([sizes.test / sizes.train for sizes in self._sizes]))

    def resolution(self) -> float:
        """The smallest step of a score, mean over the splits."""
        return float(np.mean([self.resolution_of(sizes.test) for sizes in self._sizes]))

    @property
    def _sizes(self) -> list[Sizes]:
        return [done.sizes for done in self.rounds]

    def losses(self, arm: Arm) -> list[float]:
        """One for each split that it ran in; infinite where not a number."""
        found = (each.loss for each in self.ran(arm))
        return [loss if math.isfinite(loss) else math.inf for loss in found]

    def mean_loss(self, arm: Arm) -> float:
        """Infinite if one of its losses is not a number."""
        return float(np.mean(self.losses(arm)))

    def best(self, arms: Sequence[Arm]) -> Arm:
        """Of those that ran on the most splits the one with the lowest mean loss, or the first."""
        most = max(len(self.ran(arm)) for arm in arms)
        return min((arm for arm in arms if len(self.ran(arm)) == most), key=self.mean_loss)


def by_candidate(arms: Iterable[Arm]) -> dict[Any, list[Arm]]:
    """The arms of each candidate, in order."""
    found: dict[Any, list[Arm]] = {}
    for arm in arms:
        found.setdefault(arm.candidate, []).append(arm)
    return found
