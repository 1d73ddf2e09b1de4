"""Cut the rows into training, validation and test parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonlin._errors import InputError
from nonlin._text import text

SHARES = (0.6, 0.2, 0.2)  # training, validation, test
LEAST_ROWS = 10
LEAST_PER_CLASS = 3  # one for each part


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Row numbers of each part, int64, ascending."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def enough(rows: int) -> None:
    """Raises InputError if `rows` rows cannot be cut into three parts that mean anything."""
    if rows < LEAST_ROWS:
        raise InputError("too_few_rows", rows=rows, least=LEAST_ROWS)


def enough_per_class(labels: np.ndarray, counts: np.ndarray) -> None:
    """Raises InputError if a class has fewer rows than there are parts; both (classes,)."""
    rarest = int(np.argmin(counts))
    if counts[rarest] < LEAST_PER_CLASS:
        label, count = labels[rarest].item(), int(counts[rarest])
        hint = text("errors.or_regression") if labels.dtype.kind in "iuf" else ""
        raise InputError("rare_class", label=label, count=count, least=LEAST_PER_CLASS, hint=hint)


def split(
    groups: np.ndarray,
    seed: int,
    shares: tuple[float, float, float] = SHARES,
    least: int = 1,
) -> Split:
    """A random split, the same share of each group in each part.

    groups: (rows,) int64, the class of each row (all 0 for regression). least: rows of each
    group in the validation and in the test part. A share of 0 leaves that part empty.
    """
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    parts: tuple[list[np.ndarray], ...] = ([], [], [])
    for group in np.unique(groups):
        members = random.permutation(np.flatnonzero(groups == group))
        held_out = [max(least, round(s * len(members))) if s else 0 for s in shares[1:]]
        cuts = np.cumsum([len(members) - sum(held_out), held_out[0]])
        for part, rows in zip(parts, np.split(members, cuts), strict=True):
            part.append(rows)
    train, validation, test = (np.sort(np.concatenate(part)) for part in parts)
    return Split(train, validation, test)
