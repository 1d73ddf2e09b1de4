"""What a race knows so far: outcomes by split and arm, and what the splits' sizes mean for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin.trials.contest import Arm, Outcome, Part, Sizes
from nonlin.trials.statistics import paired_p_value

WORST = -1e9  # stands for a validated score that is not a number


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
        """With one more split."""
        added = [arm for arm in done.outcomes if arm not in self.arms]
        return replace(self, arms=(*self.arms, *added), rounds=(*self.rounds, done))

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

    def ratio(self, part: Part = "test") -> float:
        """Rows that judge / rows that train, mean over the splits, which may differ in size."""
        return float(np.mean([getattr(s, part) / s.train for s in self._sizes]))

    def resolution(self, part: Part = "test") -> float:
        """The smallest step of a score, mean over the splits."""
        return float(np.mean([self.resolution_of(getattr(s, part)) for s in self._sizes]))

    @property
    def _sizes(self) -> list[Sizes]:
        return [done.sizes for done in self.rounds]

    def losses(self, arm: Arm) -> dict[int, float]:
        """By the seed of the split; infinite where not a number."""
        return self._by_seed(arm, "loss", math.inf)

    def validated(self, arm: Arm) -> dict[int, float]:
        """Scores on validation rows by the seed of the split; WORST where not a number."""
        return self._by_seed(arm, "validated", WORST)

    def _by_seed(self, arm: Arm, what: str, otherwise: float) -> dict[int, float]:
        ran = {done.seed: done.outcomes[arm] for done in self.rounds if arm in done.outcomes}
        found = {seed: getattr(each, what) for seed, each in ran.items()}
        return {seed: x if math.isfinite(x) else otherwise for seed, x in found.items()}

    def best(self, arms: Sequence[Arm]) -> Arm:
        """The one with the lowest mean loss; of equal ones the first."""
        return min(arms, key=lambda arm: float(np.mean([*self.losses(arm).values()])))

    def chance(self, gaps: Sequence[float], resolution: float = 0.0) -> float | None:
        """p that such gaps on validation rows come by chance; None for fewer than two."""
        return paired_p_value(gaps, self.ratio("validation"), resolution)


def gaps(of: Mapping[int, float], over: Mapping[int, float]) -> list[float]:
    """By how much one is above another on each split that both ran."""
    return [of[seed] - over[seed] for seed in of if seed in over]


def by_candidate(arms: Iterable[Arm]) -> dict[Any, list[Arm]]:
    """The arms of each candidate, in order."""
    found: dict[Any, list[Arm]] = {}
    for arm in arms:
        found.setdefault(arm.candidate, []).append(arm)
    return found
