"""Columns in units of their own: is their offset or spread one that training minds?"""

from __future__ import annotations

import math

import numpy as np

from nonlin.layers.columns import Columns

SCALES = (0.05, 20.0)  # mean square, and variance, of columns that need no scaling
OFFSET = 10.0  # mean of a column over its standard deviation
SPREADS = 100.0  # largest standard deviation over the smallest one
HIDDEN = 30.0  # the same of targets: the error of the smallest counts 1/900 of the largest's
STANDARD = (0.5, 2.0)  # standard deviation of columns that scaling would hardly change
FAR = 100.0  # widths from the median: of 10^9 normal numbers none comes beyond 7


def scaled(seen: Columns) -> bool:
    """Neither offset nor spread of any column is out of the ordinary."""
    sizes = seen.moments.second, float(seen.moments.variances.mean())
    ordinary = all(SCALES[0] <= size <= SCALES[1] for size in sizes)
    return ordinary and offset(seen) <= OFFSET and spread(seen) <= SPREADS


def standard(seen: Columns) -> bool:
    """Every column that varies has a mean near 0 and a standard deviation near 1."""
    scales = np.sqrt(seen.moments.variances)
    scales = scales[scales > 0]
    near = bool(np.all((scales >= STANDARD[0]) & (scales <= STANDARD[1])))
    return near and bool(np.abs(seen.moments.means).max() <= STANDARD[0])


def usable(seen: Columns) -> np.ndarray:
    """Standard deviations, 1 for a column of equal numbers."""
    scales = np.sqrt(seen.moments.variances)
    return np.where(scales > 0, scales, 1.0)


def robust(seen: Columns) -> np.ndarray:
    """Widths, or standard deviations where half of the rows are equal."""
    return np.where(seen.widths > 0, seen.widths, usable(seen))


def outlying(seen: Columns) -> float:
    """How far the farthest number lies from the median of its column, in widths."""
    return float(seen.farthest.max())


def offset(seen: Columns) -> float:
    """The largest mean of a column over its standard deviation."""
    return float((np.abs(seen.moments.means) / usable(seen)).max())


def spread(seen: Columns) -> float:
    """Largest standard deviation over the smallest, of the columns that have one."""
    variances = seen.moments.variances
    scales = np.sqrt(variances[variances > 0])
    return float(scales.max() / scales.min()) if scales.size else 1.0


def unusual(seen: Columns) -> tuple[str, str]:
    """What is out of the ordinary, or nearest to it: "spread", "offset" or "size"; the number."""
    if spread(seen) > SPREADS:
        return "spread", short(spread(seen))
    if offset(seen) > OFFSET:
        return "offset", short(offset(seen))
    return "size", short(math.sqrt(seen.moments.second))


def short(value: float) -> str:
    """Two digits, without an exponent where people write none."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,g}" if 1e-4 <= abs(rounded) < 1e6 else f"{rounded:g}"
