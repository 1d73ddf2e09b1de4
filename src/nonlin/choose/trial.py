"""One random split: prepare its rows, train networks on them, measure what came out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.choose.candidates import Plan
from nonlin.data import prepare
from nonlin.data.prepare import Preparation
from nonlin.data.split import SHARES, Split, split, split_groups, split_time
from nonlin.data.table import Table
from nonlin.measure.stability import dead_units, gradient_ratio, saturated_share
from nonlin.network import Job, Loss, Network, Record, Settings, train_many
from nonlin.tasks.task import Task

LOOKED_AT = 1024  # training rows on which stability is measured
Arm = tuple[int, int]  # indices of an activation and a rate of the plan
Sample = tuple[np.ndarray, np.ndarray]  # prepared inputs, encoded targets


@dataclass(frozen=True, slots=True)
class Start:
    """A network before training: share of dead units, gradient norm ratio (NaN: none)."""

    dead: float
    gradient_ratio: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trained network.

    validation_loss and validation_score choose: the learning rate, and which arms go on. score
    and error (in the target's units; None for classes without order) come from the test rows
    and choose nothing; what they measure is the task's. dead, saturated: shares of units and of
    unit-row pairs. seconds: of training.
    """

    validation_loss: float
    validation_score: float
    score: float
    error: float | None
    dead: float
    saturated: float
    seconds: float
    diverged: bool


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The rows of one split, prepared: float32 inputs and encoded targets.

    weights: of the rows of the three parts; empty if all rows count alike.
    """

    preparation: Preparation
    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    weights: tuple[np.ndarray, ...] = ()

    def job(self, network: Network, settings: Settings, loss: Loss) -> Job:
        """To train `network` on the training rows, watched on the validation rows."""
        if not self.weights:
            return Job(network, *self.train, self.validation, settings, loss=loss)
        held_out = (*self.validation, self.weights[1])
        return Job(network, *self.train, held_out, settings, self.weights[0], loss=loss)


def groups(table: Table, task: Task) -> np.ndarray:
    """The class of each row, int64; all 0 for quantities, where nothing is stratified."""
    return task.strata(table.target)


def rows_of(table: Table, task: Task, seed: int) -> Data:
    """The split that belongs to a seed."""
    return prepared(table, task, parts_of(table, task, seed))


def parts_of(
    table: Table, task: Task, seed: int, shares: tuple[float, float, float] = SHARES
) -> Split:
    """Rows of each part, as the roles of the rows demand."""
    if table.roles.time is not None:
        return split_time(table.roles.time, seed, shares)
    if table.roles.group is not None:
        return split_groups(groups(table, task), table.roles.group, seed, shares)
    return split(groups(table, task), seed, shares)


def prepared(table: Table, task: Task, parts: Split) -> Data:
    """The three parts as inputs and targets; whatever is estimated comes from `parts.train`."""
    target = task.encode(table.target)
    features = table.features[parts.train]
    fitted = prepare.fit(features, None if task.classes else target[parts.train])
    mean, scale = task.location(target[parts.train])
    fitted = replace(fitted, mean=mean, scale=scale)

    def part(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = target[rows] if task.classes else fitted.encode(target[rows])
        if not len(rows):
            return np.empty((0, len(fitted.names)), np.float32), values
        return fitted.inputs(table.features[rows]), values

    cut = (parts.train, parts.validation, parts.test)
    weights = table.roles.weights
    counted = () if weights is None else tuple(weights[rows] for rows in cut)
    train, validation, test = (part(rows) for rows in cut)
    return Data(fitted, train, validation, test, counted)


def network(
    inputs: int, task: Task, hidden: tuple[int, ...], activation: Activation, seed: int
) -> Network:
    """An untrained network for so many inputs, initialised for its activation."""
    sizes = (inputs, *hidden, task.outputs)
    return Network(sizes, activation, task.output, "auto", seed)


def _candidate(data: Data, task: Task, plan: Plan, arm: int, seed: int) -> Network:
    inputs = len(data.preparation.names)
    return network(inputs, task, plan.shape(arm), plan.activations[arm], seed)


def sample(data: Data) -> Sample:
    """Training rows and targets, at most LOOKED_AT, evenly spread: stability is measured there."""
    inputs, target = data.train
    step = max(1, len(inputs) // LOOKED_AT)
    kept = slice(None, step * LOOKED_AT, step)
    return inputs[kept].copy(), target[kept].copy()  # which do not keep all rows in memory


def starts(data: Data, task: Task, plan: Plan, seed: int, arms: Sequence[int]) -> dict[int, Start]:
    """What can be said of these activations before training."""
    with np.errstate(over="ignore", invalid="ignore"):
        made = {a: _candidate(data, task, plan, a, seed) for a in arms}
        return {a: _start(each, data, task) for a, each in made.items()}


def train_arms(
    data: Data,
    task: Task,
    plan: Plan,
    seed: int,
    arms: Sequence[Arm],
    finished: Callable[[Arm, Outcome], None],
) -> None:
    """Train these arms on one split: same rows, batches and initial noise for all.

    finished(arm, outcome) is called after each network, in no particular order.
    """
    starting = {a: _candidate(data, task, plan, a, seed) for a, _ in arms}
    rules = [plan.settings(rate, len(data.train[0]), seed) for rate in plan.rates]
    loss = task.objective()
    jobs = [data.job(starting[a].copy(), rules[rate], loss) for a, rate in arms]
    with closing(train_many(jobs, plan.threads)) as ended:  # type: ignore[type-var]
        for index, record in ended:
            with np.errstate(over="ignore", invalid="ignore"):  # of networks that diverged
                finished(arms[index], _outcome(jobs[index].network, record, data, task))


def _start(network: Network, data: Data, task: Task) -> Start:
    inputs, target = sample(data)
    dead = dead_units(network, inputs).value
    try:
        return Start(dead, gradient_ratio(network, inputs, target, task.objective()).value)
    except InputError:  # the activation gave numbers that are not finite
        return Start(dead, math.nan)


def _outcome(network: Network, record: Record, data: Data, task: Task) -> Outcome:
    score, error = _scored(network, data, 2, task)
    rows = sample(data)[0]
    return Outcome(
        record.best_loss,
        _scored(network, data, 1, task)[0],
        score,
        error,
        dead_units(network, rows).value,
        saturated_share(network, rows).value,
        record.seconds,
        record.diverged_at is not None,
    )


def _scored(network: Network, data: Data, part: int, task: Task) -> tuple[float, float | None]:
    """Score, and error in the units of the target; part: 1 for validation rows, 2 for the test."""
    inputs, target = (data.train, data.validation, data.test)[part]
    weights = data.weights[part] if data.weights else None
    score, error = task.judge(network.logits(inputs), target, weights)
    return score, None if error is None else error * data.preparation.scale
