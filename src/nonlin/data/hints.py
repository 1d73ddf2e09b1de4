"""What is worth saying of a table before anything is learnt from it; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from nonlin._text import Text, bracketed, text
from nonlin.data.columns import like_target, near_unique, some
from nonlin.data.split import SHARES

PERFECT = 0.001  # share of the spread of the target that a leak leaves
LEAST = 20  # rows with fewer of which nothing is said
SOME = 20_000  # rows that show a leak
CLASSES = 50  # different whole numbers that may be classes
GAPS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 99999.0, 999999.0, -32768.0)
EXTREMES = 1e30  # no quantity of daily life
FAR = 3.0  # times the range of all other values


def hints(features: pl.DataFrame, target: np.ndarray, time: np.ndarray | None) -> Iterator[Text]:
    """Notes on columns that are or give away the target, on numbers that may mean a gap, and on
    labels: those that are nearly the same, and those that only the future has.
    """
    if target.ndim == 1:
        same = like_target(features, target)
        yield from same
        if not same:
            some = slice(None, None, 1 + len(target) // SOME)
            yield from _leaks(features[some], target[some])
        yield from _alike(target)
        yield from _late(target, time)
    yield from _gaps(features)


def _leaks(features: pl.DataFrame, target: np.ndarray) -> Iterator[Text]:
    """Columns by which the target is sorted, or which it follows: neighbours hardly differ."""
    values = _numbers(target)
    if len(values) < LEAST or not values.var():
        return
    names = [each.name for each in features if _left(each, values) < PERFECT]
    if names:
        yield text("choose.leaks", columns=some(names))


def _numbers(target: np.ndarray) -> np.ndarray:
    """float64, centred; classes as their places in the order of their names."""
    values = target if target.dtype.kind == "f" else np.unique(target, return_inverse=True)[1]
    return np.asarray(values - values.mean())


def _left(column: pl.Series, target: np.ndarray) -> float:
    """The share of the target's spread that is left, once the column is known (Chatterjee 2021).

    Half the mean square of differences between neighbours, in the order of the column, over the
    variance; of text, the mean variance within the levels.
    """
    if column.null_count() > len(column) / 2 or column.n_unique() < 2:
        return 1.0
    if column.dtype == pl.String:
        if near_unique(column):
            return 1.0
        level = column.rank("dense").fill_null(0).to_numpy().astype(np.int64)
        counts = np.maximum(np.bincount(level), 1)
        means = np.bincount(level, target) / counts
        return float(np.square(target - means[level]).mean() / target.var())
    there = column.is_not_null().to_numpy()
    values, known = target[there], column.drop_nulls().to_physical().to_numpy()
    order = np.lexsort((values, known))  # within ties the target is sorted,
    ties = _ties(known[order], values[order])  # which must not count as knowing it
    if not values.var():
        return 1.0
    steps = np.sort(np.square(np.diff(values[order])))
    smooth = steps[: len(steps) - _few(target)]
    return float((smooth.sum() / 2 / len(values) + ties) / values.var())


def _few(target: np.ndarray) -> int:
    """How many steps between classes there must be, even if the column is the class itself."""
    classes = len(np.unique(target))
    return classes - 1 if classes <= CLASSES else 0


def _ties(known: np.ndarray, values: np.ndarray) -> float:
    """The mean variance of the target among rows in which the sorted column has one value."""
    _, level, counts = np.unique(known, return_inverse=True, return_counts=True)
    means = np.bincount(level, values) / counts
    return float(np.square(values - means[level]).mean())


def _alike(target: np.ndarray) -> Iterator[Text]:
    """Labels such as No and NO."""
    if target.dtype.kind != "U":
        return
    spelt: dict[str, list[str]] = {}
    for label in np.unique(target)[: 10 * CLASSES].tolist():
        spelt.setdefault("".join(label.split()).casefold(), []).append(label)
    groups = [" = ".join(each) for each in spelt.values() if len(each) > 1]
    if groups:
        yield text("choose.labels_alike", labels=some(groups))


def _late(target: np.ndarray, time: np.ndarray | None) -> Iterator[Text]:
    """Classes that first occur after the training rows."""
    classes = np.unique(target) if target.dtype.kind in "Uib" and time is not None else target[:0]
    if time is None or not 2 <= len(classes) <= CLASSES:
        return
    known = set(target[np.argsort(time, kind="stable")][: round(SHARES[0] * len(target))].tolist())
    late = [str(each) for each in classes.tolist() if each not in known]
    if late:
        yield text("choose.late_classes", labels=some(late), percent=round(100 * SHARES[0]))


def _gaps(features: pl.DataFrame) -> Iterator[Text]:
    """Numbers such as -9999, of which several stand far from all others."""
    found = [bracketed(each.name, f"{value:g}") for each in features for value in _odd_ends(each)]
    if found:
        yield text("choose.as_gap_numbers", columns=some(found))


def _odd_ends(column: pl.Series) -> Sequence[float]:
    """The least and the largest value, if they look like a sign for a gap."""
    if column.dtype != pl.Float64 or len(column) < LEAST or not column.count():
        return ()
    values = column.drop_nulls().to_numpy()
    ends = {float(values.min()), float(values.max())}
    return [each for each in sorted(ends) if _is_sign(values, each)]


def _is_sign(values: np.ndarray, value: float) -> bool:
    if value not in GAPS and abs(value) < EXTREMES:
        return False
    rest = values[values != value]
    if len(values) - len(rest) < 2 or len(rest) < 2:
        return False
    low, high = rest.min(), rest.max()
    return bool(low < high and min(abs(value - low), abs(value - high)) > FAR * (high - low))
