"""Cut the rows into training, validation and test parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonlin._errors import InputError
from nonlin._text import text

SHARES = (0.6, 0.2, 0.2)  # training, validation, test
FINAL_SHARES = (0.8, 0.2, 0.0)  # nothing is held back for a score: the race has given it
LEAST_ROWS = 10
LEAST_PER_CLASS = 3  # one for each part
DRAWS = 100  # of parts for groups, until each has about its share
TINY = 1e-9  # share of the rows that every part lacks, so that one can be drawn when all are full


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

    Both (rows,) int64. Each group goes to a part with the probability at which its rows are
    missing there, whatever its size, and draws with a part below half or above twice its share
    are put back where others can be had. Raises InputError if no draw has rows in every part and
    each class in training.
    """
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
    classes = np.unique(strata, return_inverse=True)[1]
    names, member = np.unique(groups, return_inverse=True)
    cells = _cells(classes, member, len(names))
    spare = None
    for _ in range(DRAWS):
        dealt = _dealt(cells, shares, random)
        found = Split(*(np.flatnonzero(dealt[member] == part) for part in range(3)))
        learnt = np.bincount(classes[found.train], minlength=int(classes.max()) + 1)
        if not (_filled(found, shares) and learnt.all()):
            continue
        if _near(found, shares):
            return found
        spare = spare or found
    if spare is None:
        raise InputError("groups_not_split")
    return spare


Cell = tuple[np.ndarray, np.ndarray]  # of a group: its classes, and how many rows of each


def _cells(classes: np.ndarray, member: np.ndarray, groups: int) -> list[Cell]:
    """Of each group; both (rows,), counted from 0."""
    width = int(classes.max()) + 1
    found, counts = np.unique(member * width + classes, return_counts=True)
    ends = np.searchsorted(found // width, np.arange(1, groups))
    return list(zip(np.split(found % width, ends), np.split(counts, ends), strict=True))


def _dealt(
    cells: Sequence[Cell], shares: tuple[float, float, float], random: np.random.Generator
) -> np.ndarray:
    """The part of each group, (groups,)."""
    deal = _Deal(cells, shares)
    dealt = np.empty(len(cells), np.int64)
    for group, chance in zip(
        random.permutation(len(cells)), random.random(len(cells)), strict=True
    ):
        dealt[group] = deal.part_for(cells[group], chance)
    return dealt


class _Deal:
    """Groups handed to parts, one after the other."""

    def __init__(self, cells: Sequence[Cell], shares: tuple[float, float, float]) -> None:
        classes, counts = (np.concatenate(each) for each in zip(*cells, strict=True))
        self.parts = [part for part, share in enumerate(shares) if share]
        self.rows = np.bincount(classes, counts)
        self.missing = np.outer([shares[part] for part in self.parts], self.rows)
        self.given = np.zeros(len(self.parts), np.int64)  # groups
        self.ahead = np.bincount(classes)  # groups of each class
        self.learnt = np.zeros(len(self.rows), bool)  # is the class in training?
        self.left = len(cells)

    def part_for(self, cell: Cell, chance: float) -> int:
        """The part that `chance`, from 0 to 1, gives to this group."""
        classes, counts = cell
        lacks = np.maximum(self.missing[:, classes], 0.0) @ (counts / self.rows[classes])
        weights = np.where(self._open(classes), lacks + TINY, 0.0).cumsum()
        place = int(np.searchsorted(weights, chance * weights[-1], side="right"))
        self.missing[place, classes] -= counts
        self.given[place] += 1
        self.left -= 1
        if place == 0:
            self.learnt[classes] = True
        return self.parts[place]

    def _open(self, classes: np.ndarray) -> np.ndarray:
        """Which parts may have a group of these classes, so that no part stays empty and every
        class is in training."""
        self.ahead[classes] -= 1
        empty: np.ndarray = self.given == 0
        if empty.sum() >= self.left:
            return empty
        if (~self.learnt[classes] & (self.ahead[classes] == 0)).any():
            return np.asarray(np.arange(len(self.parts)) == 0)
        return np.ones(len(self.parts), bool)


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
    if not _filled(found, shares):
        raise InputError("empty_part")
    return found


def _between(times: np.ndarray, end: int) -> int:
    """The place nearest to `end` where the sorted times change."""
    if end >= len(times):
        return len(times)
    left = int(np.searchsorted(times, times[end], side="left"))
    right = int(np.searchsorted(times, times[end], side="right"))
    return left if end - left <= right - end else right


def _filled(found: Split, shares: tuple[float, float, float]) -> bool:
    """Has every part rows that should have some?"""
    parts = (found.train, found.validation, found.test)
    return all(len(part) or not share for part, share in zip(parts, shares, strict=True))


def _near(found: Split, shares: tuple[float, float, float]) -> bool:
    """Has every part between half and twice its share of the rows?"""
    parts = (found.train, found.validation, found.test)
    rows = sum(map(len, parts))
    pairs = zip(parts, shares, strict=True)
    return all(share / 2 <= len(part) / rows <= share * 2 for part, share in pairs)
