"""One random split of a table, prepared for networks: its rows, what is fitted on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from nonlin.data import prepare
from nonlin.data.prepare import Preparation
from nonlin.data.split import SHARES, Split, split, split_groups, split_time
from nonlin.data.table import Table
from nonlin.network import Job, Loss, Network, Settings
from nonlin.tasks.task import Task

LOOKED_AT = 1024  # training rows on which stability is measured
Sample = tuple[np.ndarray, np.ndarray]  # prepared inputs, encoded targets
Part = tuple[Any, Any]  # the same, or None twice


class Judged(NamedTuple):
    """Score, error and second measure (see `Task`), in the units of the target; or None."""

    score: float
    error: float | None
    beside: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The rows of one split, prepared: float32 inputs and encoded targets.

    weights: of the rows of the three parts; empty if all rows count alike.
    """

    preparation: Preparation
    train: Part
    validation: Part
    test: Part
    weights: tuple[np.ndarray, ...] = ()

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """All of them in a row."""
        return (*self.train, *self.validation, *self.test, *self.weights)

    def having(self, arrays: Sequence[np.ndarray]) -> Data:
        """The same with these arrays in a row, or none."""
        found: list[Any] = [*arrays] or [None] * 6
        train, validation, test = ((found[k], found[k + 1]) for k in (0, 2, 4))
        return Data(self.preparation, train, validation, test, tuple(arrays[6:]))

    def judged(self, network: Network, part: int, task: Task) -> Judged:
        """What the network is worth on validation rows (part 1) or test rows (2)."""
        inputs, target = (self.train, self.validation, self.test)[part]
        weights = self.weights[part] if self.weights else None
        logits = network.logits(inputs)
        score, error = task.judge(logits, target, weights)
        beside = task.measured_beside(logits, target, weights)
        scale = self.preparation.scale  # 1 for classes
        return Judged(score, _times(error, scale), _times(beside, scale))

    def job(self, network: Network, settings: Settings, loss: Loss) -> Job:
        """To train `network` on the training rows, watched on the validation rows."""
        if not self.weights:
            return Job(network, *self.train, self.validation, settings, loss=loss)
        held_out = (*self.validation, self.weights[1])
        return Job(network, *self.train, held_out, settings, self.weights[0], loss=loss)


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


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


def sample(data: Data) -> Sample:
    """Training rows and targets, at most LOOKED_AT, evenly spread: stability is measured there."""
    inputs, target = data.train
    step = max(1, len(inputs) // LOOKED_AT)
    kept = slice(None, step * LOOKED_AT, step)
    return inputs[kept].copy(), target[kept].copy()  # which do not keep all rows in memory
