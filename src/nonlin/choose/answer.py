"""The steps of choosing, from a table to a `Result`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from nonlin._text import Text, text
from nonlin.choose.baseline import Baseline, baseline
from nonlin.choose.candidates import Plan, plan
from nonlin.choose.limits import Costs
from nonlin.choose.recommend import Recommendation, recommend
from nonlin.choose.result import Final, Result
from nonlin.choose.standing import Standing, standings
from nonlin.choose.trial import (
    groups,
    network,
    parts_of,
    prepared,
    sample,
    train_arms,
)
from nonlin.data import prepare
from nonlin.data.prepare import Preparation
from nonlin.data.read import read
from nonlin.data.split import FINAL_SHARES, LEAST_PER_CLASS, enough, split
from nonlin.data.table import Table, from_memory
from nonlin.network import train
from nonlin.tasks.task import Task, infer
from nonlin.trials.journal import NOTHING, Journal, path_for
from nonlin.trials.race import Progress, Race, Train, race
from nonlin.trials.shares import shares

MOST_ROWS = 100_000  # more make no difference that a race of small networks could resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the race is run, apart from what decides its result.

    journal: folder in which finished networks are written down, or None. resume: use what an
    earlier run of the same data left there. executor: trains the networks, None is this process.
    """

    on_progress: Progress | None = None
    journal: str | PathLike[str] | None = None
    resume: bool = False
    executor: Any = None

    @property
    def train(self) -> Train:
        """What trains the networks of a round. Raises InputError if there is no such executor."""
        if self.executor is None:
            return train_arms
        from nonlin.trials import workers

        return partial(workers.train_on, workers.checked(self.executor))


def from_arrays(
    X: Any, y: Any, task: str | None, special: Mapping[str, Any], way: Way, **options: Any
) -> Result:
    """See `nonlin.choose.choose`; `options` are those of `candidates.plan`."""
    begin = time.perf_counter()
    asked = _Asked.of(options)
    given = {role: values for role, values in special.items() if values is not None}
    return _answer(from_memory(X, y, given), task, asked, way, begin)


def from_file(
    data: str,
    target: str | Sequence[str] | None,
    task: str | None,
    special: Mapping[str, str | None],
    way: Way,
    **options: Any,
) -> Result:
    """See `nonlin.choose.choose_file`; `options` are those of `candidates.plan`."""
    begin = time.perf_counter()
    asked = _Asked.of(options)
    given = {role: column for role, column in special.items() if column is not None}
    return _answer(read(data, target, given), task, asked, way, begin)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The plan, the options that it follows from, and what was measured for it."""

    rules: Plan
    options: Mapping[str, Any]
    costs: Costs

    @classmethod
    def of(cls, options: Mapping[str, Any], known: Costs | None = None) -> _Asked:
        """known: measured before, so that the plan is the same again."""
        costs = dict(known or {})
        return cls(plan(**options, costs=costs), options, costs)


def _answer(table: Table, kind: str | None, asked: _Asked, way: Way, begin: float) -> Result:
    enough(table.rows)
    task = infer(table.target, table.target_name, kind)
    table = _sampled(table, task, asked.rules)
    journal, rules = _journal(table, task, asked, way)
    with closing(journal):
        ran = race(table, task, rules, way.on_progress, journal, way.train)
    ranking, left_out = standings(ran, rules, task)
    advice = recommend(ranking, task, rules.rates, len(ran.rounds))
    final = _final(table, task, rules, advice)
    worth = _baseline(table, task, rules, ran, ranking, advice) if final else None
    notes = (
        *table.notes,
        *task.notes,
        *rules.notes,
        *(_said(table, final.preparation) if final else ()),
        *_notes(ran),
        *_worthless(ranking, worth, task),
        *left_out,
        *_unwritten(journal),
    )
    return Result(
        name=table.name,
        rows=table.rows,
        of_rows=table.of_rows or table.rows,
        columns=table.features.width,
        target=table.target_name,
        task=task,
        plan=rules,
        race=ran,
        standings=ranking,
        recommendation=advice,
        final=final,
        baseline=worth,
        shares=shares(ran.rounds),
        notes=notes,
        seconds=time.perf_counter() - begin,
    )


def _sampled(table: Table, task: Task, rules: Plan) -> Table:
    """The table itself, or a stratified random part of one with more than MOST_ROWS rows."""
    if table.rows <= MOST_ROWS:
        return table
    share = MOST_ROWS / table.rows
    shares = (1 - share, share, 0.0)
    rows = split(groups(table, task), rules.seed, shares, LEAST_PER_CLASS).validation
    note = text("choose.sampled", rows=table.rows, kept=len(rows))
    return Table(
        table.name,
        table.features[rows],
        table.target[rows],
        table.target_name,
        (*table.notes, note),
        table.roles[rows],
        table.of_rows or table.rows,
    )


def _final(table: Table, task: Task, rules: Plan, advice: Recommendation) -> Final | None:
    """The network to take away; None if Ctrl-C ends its training, since the race is worth more."""
    try:
        data = prepared(table, task, parts_of(table, task, rules.seed, FINAL_SHARES))
        inputs = len(data.preparation.names)
        made = network(inputs, task, advice.hidden, advice.activation, rules.seed)
        settings = rules.settings(advice.learning_rate, len(data.train[0]), rules.seed)
        record = train(data.job(made, settings, task.objective()))
    except KeyboardInterrupt:
        return None
    return Final(made, data.preparation, record, settings, sample(data))


def _baseline(
    table: Table,
    task: Task,
    rules: Plan,
    ran: Race,
    ranking: tuple[Standing, ...],
    advice: Recommendation,
) -> Baseline | None:
    """None if Ctrl-C ends it."""
    chosen = next(row for row in ranking if row.label == advice.label)
    try:
        return baseline(table, task, rules, ran.rounds, chosen)
    except KeyboardInterrupt:
        return None


def _said(table: Table, kept: Preparation) -> tuple[Text, ...]:
    return (*kept.notes, *prepare.gaps(table.features, kept))


def _journal(table: Table, task: Task, asked: _Asked, way: Way) -> tuple[Journal, Plan]:
    """With the plan, which leaves out again what a run that is resumed had left out."""
    if way.journal is None:
        return NOTHING, asked.rules
    path = path_for(Path(way.journal), table, task, asked.rules)
    journal = Journal(path, asked.rules, way.resume)
    if asked.costs:
        asked = _Asked.of(asked.options, asked.costs | journal.costs())
    journal.follow(asked.rules, asked.costs)
    return journal, asked.rules


def _unwritten(journal: Journal) -> tuple[Text, ...]:
    if journal.failure is None:
        return ()
    return (text("choose.no_journal", reason=journal.failure),)


def _notes(ran: Race) -> Iterator[Text]:
    if len(ran.rounds) < 2:
        yield text("choose.no_statistics")
    if ran.ended in ("decided", "tie", "budget"):
        yield text(f"choose.ended.{ran.ended}", rounds=len(ran.rounds))
    trained = [outcome for each in ran.rounds for arm in each.outcomes for outcome in arm]
    diverged = sum(outcome.diverged for outcome in trained if outcome is not None)
    if diverged:
        yield text("choose.diverged", count=diverged, networks=ran.networks)


def _worthless(
    ranking: tuple[Standing, ...], worth: Baseline | None, task: Task
) -> tuple[Text, ...]:
    """A note if no network that ran to the end scores more than a constant."""
    best = max(row.score.value for row in ranking if not row.stopped)
    if worth is None or best > worth.least:
        return ()
    return (text(f"choose.no_better_than_{'mean' if task.score == 'r2' else 'constant'}"),)
