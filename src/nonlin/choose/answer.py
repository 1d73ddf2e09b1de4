"""The steps of choosing, from a table to a `Result`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from nonlin._text import Text, text
from nonlin.choose import prepare
from nonlin.choose.candidates import Plan, plan
from nonlin.choose.data import Table, from_memory
from nonlin.choose.prepare import Preparation
from nonlin.choose.race import Progress, Race, groups, network, prepared, race
from nonlin.choose.read import read
from nonlin.choose.recommend import Recommendation, recommend
from nonlin.choose.result import Final, Result
from nonlin.choose.split import LEAST_PER_CLASS, enough, split
from nonlin.choose.standing import Standing, standings
from nonlin.choose.task import Task, infer
from nonlin.network import Job, train

MOST_ROWS = 100_000  # more make no difference that a race of small networks could resolve
FINAL_SHARES = (0.8, 0.2, 0.0)  # nothing is held back for a score: the race has given it


def from_arrays(
    X: Any, y: Any, task: str | None, on_progress: Progress | None, **options: Any
) -> Result:
    """See `nonlin.choose.choose`; `options` are those of `candidates.plan`."""
    begin = time.perf_counter()
    rules = plan(**options)
    return _answer(from_memory(X, y), task, rules, on_progress, begin)


def from_file(
    data: str, target: str | None, task: str | None, on_progress: Progress | None, **options: Any
) -> Result:
    """See `nonlin.choose.choose_file`; `options` are those of `candidates.plan`."""
    begin = time.perf_counter()
    rules = plan(**options)
    return _answer(read(data, target), task, rules, on_progress, begin)


def _answer(
    table: Table, kind: str | None, rules: Plan, on_progress: Progress | None, begin: float
) -> Result:
    enough(table.rows)
    task = infer(table.target, table.target_name, kind)
    table = _sampled(table, task, rules)
    ran = race(table, task, rules, on_progress)
    ranking, left_out = standings(ran, rules, task)
    advice = recommend(ranking, task, rules.hidden, rules.rates, len(ran.rounds))
    final = _final(table, task, rules, advice)
    notes = (
        *table.notes,
        *task.notes,
        *rules.notes,
        *(_said(table, final.preparation) if final else ()),
        *_notes(ran, rules, ranking),
        *left_out,
    )
    return Result(
        name=table.name,
        rows=table.rows,
        columns=table.features.width,
        target=table.target_name,
        task=task,
        plan=rules,
        race=ran,
        standings=ranking,
        recommendation=advice,
        final=final,
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
    )


def _final(table: Table, task: Task, rules: Plan, advice: Recommendation) -> Final | None:
    """The network to take away; None if Ctrl-C ends its training, since the race is worth more."""
    try:
        data = prepared(table, task, split(groups(table, task), rules.seed, FINAL_SHARES))
        made = network(data, task, rules, advice.activation, rules.seed)
        settings = rules.settings(advice.learning_rate, len(data.train[0]), rules.seed)
        record = train(Job(made, *data.train, data.validation, settings))
    except KeyboardInterrupt:
        return None
    return Final(made, data.preparation, record)


def _said(table: Table, kept: Preparation) -> tuple[Text, ...]:
    return (*kept.notes, *prepare.gaps(table.features, kept))


def _notes(ran: Race, rules: Plan, ranking: tuple[Standing, ...]) -> Iterator[Text]:
    if len(ran.rounds) < 2:
        yield text("choose.no_statistics")
    diverged = sum(
        outcome.diverged for each in ran.rounds for arm in each.outcomes for outcome in arm
    )
    if diverged:
        networks = len(ran.rounds) * rules.per_round
        yield text("choose.diverged", count=diverged, networks=networks)
    if ranking[0].score.value <= 0.0 and ranking[0].error is not None:
        yield text("choose.no_better_than_mean")
