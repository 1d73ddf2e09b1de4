"""The race: every candidate really trained, paired by seed and split, round by round."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.choose import prepare
from nonlin.choose.candidates import Plan
from nonlin.choose.data import Table
from nonlin.choose.prepare import Preparation
from nonlin.choose.split import Split, split
from nonlin.choose.task import Task
from nonlin.measure.accuracy import accuracy, r_squared, root_mean_squared_error
from nonlin.measure.stability import dead_units, gradient_ratio, saturated_share
from nonlin.network import Job, Network, Record, train_many

Progress = Callable[[int, int, str], None]
LOOKED_AT = 1024  # training rows on which stability is measured


@dataclass(frozen=True, slots=True)
class Start:
    """A network before training: share of dead units, gradient norm ratio (NaN: none)."""

    dead: float
    gradient_ratio: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trained network.

    validation_loss chooses the learning rate; score (accuracy or R^2) and error (RMSE in the
    target's units; None for classes) come from the test rows and choose nothing. dead,
    saturated: shares of units and of unit-row pairs. seconds: of training.
    """

    validation_loss: float
    score: float
    error: float | None
    dead: float
    saturated: float
    seconds: float
    diverged: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One random split: a start per activation, an outcome per activation and rate.

    train_rows, validation_rows, test_rows: how many rows each part has.
    """

    seed: int
    train_rows: int
    validation_rows: int
    test_rows: int
    starts: tuple[Start, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]


@dataclass(frozen=True, slots=True)
class Race:
    """The rounds that were finished, and whether the race was interrupted."""

    rounds: tuple[Round, ...]
    interrupted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The rows of one split, prepared: float32 inputs and encoded targets."""

    preparation: Preparation
    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


def race(table: Table, task: Task, plan: Plan, on_progress: Progress | None = None) -> Race:
    """Train every candidate in every round.

    on_progress(done, total, label) is called after each network. Ctrl-C ends the race with
    the rounds that are finished; it is raised again if there is none. The result depends on
    the table, the task and the plan only, never on the number of threads.
    """
    rounds: list[Round] = []
    try:
        _warm_up()
        for number, seed in enumerate(plan.seeds):
            tick = _ticker(on_progress, plan, number)
            rounds.append(run_round(table, task, plan, seed, tick))
    except KeyboardInterrupt:
        if not rounds:
            raise
        return Race(tuple(rounds), interrupted=True)
    return Race(tuple(rounds), interrupted=False)


def _warm_up() -> None:
    """Load the compiled training loop, so that no network's seconds contain that."""
    rows = np.zeros((1, 1), np.float32)
    Network([1, 1, 1]).fit(rows, rows, epochs=1)


def _ticker(on_progress: Progress | None, plan: Plan, number: int) -> Callable[[int], None]:
    """Tells `on_progress` how many networks of round `number` (from 0) are done."""
    label = say("choose.round", number=number + 1, rounds=len(plan.seeds))

    def tick(done: int) -> None:
        if on_progress:
            on_progress(number * plan.per_round + done, plan.networks, label)

    return tick


def run_round(
    table: Table, task: Task, plan: Plan, seed: int, tick: Callable[[int], None]
) -> Round:
    """Every activation with every rate on one split: same rows, batches and initial noise."""
    tick(0)
    data = prepared(table, task, split(groups(table, task), seed))
    starting = [network(data, task, plan, each, seed) for each in plan.activations]
    jobs = [_job(each.copy(), data, plan, rate, seed) for each in starting for rate in plan.rates]
    records: dict[int, Record] = {}
    with closing(train_many(jobs, plan.threads)) as finished:  # type: ignore[type-var]
        for count, (index, record) in enumerate(finished, start=1):
            records[index] = record
            tick(count)
    with np.errstate(over="ignore", invalid="ignore"):  # of networks that diverged
        outcomes = [_outcome(job.network, records[i], data, task) for i, job in enumerate(jobs)]
        starts = tuple(_start(each, data) for each in starting)
    width = len(plan.rates)
    by_arm = (outcomes[i : i + width] for i in range(0, len(outcomes), width))
    return Round(
        seed,
        len(data.train[0]),
        len(data.validation[0]),
        len(data.test[0]),
        starts,
        tuple(tuple(arm) for arm in by_arm),
    )


def groups(table: Table, task: Task) -> np.ndarray:
    """The class of each row, int64; all 0 for regression, where nothing is stratified."""
    return task.encode(table.target) if task.classes else np.zeros(table.rows, np.int64)


def prepared(table: Table, task: Task, parts: Split) -> Data:
    """The three parts as inputs and targets; whatever is estimated comes from `parts.train`."""
    target = task.encode(table.target)
    features = table.features[parts.train]
    fitted = prepare.fit(features, None if task.classes else target[parts.train])

    def part(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = target[rows] if task.classes else fitted.encode(target[rows])
        if not len(rows):
            return np.empty((0, len(fitted.names)), np.float32), values
        return fitted.inputs(table.features[rows]), values

    return Data(fitted, part(parts.train), part(parts.validation), part(parts.test))


def network(data: Data, task: Task, plan: Plan, activation: Any, seed: int) -> Network:
    """An untrained network for these inputs, initialised for its activation."""
    sizes = (len(data.preparation.names), *plan.hidden, task.outputs)
    return Network(sizes, activation, task.output, "auto", seed)


def sample(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Training rows, at most LOOKED_AT, evenly spread, on which stability is measured."""
    inputs, target = data.train
    step = max(1, len(inputs) // LOOKED_AT)
    return inputs[::step][:LOOKED_AT], target[::step][:LOOKED_AT]


def _job(network: Network, data: Data, plan: Plan, rate: float, seed: int) -> Job:
    rule = plan.settings(rate, len(data.train[0]), seed)
    return Job(network, *data.train, data.validation, rule)


def _start(network: Network, data: Data) -> Start:
    inputs, target = sample(data)
    dead = dead_units(network, inputs).value
    try:
        return Start(dead, gradient_ratio(network, inputs, target).value)
    except InputError:  # the activation gave numbers that are not finite
        return Start(dead, math.nan)


def _outcome(network: Network, record: Record, data: Data, task: Task) -> Outcome:
    inputs, target = data.test
    predicted = network.predict(inputs)
    error = None
    if task.classes:
        score = accuracy(predicted, target)
    else:
        score = r_squared(predicted, target)
        error = root_mean_squared_error(predicted, target) * data.preparation.scale
    rows = sample(data)[0]
    return Outcome(
        record.best_loss,
        score,
        error,
        dead_units(network, rows).value,
        saturated_share(network, rows).value,
        record.seconds,
        record.diverged_at is not None,
    )
