"""Which task a target poses, and which output activation and loss follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from nonlin._errors import InputError, nearest
from nonlin._text import Text, listed, text
from nonlin.data import labels as several
from nonlin.data.split import enough_per_class
from nonlin.network import Loss, pinball
from nonlin.network.loss import LEVELS, LOSSES
from nonlin.tasks.beside import BESIDE, beside
from nonlin.tasks.guess import guess
from nonlin.tasks.kinds import KINDS, Kind, judge_probabilities

INDICES = ("binary", "multiclass", "ordinal")  # kinds whose target is one class of several
USUAL = ((0.0, 1.0), (50.0, 100.0))  # largest values from which on 1, and 100, are the bounds
PROBABILITIES = "probabilities"  # the detail of classes: these are judged, not the classes
MAJORITY = 0.8  # share of the rows in one class from which accuracy tells networks apart no more
EXAMPLES = {
    "ordinal": "low,mid,high",
    "proportion": "0,10",
    "quantiles": "0.05,0.5,0.95",
    "binary": PROBABILITIES,
    "multiclass": PROBABILITIES,
}


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What the network is to learn.

    kind: a key of `KINDS`. outputs: output neurons. labels: the classes in order, the names of
    several labels, or empty. numbers: levels of quantiles, or the bounds of a proportion.
    reason: why this output and loss. by_probabilities: classes are compared by their
    probabilities, not by accuracy. notes: how the target was taken, and how to have it otherwise.
    """

    kind: str
    outputs: int
    labels: np.ndarray
    reason: Text
    numbers: tuple[float, ...] = ()
    by_probabilities: bool = False
    notes: tuple[Text, ...] = ()

    @property
    def rules(self) -> Kind:
        """What the kind decides."""
        return KINDS[self.kind]

    @property
    def output(self) -> str:
        """The output activation."""
        return self.rules.output

    @property
    def loss(self) -> str:
        """The name of the loss on the logits."""
        return self.rules.loss

    @property
    def score(self) -> str:
        """The measure that is the higher the better: accuracy, or what a constant makes 0."""
        return "d2_classes" if self.by_probabilities else self.rules.score

    @property
    def error(self) -> str | None:
        """What is the lower the better, in the units of the target; None beside accuracy."""
        return "missed" if self.by_probabilities else self.rules.error

    @property
    def beside(self) -> str | None:
        """A second measure that people know, and that decides nothing."""
        return BESIDE.get(self.kind)

    @property
    def source(self) -> str:
        """Who says that this output and loss fit the kind."""
        return self.rules.source

    @property
    def classes(self) -> bool:
        """Are classes or labels to be told apart?"""
        return self.rules.location is None

    @property
    def indices(self) -> bool:
        """Is the target one class of several?"""
        return self.kind in INDICES

    @property
    def stepwise(self) -> bool:
        """Does the score move in steps of one row?"""
        return self.indices and not self.by_probabilities

    def constant_score(self, target: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Of the best constant: the share of the largest class, or 0; weights: of the rows."""
        if self.score != "accuracy":
            return 0.0
        share = np.bincount(self.encode(target), weights)
        return float(share.max() / share.sum())

    def objective(self) -> Loss:
        """The loss, for training."""
        return pinball(self.numbers) if self.kind == "quantiles" else LOSSES[self.loss]

    def encode(self, target: np.ndarray) -> np.ndarray:
        """Class indices (int64), or the numbers themselves (float64); shaped as the target."""
        if self.indices:
            order = np.argsort(self.labels)
            return order[np.searchsorted(self.labels, target, sorter=order)].astype(np.int64)
        return target.astype(np.float64)

    def decode(self, predicted: np.ndarray) -> np.ndarray:
        """The reverse: the user's own labels for class indices."""
        return self.labels[predicted.astype(np.int64)] if self.indices else predicted

    def strata(self, target: np.ndarray) -> np.ndarray:
        """A class for each row, int64, to be spread evenly; all 0 for quantities."""
        if self.indices:
            return self.encode(target)
        return several.strata(target) if self.classes else np.zeros(len(target), np.int64)

    def location(self, target: np.ndarray) -> tuple[float, float]:
        """Mean and scale between the units of the target and those of training."""
        chosen = self.rules.location
        return (0.0, 1.0) if chosen is None else chosen(target, self.numbers)

    def read(self, logits: np.ndarray) -> np.ndarray:
        """Predictions in the units of training, for logits (rows, outputs).

        (rows,): numbers or class indices; (rows, outputs): several labels, or quantiles.
        """
        return self.rules.read(logits)

    def judge(
        self, logits: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None
    ) -> tuple[float, float | None]:
        """Score and error, in the units of training, against an encoded target.

        weights: (rows,), how much each row counts.
        """
        if self.by_probabilities:
            return judge_probabilities(self.rules, logits, target, weights)
        return self.rules.judge(logits, target, self.numbers, weights)

    def measured_beside(
        self, logits: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None
    ) -> float | None:
        """The measure `beside`, in the units of training; None if there is none."""
        return beside(self.kind, logits, target, weights)


def infer(target: np.ndarray, name: str, kind: str | None = None) -> Task:
    """The task of a target (rows,), or (rows, labels), without gaps.

    kind: what it is instead of what `nonlin.tasks.guess` reads off the values, with details
    behind a colon where it has some: "ordinal:low,mid,high", "proportion:0,10" (bounds),
    "quantiles:0.05,0.95", "binary:probabilities". Raises InputError for an unknown kind, a target
    with one value, one that does not fit the kind, or a class with fewer than 3 rows.
    """
    wanted, details = _split(kind)
    if target.ndim == 2 or wanted == "multilabel":
        return _multilabel(target, name, wanted)
    distinct, counts = np.unique(target, return_counts=True)
    if len(distinct) < 2:
        value = distinct[0].item() if len(distinct) else None
        raise InputError("one_class", name=name, value=value)
    notes: tuple[Text, ...] = ()
    if wanted is None:
        wanted, notes = guess(target, distinct, counts)
        if wanted in INDICES and counts.max() >= MAJORITY * len(target):
            details, notes = [PROBABILITIES], (*notes, _lopsided(distinct, counts, wanted))
    if wanted not in INDICES:
        task = _quantity(target, name, wanted, details)
        return replace(task, notes=(*task.notes, *notes))
    task = _classes(target, distinct, name, wanted, details)
    enough_per_class(distinct, counts)
    return replace(task, notes=notes)


def _split(kind: str | None) -> tuple[str | None, list[str]]:
    """The kind, and what stands behind its colon."""
    if kind is None:
        return None, []
    name, _, details = str(kind).partition(":")
    if name not in KINDS:
        hint = nearest(name, KINDS)
        raise InputError("unknown_task", given=name, allowed=listed(KINDS), hint=hint)
    found = [each.strip() for each in details.split(",") if each.strip()]
    if found and name not in EXAMPLES:
        raise InputError("task_details", kind=name)
    return name, found


def _multilabel(target: np.ndarray, name: str, kind: str | None) -> Task:
    if target.ndim != 2 or kind not in (None, "multilabel"):
        raise InputError("not_several", kind=kind, dimensions=target.ndim)
    names = several.names(name, target.shape[1])
    several.enough(target, names)
    reason = text("task.multilabel", count=len(names))
    one = bool((target.astype(np.float64).sum(axis=1) == 1).all())
    notes = (text("task.perhaps_multiclass"),) if one else ()
    return Task("multilabel", len(names), np.array(names), reason, notes=notes)


def _quantity(target: np.ndarray, name: str, kind: str, details: list[str]) -> Task:
    if target.dtype.kind == "U":
        raise InputError("text_target", name=name, example=str(target[0]), kind=kind)
    values = target.astype(np.float64)
    if kind in ("positive", "counts") and values.min() < 0:
        raise InputError("not_positive", name=name, given=float(values.min()), kind=kind)
    if kind == "counts" and not np.array_equal(values, np.floor(values)):
        given = float(values[values != np.floor(values)][0])
        raise InputError("not_counts", name=name, given=given)
    if kind == "proportion":
        bounds = _bounds(values, name, details)
        low, high = bounds
        reason = text("task.proportion", low=f"{low:g}", high=f"{high:g}")
        taken = not details and bounds not in ((0.0, 1.0), (0.0, 100.0))
        notes = (text("task.bounds_taken"),) if taken else ()
        return Task(kind, 1, target[:0], reason, bounds, notes=notes)
    if kind == "quantiles":
        numbers = pinball(_numbers(kind, details)).constants if details else LEVELS
        reason = text("task.quantiles", levels=", ".join(f"{level:g}" for level in numbers))
        return Task(kind, len(numbers), target[:0], reason, numbers)
    return Task(kind, 1, target[:0], text(f"task.{kind}"))


def _bounds(values: np.ndarray, name: str, details: list[str]) -> tuple[float, float]:
    """Those given; else 0 and 1, 0 and 100, or the smallest and the largest value."""
    low, high = float(values.min()), float(values.max())
    if details:
        found = _numbers("proportion", details)
        if len(found) != 2 or not -math.inf < found[0] < found[1] < math.inf:
            raise InputError("task_bounds", given=", ".join(details))
        if low < found[0] or high > found[1]:
            outside = low if low < found[0] else high
            shown = f"{found[0]:g}", f"{found[1]:g}"
            raise InputError("out_of_bounds", name=name, given=outside, low=shown[0], high=shown[1])
        return found[0], found[1]
    usual = [top for least, top in USUAL if low >= 0 and least < high <= top]
    return (0.0, usual[0]) if usual else (low, high)


def _numbers(kind: str, details: list[str]) -> list[float]:
    try:
        return [float(each) for each in details]
    except ValueError:
        example = f"{kind}:{EXAMPLES[kind]}"
        given = ", ".join(details)
        raise InputError("task_numbers", kind=kind, given=given, example=example) from None


def _classes(
    target: np.ndarray, distinct: np.ndarray, name: str, kind: str, details: list[str]
) -> Task:
    count = len(distinct)
    if kind == "binary" and count > 2:
        raise InputError("not_two_classes", name=name, count=count)
    if count > len(target) / 2:
        raise InputError("too_many_classes", name=name, count=count, rows=len(target))
    if kind != "ordinal" and details not in ([], [PROBABILITIES]):
        raise InputError("task_judged", kind=kind, given=", ".join(details))
    by_probabilities = kind != "ordinal" and bool(details)
    if kind == "binary":
        reason = text("task.binary", positive=distinct[1].item())
        return Task(kind, 1, distinct, reason, by_probabilities=by_probabilities)
    if kind == "multiclass":
        reason = text("task.multiclass", count=count)
        return Task(kind, count, distinct, reason, by_probabilities=by_probabilities)
    order = _ordered(distinct, name, details)
    lowest, highest = order[0].item(), order[-1].item()
    reason = text("task.ordinal", count=count, steps=count - 1, lowest=lowest, highest=highest)
    return Task(kind, count - 1, order, reason)


def _lopsided(distinct: np.ndarray, counts: np.ndarray, kind: str) -> Text:
    label, share = distinct[np.argmax(counts)].item(), f"{100 * counts.max() / counts.sum():.3g}"
    return text("task.lopsided", label=label, share=share, kind=kind)


def _ordered(distinct: np.ndarray, name: str, details: list[str]) -> np.ndarray:
    """The classes from the lowest to the highest: as given, or as numbers rise."""
    if not details:
        if distinct.dtype.kind == "U" and len(distinct) > 2:
            raise InputError("order_needed", name=name, classes=",".join(distinct[:8]))
        return distinct
    numeric = distinct.dtype.kind != "U"
    given = np.array(_numbers("ordinal", details) if numeric else details)
    order = given.astype(distinct.dtype) if numeric else given
    if len(set(details)) != len(details) or set(given.tolist()) != set(distinct.tolist()):
        classes = listed(str(each) for each in distinct[:8])
        raise InputError("order_differs", name=name, given=listed(details), classes=classes)
    return order
