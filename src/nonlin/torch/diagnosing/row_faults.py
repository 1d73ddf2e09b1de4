"""Faults of the rows themselves: their order, targets beside other rows, numbers that are none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from nonlin._text import percent
from nonlin.layers.subject import CONSPICUOUS, Fault
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.example import the_example

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject

COMPARED = 2048  # rows whose nearest neighbours are looked for
SURE, CHANCE = 6.0, 2.5  # standard errors above what chance would give
ALONE = 0.9  # of the rows of a batch, in the mean, have one class: sorted
BETWEEN = 0.5  # of the variance of targets lies between batches: sorted


@dataclass(frozen=True, slots=True)
class Finite:
    """Numbers of the inputs that are not finite become 0."""

    def __call__(self, rows: Rows) -> Rows:
        """The rows with this change."""
        table = rows.table
        return rows if table is None else rows.with_table(table.nan_to_num(0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Moved:
    """Every target goes so many rows on, the last ones to the front."""

    by: int

    def __call__(self, rows: Rows) -> Rows:
        """The rows with this change."""
        return replace(rows, targets=rows.targets.roll(self.by, 0))


def faults_of_rows(subject: ModuleSubject) -> Iterator[Fault]:
    """The gravest first."""
    table = subject.rows.table
    if table is not None and not bool(table.isfinite().all()):
        share = float((~table.isfinite()).double().mean())
        yield Fault("not_finite_inputs", (), CONSPICUOUS, (("share", percent(share, ".2g")),))
        return
    if subject.training.ordered:
        yield Fault("order", (), CONSPICUOUS)
    yield from (Fault("labels", (), CONSPICUOUS, (), str(by)) for by in _beside(subject.rows))


def _finite(subject: ModuleSubject, _: str) -> ModuleSubject:
    return _prepared(subject, Finite())


def _moved(subject: ModuleSubject, way: str) -> ModuleSubject:
    return _prepared(subject, Moved(int(way)))


def _prepared(subject: ModuleSubject, edit: Finite | Moved) -> ModuleSubject:
    return replace(subject, rows=edit(subject.rows), made=(*subject.made, edit))


def _shuffled(subject: ModuleSubject, _: str) -> ModuleSubject:
    return subject.training_by(ordered=False)


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "not_finite_inputs": _finite,
    "order": _shuffled,
    "labels": _moved,
}


def are_sorted(rows: Rows) -> bool:
    """Do the batches come in an order that shows in their targets?"""
    targets = rows.targets
    if not isinstance(targets, torch.Tensor) or targets.ndim > 2 or rows.count < 4 * rows.batch:
        return False
    values = targets.reshape(rows.count, -1)[:, 0].double()
    parts = values[: rows.count // rows.batch * rows.batch].reshape(-1, rows.batch)
    if rows.batch < 4 or bool(values.var() == 0):
        return False
    if targets.is_floating_point() and len(values.unique()) > 2:
        return float(parts.mean(1).var() / values.var()) > BETWEEN
    whole = float((values == values.mode().values).double().mean())
    own = (parts == parts.mode(1).values[:, None]).double().mean()
    return float(own) > max(ALONE, (1 + whole) / 2)


def _beside(rows: Rows) -> Iterator[int]:
    """By how many rows targets must move so that similar rows have similar ones; nothing where
    they have so as they stand, or in no way.
    """
    if not isinstance(rows.targets, torch.Tensor) or rows.count < 100:
        return
    inputs = the_example(rows.inputs).tensors[0][:COMPARED]
    flat = inputs.detach().cpu().double().reshape(len(inputs), -1)
    flat = (flat - flat.mean(0)) / flat.std(0).clamp_min(1e-9)
    targets = rows.targets[:COMPARED].detach().cpu().double().reshape(len(inputs), -1)
    if targets.shape[1] > 1 or not bool(flat.isfinite().all() and targets.isfinite().all()):
        return
    distances = torch.cdist(flat, flat).fill_diagonal_(torch.inf)
    nearest = distances.argmin(1)
    classes = not rows.targets.is_floating_point()
    likeness = {by: _likeness(targets.roll(by, 0)[:, 0], nearest, classes) for by in (0, 1, -1)}
    if likeness[0] < CHANCE:
        yield from (by for by in (1, -1) if likeness[by] > SURE)


def _likeness(targets: torch.Tensor, nearest: torch.Tensor, classes: bool) -> float:
    """Of each row and its nearest neighbour: standard errors above chance."""
    if classes:
        same = (targets == targets[nearest]).double()
        shares = torch.bincount(targets.long() - int(targets.min())).double() / len(targets)
        chance = float((shares**2).sum())
        spread = math.sqrt(chance * (1 - chance))
        return (float(same.mean()) - chance) / max(spread, 1e-9) * math.sqrt(len(targets))
    centred = targets - targets.mean()
    product = centred * centred[nearest] / centred.var().clamp_min(1e-30)
    return float(product.mean()) * math.sqrt(len(targets))
