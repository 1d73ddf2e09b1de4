"""What each column does for the predictions of a network, on test rows that it never saw.

How much: by how much the score falls when the values of the column are shuffled (Breiman, Machine
Learning 45, 2001). What shape: the mean prediction if all rows had the same value there (Friedman,
Annals of Statistics 29, 2001). Both speak of the network, not of causes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from nonlin.choose.held_out import HeldOut
from nonlin.network.blas import single_threaded_blas

SHOWN = 15  # columns, the strongest
SHUFFLES = 6  # of each of them
WORK = 1_500_000_000  # weights times rows that shuffles may cost: about 0.1 s
FEWEST = 50  # rows that they are done with, at least
GROUPS = 10  # of rows, each left out once, for the interval
STUDENT = 2.262  # 97.5 % quantile of Student's t with 9 degrees of freedom
GRID = 24  # values of a column at which a shape is known
BACKGROUND = 100  # rows over which a shape is averaged
LEVELS = 10  # of a column of text, the most frequent


@dataclass(frozen=True, slots=True)
class Effect:
    """What shuffling one column costs.

    fall: of the score; half_width: of its 95 % interval (NaN: fewer than 2 rows). error: how much
    that of the task rises, in the units of the target, or None.
    """

    column: str
    fall: float
    half_width: float
    error: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Mean predictions by the value of one column.

    places: where the values lie on an axis (dated: as dates are stored), empty for texts. names:
    the values as text. means: (values, outputs), see `HeldOut.predicted`.
    """

    column: str
    places: tuple[float, ...]
    names: tuple[str, ...]
    means: np.ndarray
    dated: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """Rows that a network never saw, what it says of them, and what draws shuffles."""

    held: HeldOut
    inputs: np.ndarray
    logits: np.ndarray
    random: np.random.Generator

    @classmethod
    def of(cls, held: HeldOut, shuffles: int, random: np.random.Generator) -> _Looked:
        """As many of the rows as these shuffles allow."""
        size = sum(each.size for each in held.network.weights)
        few = held.part(max(FEWEST, WORK // (shuffles * size)))
        inputs = few.inputs
        return cls(few, inputs, held.network.logits(inputs), random)

    def without(self, columns: Sequence[int]) -> np.ndarray:
        """What the network says once these inputs are shuffled among the rows."""
        changed = self.inputs.copy()
        changed[:, columns] = changed[self.random.permutation(len(changed))][:, columns]
        return self.held.network.logits(changed)

    def judged(
        self, logits: np.ndarray, rows: slice | np.ndarray = slice(None)
    ) -> tuple[float, float | None]:
        """Score and error of logits for all rows, on these."""
        held = self.held
        weights = None if held.weights is None else held.weights[rows]
        return held.task.judge(logits[rows], held.target[rows], weights)


def effects(held: HeldOut, seed: int = 0) -> tuple[Effect, ...]:
    """Of the columns that count most, at most SHOWN, the strongest first; empty without rows."""
    places, random = held.preparation.places, np.random.default_rng(seed)
    with single_threaded_blas:
        names = list(places)
        if len(names) > SHOWN:
            names = _strongest(_Looked.of(held, len(names), random), places)
        looked = _Looked.of(held, len(names) * SHUFFLES, random)
        if len(looked.inputs) < 2:
            return ()
        found = [_effect(looked, name, places[name]) for name in names]
    return tuple(sorted(found, key=lambda each: -each.fall))


def _strongest(looked: _Looked, places: Mapping[str, Sequence[int]]) -> list[str]:
    """By one shuffle of each.

    What is measured of them afterwards comes of other shuffles, so that luck here is not praised.
    """
    found = {name: looked.judged(looked.without(each))[0] for name, each in places.items()}
    return sorted(found, key=found.__getitem__)[:SHOWN]


def _effect(looked: _Looked, name: str, columns: Sequence[int]) -> Effect:
    shuffled = [looked.without(columns) for _ in range(SHUFFLES)]
    before, error = looked.judged(looked.logits)
    after = [looked.judged(each) for each in shuffled]
    rise = None
    if error is not None:
        mean = float(np.mean([other or 0.0 for _, other in after]))
        rise = looked.held.preparation.scale * (mean - error)
    fall = before - float(np.mean([score for score, _ in after]))
    return Effect(name, fall, _half_width(looked, shuffled), rise)


def _half_width(looked: _Looked, shuffled: Sequence[np.ndarray]) -> float:
    """Of the 95 % interval, by leaving out a tenth of the rows in turn: the jackknife that deletes
    a group (Kott, Journal of Official Statistics 17, 2001).
    """
    rows = len(looked.inputs)
    groups = min(GROUPS, rows)
    group = looked.random.permutation(rows) % groups
    falls = []
    for number in range(groups):
        kept = group != number
        after = [looked.judged(each, kept)[0] for each in shuffled]
        falls.append(looked.judged(looked.logits, kept)[0] - float(np.mean(after)))
    spread = float(np.sum((np.array(falls) - np.mean(falls)) ** 2))
    return STUDENT * math.sqrt((groups - 1) / groups * spread)


def shapes(held: HeldOut, columns: Sequence[str]) -> Iterator[Shape]:
    """Of these columns, in their order; what has one value only has no shape."""
    background = held.part(BACKGROUND).features
    for name in columns:
        values = _grid(held.features[name])
        if len(values) < 2:
            continue
        rows = pl.concat([background] * len(values)).with_columns(
            values.gather(np.repeat(np.arange(len(values)), len(background))).alias(name)
        )
        with single_threaded_blas:
            found = held.predicted(held.network.logits(held.preparation.inputs(rows)))
        means = found.reshape(len(values), len(background), -1).mean(axis=1)
        places = () if values.dtype == pl.String else tuple(map(float, values.to_physical()))
        yield Shape(name, places, tuple(map(str, values)), means, values.dtype.is_temporal())


def _grid(column: pl.Series) -> pl.Series:
    """Values of a column: the most frequent texts, or quantiles of the middle 95 %, which rise."""
    known = column.drop_nulls()
    if column.dtype == pl.String:
        counts = known.value_counts(sort=True)
        return counts[column.name][:LEVELS]
    values = known.unique().sort()
    if len(values) <= GRID:
        return values
    order = np.linspace(0.025, 0.975, GRID) * (len(known) - 1)
    return known.sort().gather(order.round().astype(np.int64)).unique().sort()
