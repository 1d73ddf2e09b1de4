"""The steps of choosing, from a table to a `Result`."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from nonlin._text import Text, listed, text
from nonlin.choose import journal as journals
from nonlin.choose.baseline import Baseline, baseline
from nonlin.choose.candidates import Candidate, Plan, planned
from nonlin.choose.contest import Networks, key, network, warm_up
from nonlin.choose.held_out import HeldOut, held_out
from nonlin.choose.limits import Costs
from nonlin.choose.live import watched
from nonlin.choose.options import Options, complete, roles_of
from nonlin.choose.prepared import groups, parts_of, prepared, sample
from nonlin.choose.progress import can_be_told, ticker, unwritten
from nonlin.choose.reasons import tried
from nonlin.choose.recommend import Recommendation, recommend
from nonlin.choose.result import Final, Result
from nonlin.choose.standing import Standing, standings
from nonlin.data import prepare
from nonlin.data.dates import MOMENT
from nonlin.data.prepare import Preparation
from nonlin.data.read import read, with_target
from nonlin.data.split import FINAL_SHARES, LEAST_PER_CLASS, enough, split
from nonlin.data.table import Table, from_memory
from nonlin.data.wishes import wishes
from nonlin.network import train_many
from nonlin.tasks.task import Task, infer
from nonlin.trials.journal import NOTHING, Journal
from nonlin.trials.pace import Everything, Narrowing, Pace
from nonlin.trials.race import Budget, Event, Race, Run, race, run_through
from nonlin.trials.shares import shares

MOST_ROWS = 100_000  # more make no difference that a race of small networks could resolve
Notes = tuple[Text, ...]


def from_arrays(X: Any, y: Any, given: Options) -> Result:
    """See `nonlin.choose.choose`."""
    return _answer(partial(from_memory, X, y), given)


def from_table(X: Any, target: str | Sequence[str] | None, given: Options) -> Result:
    """See `nonlin.choose.choose`, of a frame that holds its target."""
    return _answer(partial(with_target, X, target), given)


def from_file(data: str, target: str | Sequence[str] | None, given: Options) -> Result:
    """See `nonlin.choose.choose_file`."""
    return from_reading(partial(read, data, target), given)


def from_reading(read_table: Callable[..., Table], given: Options) -> Result:
    """See `nonlin.choose.choose`; of the table that read_table(roles, wishes) gives."""
    return _answer(read_table, given)


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """What `choose` would take a table for, before anything is trained.

    kept: what prepares its columns; notes: what the user should know of all that.
    """

    table: Table
    task: Task
    kept: Preparation
    notes: Notes


def glance(read_table: Callable[..., Table], given: Options) -> Glance:
    """See `from_reading`; raises InputError as that does."""
    options = complete(given)
    rules = _Asked.of(options).rules
    table, task = _read(read_table, options)
    table = _sampled(table, task, rules)
    kept = prepared(table, task, parts_of(table, task, rules.seed, FINAL_SHARES)).preparation
    return Glance(table, task, kept, (*table.notes, *task.notes, *_said(table, kept)))


def _read(read_table: Callable[..., Table], options: Mapping[str, Any]) -> tuple[Table, Task]:
    table = read_table(roles_of(options), wishes(options))
    enough(table.rows)
    return table, infer(table.target, table.target_name, options["task"])


@dataclass(frozen=True, slots=True)
class _Asked:
    """The plan, all options, of which it follows, and what was measured for it."""

    rules: Plan
    options: Mapping[str, Any]
    costs: Costs

    @classmethod
    def of(cls, options: Mapping[str, Any], known: Costs | None = None) -> _Asked:
        """known: measured before, so that the plan is the same again."""
        costs = dict(known or {})
        return cls(planned(options, costs), options, costs)

    @property
    def run(self) -> Run:
        """What trains the networks of a split. Raises InputError if there is no such executor."""
        if self.options["executor"] is None:
            return lambda split, arms: split.run(arms, None)
        from nonlin.trials import workers

        return partial(workers.run_on, workers.checked(self.options["executor"]))


def _answer(read_table: Callable[..., Table], given: Options) -> Result:
    """read_table(roles, wishes): read when the options are known to make sense."""
    begin = time.perf_counter()
    options = complete(given)
    can_be_told(options["on_progress"])
    can_be_told(options["on_ranking"], "not_told_ranking")
    asked = _Asked.of(options)
    table, task = _read(read_table, options)
    table = _sampled(table, task, asked.rules)
    journal, rules, outdated = _journal(table, task, asked)
    contest = Networks.of(table, task, rules)
    with closing(journal):
        pace = _pace(contest)
        tell = ticker(asked.options["on_progress"], contest, pace)
        events = watched(_race(contest, pace, journal, asked.run), contest, options["on_ranking"])
        ran = run_through(events, tell)
    ranking, left_out = standings(ran, contest)
    advice = recommend(ranking, task, rules, len(ran.rounds), tried(ran))
    final, seen = _final(table, contest, advice)
    worth = _baseline(contest, ran, ranking, advice) if final else None
    notes = (
        *table.notes,
        *task.notes,
        *rules.notes,
        *(_said(table, final.preparation) if final else ()),
        *_notes(ran, rules.budget),
        *_worthless(ranking, worth, task),
        *left_out,
        *outdated,
        *unwritten(journal),
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
        held_out=seen,
        baseline=worth,
        shares=shares(ran.scores),
        sample=sample(contest.rows(rules.seeds[0])),
        notes=notes,
        seconds=time.perf_counter() - begin,
        reading=table.plan,
    )


def _pace(contest: Networks) -> Pace:
    splits = len(contest.plan.seeds)
    if contest.plan.pace == "full":
        return Everything(splits)
    return Narrowing(splits=splits, reference=contest.reference, beside=contest.beside)


def _race(contest: Networks, pace: Pace, journal: Journal, run: Run) -> Iterator[Event]:
    warm_up()
    return race(contest, contest.plan.seeds, pace, contest.plan.budget, journal, run)


def _sampled(table: Table, task: Task, rules: Plan) -> Table:
    """The table itself, or a stratified random part of one with more than MOST_ROWS rows."""
    if table.rows <= MOST_ROWS:
        return table
    share = MOST_ROWS / table.rows
    shares = (1 - share, share, 0.0)
    rows = split(groups(table, task), rules.seed, shares, LEAST_PER_CLASS).validation
    note = text("choose.sampled", rows=table.rows, kept=len(rows))
    return replace(
        table,
        features=table.features[rows],
        target=table.target[rows],
        notes=(*table.notes, note),
        roles=table.roles[rows],
        of_rows=table.of_rows or table.rows,
    )


def _final(
    table: Table, contest: Networks, advice: Recommendation
) -> tuple[Final | None, HeldOut | None]:
    """The network to take away, and beside it the one of the first split, which test rows judge.

    None if Ctrl-C ends their training, since the race is worth more.
    """
    task, rules = contest.task, contest.plan
    try:
        data = prepared(table, task, parts_of(table, task, rules.seed, FINAL_SHARES))
        inputs = len(data.preparation.names)
        candidate = Candidate(advice.activation, advice.hidden)
        made = network(inputs, task, candidate, rules.seed)
        settings = rules.settings(advice.learning_rate, len(data.train[0]), rules.seed)
        split = contest.split(rules.seeds[0])
        seen = held_out(split, table, candidate)
        beside = split.job(seen.network, advice.learning_rate)
        jobs = (data.job(made, settings, task.objective()), beside)
        record = dict(train_many(jobs, rules.threads))[0]
    except KeyboardInterrupt:
        return None, None
    return Final(made, data.preparation, record, settings, sample(data)), seen


def _baseline(
    contest: Networks, ran: Race, ranking: tuple[Standing, ...], advice: Recommendation
) -> Baseline | None:
    """None if Ctrl-C ends it."""
    chosen = next(row for row in ranking if row.label == advice.label)
    try:
        return baseline(contest, ran.scores, chosen)
    except KeyboardInterrupt:
        return None


def _said(table: Table, kept: Preparation) -> tuple[Text, ...]:
    return (*kept.notes, *_in_time(table, kept), *prepare.gaps(table.features, kept))


def _in_time(table: Table, kept: Preparation) -> tuple[Text, ...]:
    """What random splits of dated rows are good for, where nothing else was asked for."""
    moments = [each.column for each in kept.dated if each.kind == MOMENT]
    if not moments or table.roles.time is not None or table.roles.group is not None:
        return ()
    first = {"first": shlex.quote(moments[0]), "python": repr(moments[0])}
    return (text("choose.random_in_time", columns=listed(moments), **first),)


def _journal(table: Table, task: Task, asked: _Asked) -> tuple[Journal, Plan, Notes]:
    """With the plan, which leaves out again what a run that is resumed had left out."""
    if asked.options["journal"] is None:
        return NOTHING, asked.rules, ()
    folder = Path(asked.options["journal"])
    path = journals.path_for(folder, table, task, asked.rules)
    before = journals.path_for(folder, table, task, asked.rules, journals.BEFORE)
    outdated = asked.options["resume"] and before.exists() and not path.exists()
    journal = Journal(path, key, asked.options["resume"])
    if asked.costs:
        asked = _Asked.of(asked.options, asked.costs | journal.facts())
    journal.note(asked.costs)
    notes = (text("choose.old_journal", version=journals.BEFORE),) if outdated else ()
    return journal, asked.rules, notes


def _notes(ran: Race, budget: Budget) -> Iterator[Text]:
    if len(ran.rounds) < 2:
        yield text("choose.no_statistics")
    spent = f"{ran.seconds:.3g}"
    if ran.seconds > budget.seconds and len(ran.rounds) == 1:
        yield text("choose.beyond_seconds", seconds=spent, most=f"{budget.seconds:g}")
    elif ran.networks > budget.runs and len(ran.rounds) == 1:
        yield text("choose.beyond_networks", networks=ran.networks, most=f"{budget.runs:g}")
    elif ran.ended == "budget":
        yield text("choose.ended_budget", rounds=len(ran.rounds))
    diverged = sum(outcome.diverged for outcome in ran.scores.outcomes)
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
