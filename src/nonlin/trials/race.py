"""The race: arms run split by split, and after each split some of them stop.

Test rows decide nothing here, so that they can be used to claim.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from nonlin.trials.contest import Arm, Contest, Outcome, Split
from nonlin.trials.journal import NOTHING, Journal
from nonlin.trials.pace import Pace
from nonlin.trials.scores import Round, Scores

Run = Callable[[Any, Sequence[Arm]], Iterator[tuple[Arm, Outcome]]]  # on a split


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be spent: what would exceed it is not begun, but for the first turn."""

    seconds: float = math.inf
    runs: float = math.inf


@dataclass(frozen=True, slots=True)
class Ran:
    """How far a split is: its number from 0, arms that have ended, of so many."""

    split: int
    done: int
    due: int


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """What was finished, and what would go on.

    alive: arms that had not stopped. ended: "splits" (all that were planned), "budget",
    "interrupted"; None while it goes on. seconds: that it took.
    """

    scores: Scores
    alive: tuple[Arm, ...]
    ended: str | None = None
    seconds: float = 0.0

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The splits that were finished."""
        return self.scores.rounds

    @property
    def networks(self) -> int:
        """How many arms were run, in all splits together."""
        return len(self.scores.outcomes)

    @property
    def interrupted(self) -> bool:
        """Was it ended by Ctrl-C?"""
        return self.ended == "interrupted"


Event = Ran | Race


def race(
    contest: Contest,
    seeds: Sequence[int],
    pace: Pace,
    budget: Budget = Budget(),
    journal: Journal = NOTHING,
    run: Run = lambda split, arms: split.run(arms, None),
) -> Generator[Event, None, None]:
    """Run the arms, split by split: tells how far it is, and after each split how it stands.

    One split for each seed, at most. The outcomes depend on contest, seeds and pace only (but
    a budget of seconds depends on the clock). journal: remembers outcomes, and knows finished
    ones. run: runs arms on a split; here, or on other machines. What is left early, or by Ctrl-C,
    stops, and nothing that was told is lost.
    """
    begin = time.perf_counter()
    scores = Scores(tuple(contest.arms), contest.resolution)
    turn = pace.next(scores, scores.arms)
    with closing(_prepared(contest, seeds)) as splits:
        for number, (seed, split) in enumerate(splits):
            outcomes: dict[Arm, Outcome] = {}
            more = True
            while more:
                outcomes |= journal.known(seed, turn.arms)
                for arm, outcome in _outcomes(split, turn.arms, outcomes, run):
                    if arm is not None and outcome is not None:
                        journal.keep(seed, arm, outcome)
                        outcomes[arm] = outcome
                    yield Ran(number, len(outcomes), len(turn.arms))
                in_order = {arm: outcomes[arm] for arm in turn.arms}
                scores = scores.and_then(Round(seed, split.sizes, in_order))
                turn = pace.next(scores, turn.arms)
                more = turn.again
                due = len(turn.arms) - more * len(in_order)
                spent = Budget(time.perf_counter() - begin, len(scores.outcomes))
                last = number + 1 == len(seeds) and not more
                why = "splits" if last else _over(budget, spent, due)
                yield Race(scores, turn.arms, why, spent.seconds)
                if why:
                    return


def _outcomes(
    split: Split, alive: Sequence[Arm], known: dict[Arm, Outcome], run: Run
) -> Iterator[tuple[Arm | None, Outcome | None]]:
    """Of what is not known yet; first of all nothing, which tells what is known."""
    yield None, None
    todo = [arm for arm in alive if arm not in known]
    if todo:
        with closing(run(split, todo)) as ended:  # type: ignore[type-var]
            yield from ended


def _prepared(contest: Contest, seeds: Sequence[int]) -> Generator[tuple[int, Split], None, None]:
    """Each split with its seed, made while the one before is run."""
    with ThreadPoolExecutor(1, "nonlin-prepare") as pool:
        ahead = pool.submit(contest.split, seeds[0])
        for seed, following in pairwise((*seeds, None)):
            split = ahead.result()
            if following is not None:
                ahead = pool.submit(contest.split, following)
            yield seed, split  # type: ignore[misc]
            del split  # it may be large


def _over(budget: Budget, spent: Budget, due: int) -> str | None:
    """ "budget" if so many more arms would exceed it."""
    each = spent.seconds / max(spent.runs, 1)
    more = spent.runs + due > budget.runs or spent.seconds + due * each > budget.seconds
    return "budget" if more else None


def run_through(events: Iterator[Event], tell: Callable[[Ran], None] | None = None) -> Race:
    """How the race ends; `tell` is called with all that happens on the way.

    Ctrl-C, here or in `tell`, ends it with the splits that are finished; it is raised again if
    there is none.
    """
    found: Race | None = None
    try:
        with closing(events) as happening:  # type: ignore[type-var]
            for event in happening:
                if isinstance(event, Race):
                    found = event
                elif tell:
                    tell(event)
    except KeyboardInterrupt:
        if found is None:
            raise
        return replace(found, ended=found.ended or "interrupted")
    if found is None:
        raise ValueError("a race without splits")
    return found
