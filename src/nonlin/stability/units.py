"""Columns in units of their own: is their offset or spread one that training minds?"""

from __future__ import annotations

import math

import numpy as np

from nonlin.layers.accumulators import Moments

SCALES = (0.05, 20.0)  # mean square, and variance, of columns that need no scaling
OFFSET = 10.0  # mean of a column over its standard deviation
SPREADS = 100.0  # largest standard deviation over the smallest one
HIDDEN = 30.0  # the same of targets: the error of the smallest counts 1/900 of the largest's


def scaled(seen: Moments) -> bool:
    """Neither offset nor spread of any column is out of the ordinary."""
    sizes = seen.second, float(seen.variances.mean())
    ordinary = all(SCALES[0] <= size <= SCALES[1] for size in sizes)
    return ordinary and offset(seen) <= OFFSET and spread(seen) <= SPREADS


def usable(seen: Moments) -> np.ndarray:
    """Standard deviations, 1 for a column of equal numbers."""
    scales = np.sqrt(seen.variances)
    return np.where(scales > 0, scales, 1.0)


def offset(seen: Moments) -> float:
    """The largest mean of a column over its standard deviation."""
    return float((np.abs(seen.means) / usable(seen)).max())


def spread(seen: Moments) -> float:
    """Largest standard deviation over the smallest, of the columns that have one."""
    scales = np.sqrt(seen.variances[seen.variances > 0])
    return float(scales.max() / scales.min()) if scales.size else 1.0


def told(seen: Moments) -> dict[str, str]:
    """The numbers for a sentence."""
    scales = np.sqrt(seen.variances)
    known = {"size": math.sqrt(seen.second), "offset": offset(seen)}
    known |= {"low": float(scales.min()), "high": float(scales.max())}
    return {name: f"{value:.2g}" for name, value in known.items()}
