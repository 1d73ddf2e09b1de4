"""A contest of numbers instead of networks: a whole race takes milliseconds."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from nonlin.trials.contest import Arm, Outcome, Sizes
from nonlin.trials.scores import Round, Scores

SIZES, LARGE = Sizes(60, 20, 20), Sizes(600, 200, 200)


@dataclass(frozen=True)
class Toy:
    """Every arm has a true mean; what a split measures has noise, most of it common to all.

    means: by candidate, then by setting; beyond: the same, of settings that are no arms at first.
    """

    means: dict
    noise: float = 0.01
    common: float = 0.05
    sizes: Sizes = SIZES
    step: float = 0.0
    beyond: dict = field(default_factory=dict)
    ran: list = field(default_factory=list)

    @property
    def arms(self):
        return tuple(Arm(name, setting) for name, row in self.means.items() for setting in row)

    def key(self, arm):
        return f"{arm.candidate} {arm.setting}"

    def label(self, arm):
        return arm.candidate

    def resolution(self, rows):
        return self.step

    def beside(self, arm, step):
        """In the grid, or `beyond` it."""
        grid = [*self.means[arm.candidate], *self.beyond.get(arm.candidate, ())]
        place = grid.index(arm.setting) + step
        return Arm(arm.candidate, grid[place]) if 0 <= place < len(grid) else None

    def split(self, seed):
        every = len(self.arms) + sum(map(len, self.beyond.values()))
        noise = np.random.default_rng(seed).standard_normal((every + 1, 3))
        return ToySplit(self, seed, noise)


@dataclass(frozen=True)
class ToySplit:
    toy: Toy
    seed: int
    noise: np.ndarray
    arrays: tuple = ()

    @property
    def sizes(self):
        return self.toy.sizes

    def having(self, arrays):
        return self

    def run(self, arms, threads):
        for arm in arms:
            self.toy.ran.append((self.seed, arm))
            yield arm, self.outcome(arm)

    def outcome(self, arm):
        """The same for the same arm and seed, whatever runs beside it."""
        common = self.toy.common * self.noise[0, :2]
        further = [Arm(name, s) for name, row in self.toy.beyond.items() for s in row]
        own = self.toy.noise * self.noise[1 + [*self.toy.arms, *further].index(arm)]
        name, setting = arm.candidate, arm.setting
        mean = (self.toy.means[name] | self.toy.beyond.get(name, {}))[setting]
        validated, claimed = (mean + common + own[:2]).tolist()
        odd = float(own[2])
        return Outcome(1 - mean + odd, validated, claimed, 0.1, False, {"odd": odd})


@pytest.fixture
def toy():
    return Toy


@pytest.fixture
def scores_of():
    """Scores of given outcomes: for each split a dictionary by (candidate, setting)."""

    def made(splits, sizes=LARGE, resolution=lambda rows: 0.0):
        arms = tuple(dict.fromkeys(Arm(*pair) for outcomes in splits for pair in outcomes))
        rounds = tuple(
            Round(seed, sizes[seed] if isinstance(sizes, list) else sizes,
                  {Arm(*pair): outcome for pair, outcome in outcomes.items()})
            for seed, outcomes in enumerate(splits)
        )  # fmt: skip
        return Scores(arms, resolution, rounds)

    return made
