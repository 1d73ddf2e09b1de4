"""The steps of choosing, from a table to a `Result`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nonlin._text import Text, text
from nonlin.choose import prepare
from nonlin.choose.candidates import Plan, plan
from nonlin.choose.data import Table, from_memory
from nonlin.choose.race import Data, Progress, Race, groups, network, prepared, race
from nonlin.choose.read import read
from nonlin.choose.recommend import Recommendation, recommend
from nonlin.choose.result import Result
from nonlin.choose.split import LEAST_PER_CLASS, enough, enough_per_class, split
from nonlin.choose.standing import Standing, standings
from nonlin.choose.task import Task, infer
from nonlin.network import Job, Network, Record, train

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


@dataclass(frozen=True, slots=True, eq=False)
class _Final:
    """The network that the user takes away."""

    network: Network
    data: Data
    record: Record


def _answer(
    table: Table, kind: str | None, rules: Plan, on_progress: Progress | None, begin: float
) -> Result:
    task = _checked_task(table, kind)
    table = _sampled(table, task, rules)
    ran = race(table, task, rules, on_progress)
    ranking, left_out = standings(ran, rules, task)
    advice = recommend(ranking, task, rules.hidden, rules.rates, len(ran.rounds))
    final = _final(table, task, rules, advice)
    notes = (*table.notes, *_notes(table, final.data, ran, rules, ranking), *left_out)
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
        network=final.network,
        preparation=final.data.preparation,
        record=final.record,
        notes=notes,
        seconds=time.perf_counter() - begin,
    )


def _checked_task(table: Table, kind: str | None) -> Task:
    """The task, if there are rows enough for it."""
    enough(table.rows)
    task = infer(table.target, table.target_name, kind)
    if task.classes:
        enough_per_class(task.encode(table.target), task.labels)
    return task


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


def _final(table: Table, task: Task, rules: Plan, advice: Recommendation) -> _Final:
    data = prepared(table, task, split(groups(table, task), rules.seed, FINAL_SHARES))
    made = network(data, task, rules, advice.activation, rules.seed)
    settings = rules.settings(advice.learning_rate, len(data.train[0]), rules.seed)
    record = train(Job(made, *data.train, data.validation, settings))
    return _Final(made, data, record)


def _notes(
    table: Table, data: Data, ran: Race, rules: Plan, ranking: tuple[Standing, ...]
) -> Iterator[Text]:
    yield from data.preparation.notes
    yield from prepare.gaps(table.features, data.preparation)
    if ran.interrupted:
        yield text("choose.interrupted", rounds=len(ran.rounds), planned=len(rules.seeds))
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
