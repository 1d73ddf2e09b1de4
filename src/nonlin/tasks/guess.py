"""What kind of task a target suggests by its values, and what to say of that."""

from __future__ import annotations

import numpy as np

from nonlin._text import Text, text
from nonlin.data.split import LEAST_PER_CLASS

MOST_CLASSES = 20  # whole numbers with more distinct values are quantities, not classes
ROWS_PER_CLASS = 5  # on average, for whole numbers to count as classes
SKEWED, VERY_SKEWED = 0.5, 1.0  # skewness; Bulmer, Principles of Statistics, 1979
WIDE = 0.5  # standard deviation over mean from which 0 is near enough to matter
LEAST_COUNTS = 4  # distinct values from which a skewness says something
FALLING_COUNTS = 6  # and so few whole numbers if they could also be classes
NOISE = 2.0  # standard deviations by which chance makes a rarer value more frequent
RARE = 0.002  # share of a value of an ordered scale that is too rare for a class, in any sample
DENSE = 0.5  # of the whole numbers up to the median that occur, if something is counted
SPANNED = 0.8  # of [0, 1], by what is taken for proportions without being told
FAR = 3.0  # interquartile ranges beyond the quartiles; Tukey, Exploratory Data Analysis, 1977
HEAVY, FEW_FAR = 0.005, 3  # share, and number, of the values out there that make heavy tails

Guess = tuple[str, tuple[Text, ...]]


def guess(target: np.ndarray, distinct: np.ndarray, counts: np.ndarray) -> Guess:
    """The kind of task, and notes on it; distinct values, rising, and the rows of each."""
    if target.dtype.kind in "Ub" or (len(distinct) == 2 and not _whole(distinct)):
        return ("binary" if len(distinct) == 2 else "multiclass"), ()
    if _whole(distinct):
        return _whole_numbers(target, distinct, counts)
    return _quantity(target.astype(np.float64), len(distinct), ())


def _whole_numbers(target: np.ndarray, distinct: np.ndarray, counts: np.ndarray) -> Guess:
    values, count = target.astype(np.float64), len(distinct)
    if count == 2:
        return "binary", (text("task.taken_as_classes", count=count),)
    few = count <= min(MOST_CLASSES, len(target) / ROWS_PER_CLASS)
    rarest = int(np.argmin(counts))
    rows = int(counts[rarest])
    consecutive = few and distinct[-1] - distinct[0] == count - 1
    often = rows >= LEAST_PER_CLASS and not (consecutive and rows < RARE * len(target))
    if few and often and not _falling(values, distinct, counts):
        taken = text("task.taken_as_classes", count=count)
        return "multiclass", (taken, text("task.perhaps_ordinal")) if consecutive else (taken,)
    if (not few and _counted(values, distinct)) or _falling(values, distinct, counts):
        return "counts", (text("task.taken_as_counts"),)
    if often:
        return _quantity(values, count, (text("task.taken_as_quantity", count=count),))
    value = distinct[rarest].item()
    note = text("task.rare_as_quantity", count=count, value=value, rows=rows)
    return _quantity(values, count, (note,) if few else ())  # of many values nobody expects classes


def _whole(distinct: np.ndarray) -> bool:
    if distinct.dtype.kind == "f":
        return bool(np.all(distinct == np.floor(distinct)))
    return distinct.dtype.kind in "iu"


def _quantity(values: np.ndarray, count: int, notes: tuple[Text, ...]) -> Guess:
    low, high = float(values.min()), float(values.max())
    shares = not notes and low >= 0 and high <= 1
    if shares and high - low >= SPANNED:
        return "proportion", (text("task.taken_as_proportion"),)
    skewness, spread = _skewness(values)
    if low >= 0 and skewness > VERY_SKEWED and spread > WIDE and count >= LEAST_COUNTS:
        return "positive", (text("task.taken_as_positive", skewness=f"{skewness:.1f}"),)
    perhaps = (text("task.perhaps_proportion"),) if shares else ()
    return "regression", (*notes, *perhaps, *_tails(values))


def _counted(values: np.ndarray, distinct: np.ndarray) -> bool:
    """From 0 or 1 on, hardly a number left out, and the large ones rare.

    Dollars from 0 on leave out most numbers: they are an amount.
    """
    if distinct[0] not in (0, 1) or len(distinct) < LEAST_COUNTS:
        return False
    skewness, spread = _skewness(values)
    usual = float(np.median(values[values > 0]))
    dense = np.sum((distinct > 0) & (distinct <= usual)) >= DENSE * usual
    return bool(dense and skewness > SKEWED and spread > WIDE / 2)


def _falling(values: np.ndarray, distinct: np.ndarray, counts: np.ndarray) -> bool:
    """Counts although they are few: 0, 1, 2, ... and rarer from step to step after the peak, but
    for what chance makes of the shares in a sample.
    """
    fits = distinct[0] == 0 and len(distinct) >= FALLING_COUNTS and distinct[-1] <= MOST_CLASSES
    if not (fits and _counted(values, distinct)):
        return False
    every = np.bincount(values.astype(np.int64))[int(distinct[np.argmax(counts)]) :]
    rises, together = np.diff(every), every[1:] + every[:-1]
    return bool(np.all(rises <= NOISE * np.sqrt(together)))


def _skewness(values: np.ndarray) -> tuple[float, float]:
    """Skewness, and standard deviation over mean; NaN for numbers that are too large."""
    with np.errstate(all="ignore"):
        mean, spread = values.mean(), values.std()
        return float(np.mean(((values - mean) / spread) ** 3)), float(spread / mean)


def _tails(values: np.ndarray) -> tuple[Text, ...]:
    """A note if too many values lie far out."""
    with np.errstate(all="ignore"):
        lower, upper = np.quantile(values, [0.25, 0.75])
        reach = FAR * (upper - lower)
        far = int(np.sum((values < lower - reach) | (values > upper + reach)))
    if far < max(FEW_FAR, HEAVY * len(values)):
        return ()
    return (text("task.heavy_tails", count=far, rows=len(values)),)
