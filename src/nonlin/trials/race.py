"""The race: every candidate really trained, paired by seed and split, round by round.

After each round, what is clearly behind stops: a learning rate behind the best one of its
activation, an activation behind the best one (corrected paired t test of Nadeau and Bengio 2003,
level 0.2, on validation rows). Test rows decide nothing here, so that they can be used to claim.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nonlin._text import say
from nonlin.choose.candidates import Plan
from nonlin.choose.trial import (
    Arm,
    Data,
    Outcome,
    Sample,
    Start,
    rows_of,
    sample,
    starts,
    train_arms,
)
from nonlin.data.table import Table
from nonlin.network import Network
from nonlin.tasks.task import Task
from nonlin.trials import eliminate
from nonlin.trials.journal import NOTHING, Journal

Progress = Callable[[int, int, str], None]
Train = Callable[[Data, Task, Plan, int, Sequence[Arm], Callable[[Arm, Outcome], None]], None]


@dataclass(frozen=True, slots=True)
class Round:
    """One random split: a start per activation, an outcome per activation and rate.

    None where an activation or a rate had stopped before. train_rows, validation_rows,
    test_rows: how many rows each part has.
    """

    seed: int
    train_rows: int
    validation_rows: int
    test_rows: int
    starts: tuple[Start | None, ...]
    outcomes: tuple[tuple[Outcome | None, ...], ...]

    @property
    def networks(self) -> int:
        """How many were trained."""
        return sum(each is not None for arm in self.outcomes for each in arm)


@dataclass(frozen=True, slots=True)
class Race:
    """The rounds that were finished, what had not stopped then, and why it ended.

    alive: the rates of each activation that would have gone on. ended: "rounds" (all that were
    planned), "decided" (one activation is left), "tie" (more rounds would not part what is
    left), "budget", or "interrupted". sample: training rows of the first round, at most 1024,
    prepared, with their encoded targets.
    """

    rounds: tuple[Round, ...]
    alive: eliminate.Alive
    ended: str
    sample: Sample = field(compare=False)

    @property
    def interrupted(self) -> bool:
        """Was it ended by Ctrl-C?"""
        return self.ended == "interrupted"

    @property
    def networks(self) -> int:
        """How many were trained."""
        return sum(each.networks for each in self.rounds)


def race(
    table: Table,
    task: Task,
    plan: Plan,
    on_progress: Progress | None = None,
    journal: Journal = NOTHING,
    train: Train = train_arms,
) -> Race:
    """Train the candidates, round by round.

    on_progress(done, total, label) is called after each network. Ctrl-C ends the race with
    the rounds that are finished; it is raised again if there is none. The result depends on
    the table, the task and the plan only, never on the number of threads (but a budget of
    seconds depends on the clock). journal: remembers networks, and knows finished ones.
    train: trains some of the networks of a round; here, or on other machines.
    """
    begin = time.perf_counter()
    rounds: list[Round] = []
    alive = eliminate.everything(plan)
    try:
        _warm_up()
        for number, seed in enumerate(plan.seeds):
            tick = _ticker(on_progress, plan, number, eliminate.count(alive))
            data = rows_of(table, task, seed)
            if number == 0:
                seen = sample(data)
            rounds.append(_run_round(data, task, plan, seed, alive, tick, journal, train))
            del data  # before the next split is prepared: it may be large
            alive = eliminate.after(rounds, alive, plan, task)
            spent = sum(each.networks for each in rounds), time.perf_counter() - begin
            if why := _over(rounds, alive, plan, task, spent):
                return Race(tuple(rounds), alive, why, seen)
    except KeyboardInterrupt:
        if not rounds:
            raise
        return Race(tuple(rounds), alive, "interrupted", seen)
    return Race(tuple(rounds), alive, "rounds", seen)


def _over(
    rounds: Sequence[Round],
    alive: eliminate.Alive,
    plan: Plan,
    task: Task,
    spent: tuple[int, float],
) -> str | None:
    """Why there is no further round, if so."""
    if len(rounds) == len(plan.seeds):
        return None
    if plan.pace == "race" and len(plan.activations) > 1:
        if sum(map(bool, alive)) == 1:
            return "decided"
        if eliminate.undecidable(rounds, alive, plan, task):
            return "tie"
    networks, seconds = spent
    per_network = seconds / max(networks, 1)
    due = eliminate.count(alive)
    if networks + due > plan.budget.networks or seconds + due * per_network > plan.budget.seconds:
        return "budget"
    return None


def _warm_up() -> None:
    """Load the compiled training loop, so that no network's seconds contain that."""
    rows = np.zeros((1, 1), np.float32)
    Network([1, 1, 1]).fit(rows, rows, epochs=1)


def _ticker(
    on_progress: Progress | None, plan: Plan, number: int, due: int
) -> Callable[[int], None]:
    """Tells `on_progress` how far round `number` (from 0) is, of `due` networks.

    A round counts as much as the first one, whatever stopped: the end is never moved away.
    """
    label = say("choose.round", number=number + 1, rounds=len(plan.seeds))

    def tick(done: int) -> None:
        if on_progress:
            share = round(done * plan.per_round / due)
            on_progress(number * plan.per_round + share, plan.networks, label)

    return tick


def _run_round(
    data: Data,
    task: Task,
    plan: Plan,
    seed: int,
    alive: eliminate.Alive,
    tick: Callable[[int], None],
    journal: Journal,
    train: Train,
) -> Round:
    """What is alive, on one split: same rows, batches and initial noise."""
    arms = [(a, rate) for a, rates in enumerate(alive) for rate in rates]
    outcomes = journal.known(seed, arms)
    tick(len(outcomes))

    def finished(arm: Arm, outcome: Outcome) -> None:
        journal.keep(seed, arm, outcome)
        outcomes[arm] = outcome
        tick(len(outcomes))

    todo = [arm for arm in arms if arm not in outcomes]
    train(data, task, plan, seed, todo, finished)
    before = starts(data, task, plan, seed, [a for a, rates in enumerate(alive) if rates])
    names, rates = range(len(plan.activations)), range(len(plan.rates))
    return Round(
        seed,
        len(data.train[0]),
        len(data.validation[0]),
        len(data.test[0]),
        tuple(before.get(a) for a in names),
        tuple(tuple(outcomes.get((a, rate)) for rate in rates) for a in names),
    )
