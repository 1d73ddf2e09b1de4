"""Cut the rows into training, validation and test parts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from nonlin._errors import InputError
from nonlin._text import text

SHARES = (0.6, 0.2, 0.2)  # training, validation, test
LEAST_ROWS = 10
LEAST_PER_CLASS = 3  # one for each part
FOLDS = 5  # of groups: a fifth of the rows is a part


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


def split_groups(
    strata: np.ndarray,
    groups: np.ndarray,
    seed: int,
    shares: tuple[float, float, float] = SHARES,
) -> Split:
    """A random split of whole groups, each class of `strata` spread as evenly as they allow.

    Both (rows,) int64. The parts come as near to the shares as fifths of the rows do. Raises
    InputError if a part that should have rows gets none.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    count = min(FOLDS, len(np.unique(groups)))
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed % 2**32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class with fewer rows than folds
        held_out = [rows for _, rows in folds.split(np.zeros(len(strata)), strata, groups)]
    parts = [held_out[k] if share else held_out[0][:0] for k, share in enumerate(shares[1:])]
    train = np.setdiff1d(np.arange(len(strata)), np.concatenate(parts))
    found = Split(train, *parts)
    _all_there(found, shares)
    return found


def split_time(times: np.ndarray, seed: int, shares: tuple[float, float, float] = SHARES) -> Split:
    """Training rows, then validation rows, then test rows, of a window from the first row on.

    times: (rows,) ranks; rows of one time are never in two parts. The window ends at random in
    the last 30 % of the rows, so that several seeds forecast from several origins; with no test
    rows it has all. Raises InputError if a part that should have rows gets none.
    """
    order = np.argsort(times, kind="stable")
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    length = len(order) if shares[2] == 0 else round(len(order) * random.uniform(0.7, 1.0))
    ends = np.round(np.cumsum(shares) * length).astype(int)
    cuts = [_between(times[order], end) for end in ends]
    train, validation, test = np.split(order[: cuts[2]], cuts[:2])
    found = Split(np.sort(train), np.sort(validation), np.sort(test))
    _all_there(found, shares)
    return found


def _between(times: np.ndarray, end: int) -> int:
    """The place nearest to `end` where the sorted times change."""
    if end >= len(times):
        return len(times)
    left = int(np.searchsorted(times, times[end], side="left"))
    right = int(np.searchsorted(times, times[end], side="right"))
    return left if end - left <= right - end else right


def _all_there(found: Split, shares: tuple[float, float, float]) -> None:
    parts = (found.train, found.validation, found.test)
    if any(share and not len(part) for part, share in zip(parts, shares, strict=True)):
        raise InputError("empty_part")
