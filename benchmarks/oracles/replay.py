"""Policies replayed on full sweeps: what a recommendation loses, and how much it costs.

Regret: each activation at the rate with the lowest mean validation loss on one half of the splits
that judge; the best of them there minus the recommended one, on the other half; mean over all
halvings, so that the luck of a winner counts for nobody. In per cent of the spread, which is the
score of the best minus that of the worst activation at their best rates, over all splits (a score
below WORST counts as WORST). Cost: networks, in per cent of 16 activations x 4 rates x 10 splits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nonlin.trials import statistics
from nonlin.trials.contest import Arm, Outcome, Sizes
from nonlin.trials.pace import Narrowing, Pace
from nonlin.trials.race import Race, race, run_through
from nonlin.trials.standings import Standing, standings
from oracles.sweep import Oracle

SEEN, REPLAYS = 10, 6
LARGE = 1e9  # a loss that is not finite
WORST = -1.0  # what a score counts at least: far below it one failure would be the whole spread
REFERENCE = "relu"


@dataclass(frozen=True)
class Replay:
    """A contest whose outcomes are known: the arms are an activation's name and a rate."""

    oracle: Oracle
    splits: tuple[int, ...]

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        oracle = self.oracle
        return tuple(Arm(name, rate) for name in oracle.activations for rate in oracle.rates)

    def key(self, arm: Arm) -> str:
        return repr(arm)

    def label(self, arm: Arm) -> str:
        return str(arm.candidate)

    def resolution(self, rows: int) -> float:
        return 1 / rows if self.oracle.stepwise else 0.0

    def beside(self, arm: Arm, step: int) -> Arm | None:
        """Only in the grid: nothing else was swept."""
        rates = self.oracle.rates
        place = rates.index(arm.setting) + step
        return Arm(arm.candidate, rates[place]) if 0 <= place < len(rates) else None

    def split(self, number: int) -> ReplaySplit:
        return ReplaySplit(self, self.splits[number])


@dataclass(frozen=True)
class ReplaySplit:
    replay: Replay
    number: int

    @property
    def sizes(self) -> Sizes:
        return Sizes(*self.replay.oracle.sizes)

    def run(self, arms: Sequence[Arm], threads: int | None) -> Iterator[tuple[Arm, Outcome]]:
        for arm in arms:
            yield arm, self._outcome(arm)

    def _outcome(self, arm: Arm) -> Outcome:
        oracle = self.replay.oracle
        cell = (
            self.number,
            oracle.activations.index(arm.candidate),
            oracle.rates.index(arm.setting),
        )
        loss, validated, claimed, dead = (
            float(each[cell])
            for each in (oracle.loss, oracle.validated, oracle.claimed, oracle.dead)
        )
        return Outcome(loss, validated, claimed, 0.0, bool(oracle.diverged[cell]), {"dead": dead})


def narrowing(contest: Replay) -> Pace:
    """What `choose` does."""
    return Narrowing(splits=SEEN, reference=(REFERENCE,), beside=contest.beside)


def raced(oracle: Oracle, splits: Sequence[int], pace: Callable[[Replay], Pace]) -> Race:
    """One race on these splits of a sweep."""
    contest = Replay(oracle, tuple(splits))
    return run_through(race(contest, range(len(splits)), pace(contest)))


def parted(oracle: Oracle, replays: int = REPLAYS) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Splits that a policy sees, and those that judge it."""
    random = np.random.default_rng(0)
    for _ in range(replays):
        order = random.permutation(len(oracle.loss))
        yield order[:SEEN], order[SEEN:]


def regrets(oracle: Oracle, judging: np.ndarray) -> np.ndarray:
    """Of every activation, in per cent of the spread."""
    loss = np.where(np.isfinite(oracle.loss), oracle.loss, LARGE).astype(np.float64)
    score = np.maximum(np.nan_to_num(oracle.claimed, nan=WORST), WORST).astype(np.float64)
    every = np.arange(len(oracle.activations))
    lost = []
    for half in itertools.combinations(range(len(judging)), len(judging) // 2):
        picks = judging[list(half)]
        judges = np.setdiff1d(judging, picks)
        rate = loss[picks].mean(axis=0).argmin(axis=1)
        there, here = (score[part].mean(axis=0)[every, rate] for part in (picks, judges))
        lost.append(here[there.argmax()] - here)
    at_best = score.mean(axis=0)[every, loss.mean(axis=0).argmin(axis=1)]
    return 100 * np.mean(lost, axis=0) / (at_best.max() - at_best.min())


def claims(race: Race) -> dict[str, list[Standing]]:
    """What is claimed by the test rows, by verdict."""
    found: dict[str, list[Standing]] = {}
    for row in standings(race, margin=0.01):
        found.setdefault(row.verdict, []).append(row)
    return found


def leader(race: Race) -> Standing:
    """Who leads on validation rows."""
    return next(row for row in standings(race) if row.leader)


def oracle_claims(oracle: Oracle, seen: np.ndarray) -> bool:
    """Is the best of a full sweep significantly better than relu, as its only comparison?"""
    loss = np.where(np.isfinite(oracle.loss[seen]), oracle.loss[seen], LARGE).astype(np.float64)
    every = np.arange(len(oracle.activations))
    rate = loss.mean(axis=0).argmin(axis=1)
    best = int(loss.mean(axis=0)[every, rate].argmin())
    relu = oracle.activations.index(REFERENCE)
    if best == relu:
        return False
    own, other = (oracle.claimed[seen, arm, rate[arm]].astype(float) for arm in (best, relu))
    ratio = oracle.sizes[2] / oracle.sizes[0]
    step = 1 / oracle.sizes[2] if oracle.stepwise else 0.0
    p = statistics.paired_p_value((own - other).tolist(), ratio, step)
    return p is not None and p < 1 - statistics.LEVEL and float(np.mean(own - other)) > 0
