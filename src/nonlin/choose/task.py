"""Which task a target poses, and which output activation and loss follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nonlin._errors import InputError, nearest
from nonlin._text import Text, text
from nonlin.choose.split import LEAST_PER_CLASS, enough_per_class
from nonlin.network import LOSSES

KINDS = ("regression", "binary", "multiclass")
OUTPUTS = {"regression": "identity", "binary": "sigmoid", "multiclass": "softmax"}
MOST_CLASSES = 20  # whole numbers with more distinct values are quantities, not classes
ROWS_PER_CLASS = 5  # on average, for whole numbers to count as classes


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What the network is to learn.

    kind: "regression", "binary" or "multiclass". output: the output activation. loss: the
    name of the loss on the logits. outputs: output neurons. labels: the classes in order
    (regression: empty). score: "accuracy" or "r2". reason: why this output and loss. notes:
    how whole numbers were taken, and how to have it otherwise.
    """

    kind: str
    output: str
    loss: str
    outputs: int
    labels: np.ndarray
    score: str
    reason: Text
    notes: tuple[Text, ...] = ()

    @property
    def classes(self) -> bool:
        """Are classes to be told apart?"""
        return self.kind != "regression"

    def encode(self, target: np.ndarray) -> np.ndarray:
        """Class indices (int64), or the numbers themselves (float64); (rows,)."""
        if self.classes:
            return np.searchsorted(self.labels, target).astype(np.int64)
        return target.astype(np.float64)

    def decode(self, predicted: np.ndarray) -> np.ndarray:
        """The reverse: the user's own labels for class indices."""
        return self.labels[predicted.astype(np.int64)] if self.classes else predicted


def infer(target: np.ndarray, name: str, kind: str | None = None) -> Task:
    """The task of a target (rows,) without gaps; `kind` overrides what would be inferred.

    Text and booleans are classes; so are two distinct values, and whole numbers with at most
    20 distinct values, 5 rows for each on average, and 3 rows at least. Everything else is
    regression. Raises InputError for an unknown kind, a target with one value, one that does
    not fit the kind, or a class with fewer than 3 rows.
    """
    distinct, counts = np.unique(target, return_counts=True)
    if kind is not None and kind not in KINDS:
        hint = nearest(str(kind), KINDS)
        raise InputError("unknown_task", given=kind, allowed=", ".join(KINDS), hint=hint)
    if len(distinct) < 2:
        value = distinct[0].item() if len(distinct) else None
        raise InputError("one_class", name=name, value=value)
    notes: tuple[Text, ...] = ()
    if kind is None:
        kind, notes = _inferred(target, distinct, counts)
    if kind == "regression":
        return replace(_regression(target, name), notes=notes)
    task = _classification(target, distinct, name, kind)
    enough_per_class(distinct, counts)
    return replace(task, notes=notes)


def _inferred(
    target: np.ndarray, distinct: np.ndarray, counts: np.ndarray
) -> tuple[str, tuple[Text, ...]]:
    if not _whole(distinct):
        return _two_or(distinct, "multiclass" if target.dtype.kind == "U" else "regression"), ()
    few = len(distinct) <= min(MOST_CLASSES, len(target) / ROWS_PER_CLASS)
    rarest = int(np.argmin(counts))
    rows, count = int(counts[rarest]), len(distinct)
    if count == 2 or (few and rows >= LEAST_PER_CLASS):
        return _two_or(distinct, "multiclass"), (text("task.taken_as_classes", count=count),)
    if rows >= LEAST_PER_CLASS:
        return "regression", (text("task.taken_as_quantity", count=count),)
    value = distinct[rarest].item()
    note = text("task.rare_as_quantity", count=count, value=value, rows=rows)
    return "regression", (note,) if few else ()  # of many values nobody expects classes


def _whole(distinct: np.ndarray) -> bool:
    if distinct.dtype.kind == "f":
        return bool(np.all(distinct == np.floor(distinct)))
    return distinct.dtype.kind in "iu"


def _two_or(distinct: np.ndarray, otherwise: str) -> str:
    return "binary" if len(distinct) == 2 else otherwise


def _regression(target: np.ndarray, name: str) -> Task:
    if target.dtype.kind == "U":
        raise InputError("text_target", name=name, example=str(target[0]))
    return _task("regression", 1, target[:0], text("task.regression"))


def _classification(target: np.ndarray, distinct: np.ndarray, name: str, kind: str) -> Task:
    count = len(distinct)
    if kind == "binary" and count > 2:
        raise InputError("not_two_classes", name=name, count=count)
    if count > len(target) / 2:
        raise InputError("too_many_classes", name=name, count=count, rows=len(target))
    if kind == "binary":
        return _task(kind, 1, distinct, text("task.binary", positive=distinct[1].item()))
    return _task(kind, count, distinct, text("task.multiclass", count=count))


def _task(kind: str, outputs: int, labels: np.ndarray, reason: Text) -> Task:
    output = OUTPUTS[kind]
    score = "r2" if kind == "regression" else "accuracy"
    return Task(kind, output, LOSSES[output].name, outputs, labels, score, reason)
