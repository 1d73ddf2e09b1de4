"""Paces: which arms run next.

Everything here is decided by the loss on validation rows, which has less noise than a score of
them: replayed on the full sweeps of benchmarks/tables.py, ranking by scores cost more regret.
Source: Jamieson and Talwalkar, AISTATS 2016 (successive halving).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from nonlin.trials.contest import Arm
from nonlin.trials.scores import Scores, by_candidate

FINALISTS = 2  # run on all splits, beside the reference
LEAST = 4  # candidates until then
PARTS = (3 / 8, 1 / 4)  # of the candidates go on after the first split, after the others
SETTINGS, SURE = 2, 3  # of a candidate that goes on, until so many splits were run


@dataclass(frozen=True, slots=True)
class Turn:
    """Who runs on the next split; again: on the last one, where it did not run there yet."""

    arms: tuple[Arm, ...]
    again: bool = False


class Pace(Protocol):
    """Who takes part in a split, and what it costs."""

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """After some splits (none at first), of which the last was run by `alive`.

        May also name arms that the contest had not: settings beside the best one.
        """

    def most(self, arms: Sequence[Arm]) -> tuple[int, ...]:
        """How many runs each split takes, at most as a rule, in a contest of these arms."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing stops."""

    splits: int

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """All that ran."""
        return Turn(tuple(alive))

    def most(self, arms: Sequence[Arm]) -> tuple[int, ...]:
        """All of them, every time."""
        return (len(arms),) * self.splits


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Few settings of all candidates first, then more of fewer, then the finalists to the end.

    The first split runs two settings of every candidate, in the middle, then neighbours of the
    better one, while they are better: for the better half and the reference in the grid, for the
    best few beyond it, too. Then the better candidates go on, in the second half of the splits
    the best two. reference: of these candidates the best goes on to the end, whatever it scores;
    always: each of these does.
    beside(arm, step): the arm with the setting before (-1) or after (1), in the grid or beyond it.
    """

    splits: int
    reference: tuple[Any, ...] = ()
    always: tuple[Any, ...] = ()
    beside: Callable[[Arm, int], Arm | None] = lambda arm, step: None

    def next(self, scores: Scores, alive: Sequence[Arm]) -> Turn:
        """The better part; after the first split, the neighbours of its best settings first."""
        if not scores.rounds:
            middle = (_middle(own) for own in by_candidate(alive).values())
            return Turn(tuple(chain.from_iterable(middle)))
        ranked = self.ranked(scores, alive)
        if len(scores.rounds) == 1:
            added = tuple(self._neighbours(scores, ranked))
            if added:
                return Turn((*alive, *added), again=True)
        return Turn(tuple(self._going(scores, alive, ranked)))

    def most(self, arms: Sequence[Arm]) -> tuple[int, ...]:
        """But for settings beyond the grid."""
        candidates = by_candidate(arms)
        count, several = len(candidates), max(map(len, candidates.values()))
        kept = bool(self.reference) + len(self.always)
        tuned = min(_tuned(count) + kept, count)
        neighbours = tuned if several > SETTINGS else 0
        first = sum(len(_middle(own)) for own in candidates.values()) + neighbours
        later = (
            min(self._candidates(count, done), count) * min(self._settings(done), several) + kept
            for done in range(1, self.splits)
        )
        return (first, *later)

    def ranked(self, scores: Scores, alive: Sequence[Arm]) -> list[Arm]:
        """Every candidate at its best setting, the lowest loss first."""
        leading = [scores.best(own) for own in by_candidate(alive).values()]
        return sorted(leading, key=scores.mean_loss)

    def _neighbours(self, scores: Scores, ranked: Sequence[Arm]) -> Iterator[Arm]:
        """Next to the best settings of the better ones and the reference, where they have not run.

        Again while a neighbour is better still.
        """
        tuned = ranked[: _tuned(len(ranked))]
        for place, best in enumerate(dict.fromkeys((*tuned, *self._kept(ranked)))):
            for arm in (self.beside(best, -1), self.beside(best, 1)):
                if arm is None or scores.ran(arm):
                    continue
                if arm in scores.arms or place < LEAST:
                    yield arm

    def _going(self, scores: Scores, alive: Sequence[Arm], ranked: Sequence[Arm]) -> Iterator[Arm]:
        done = len(scores.rounds)
        going = ranked[: self._candidates(len(scores.candidates), done)]
        for best in going:
            own = sorted(by_candidate(alive)[best.candidate], key=scores.mean_loss)
            own.remove(best)
            yield from (best, *own[: self._settings(done) - 1])
        yield from (arm for arm in self._kept(ranked) if arm not in going)

    def _kept(self, ranked: Sequence[Arm]) -> list[Arm]:
        """Those that go on whatever they score."""
        reference = [arm for arm in ranked if arm.candidate in self.reference]
        always = (arm for arm in ranked if arm.candidate in self.always)
        return list(dict.fromkeys((*reference[:1], *always)))

    def _candidates(self, count: int, done: int) -> int:
        """How many go on after so many splits."""
        if done >= _half(self.splits):
            return FINALISTS
        return max(math.ceil(count * PARTS[min(done, len(PARTS)) - 1]), LEAST)

    def _settings(self, done: int) -> int:
        """Of each of them."""
        return SETTINGS if done < min(SURE, _half(self.splits)) else 1


def _half(count: int) -> int:
    return math.ceil(count / 2)


def _tuned(count: int) -> int:
    """Candidates whose best setting is looked for further: those that may still lead."""
    return min(max(_half(count), LEAST), count)


def _middle(own: Sequence[Arm]) -> Sequence[Arm]:
    """At most two, from the middle on."""
    begin = max(len(own) // 2 - 1, 0)
    return own[begin : begin + SETTINGS]
