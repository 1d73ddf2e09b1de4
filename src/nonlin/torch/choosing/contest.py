"""The contest: the model with every candidate, at every rate, for every seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from nonlin.choose.candidates import Candidate, Plan
from nonlin.choose.contest import PlannedContest
from nonlin.torch.choosing.maker import Maker
from nonlin.torch.choosing.plan import LINEAR
from nonlin.torch.choosing.training import Training
from nonlin.trials.contest import Arm, Outcome, Sizes
from nonlin.trials.pace import LEAST, Narrowing


@dataclass(frozen=True, slots=True, eq=False)
class Models(PlannedContest):
    """See `nonlin.trials.contest.Contest`. own: the candidate that the model has now. known:
    outcomes with the first seed that are there already.
    """

    maker: Maker
    training: Training
    plan: Plan
    own: Candidate
    known: Mapping[Arm, Outcome] = field(default_factory=dict)

    def split(self, seed: int) -> Seeded:
        """The same rows, with other random numbers."""
        known = self.known if seed == self.plan.seeds[0] else {}
        return Seeded(self.maker, self.training, seed, self.plan.threads, known)

    def resolution(self, rows: int) -> float:
        """An accuracy moves in steps of one row, or of its parts."""
        return self.training.score.step / rows if rows else 0.0

    def pace(self, seeds: int) -> Narrowing:
        """The model as it is and the one without a non-linearity run with all seeds."""
        linear = (each for each in self.plan.candidates if each.activation.name == LINEAR)
        always = tuple(dict.fromkeys((self.own, *linear)))
        return Narrowing(splits=seeds, always=always, beside=self.plan.beside)

    def networks(self, seeds: int) -> int:
        """About how many are trained with so many seeds, with rates beyond the first ones."""
        count = min(LEAST, len(self.plan.candidates))
        beyond = 2 * count if len(self.plan.grid) > len(self.plan.rates) else 0
        return sum(self.pace(seeds).most(self.arms)) + beyond


@dataclass(frozen=True, slots=True, eq=False)
class Seeded:
    """One seed: see `nonlin.trials.contest.Split`. It travels to other processes as it is."""

    maker: Maker
    training: Training
    seed: int
    threads: int | None = None
    known: Mapping[Arm, Outcome] = field(default_factory=dict)

    @property
    def sizes(self) -> Sizes:
        """Rows of the three parts."""
        return self.training.sizes

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """None: tensors go with everything else."""
        return ()

    def having(self, arrays: Sequence[np.ndarray]) -> Seeded:
        """The same."""
        return replace(self)

    def run(self, arms: Sequence[Arm], threads: int | None) -> Iterator[tuple[Arm, Outcome]]:
        """One after the other: PyTorch has one stream of random numbers for all threads."""
        with on_threads(threads or self.threads):
            for arm in arms:
                yield arm, self.known.get(arm) or self.outcome(arm)

    def outcome(self, arm: Arm) -> Outcome:
        """Of one arm: initial noise and order of batches are the same for all."""
        model = self.maker.untrained(arm.candidate.activation, self.seed)
        return self.training.outcome(model, arm.setting, self.seed)


@contextmanager
def on_threads(count: int | None) -> Iterator[None]:
    """PyTorch on so many threads; None: as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
