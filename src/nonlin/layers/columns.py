"""The columns of inputs or targets: their units, and rows that lie far outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nonlin.layers.accumulators import Moments

QUARTILES = 1.349  # between them, over the standard deviation, of normal numbers


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Arrays of shape (columns,), float64: moments, and what single rows do not move.

    widths: the distance of the quartiles, in units in which it is the standard deviation of
    normal numbers; 0 where half of the rows are equal. farthest: of a row from the median, in
    widths; 0 where there is no width. least: the smallest number.
    """

    moments: Moments
    medians: np.ndarray
    widths: np.ndarray
    farthest: np.ndarray
    least: np.ndarray

    @classmethod
    def of(cls, block: np.ndarray) -> Columns:
        """Of rows, shape (rows, columns), at least one."""
        exact = np.asarray(block, np.float64)
        low, medians, high = np.quantile(exact, (0.25, 0.5, 0.75), axis=0)
        widths = (high - low) / QUARTILES
        with np.errstate(all="ignore"):
            distances = np.abs(exact - medians).max(axis=0)
            farthest = np.where(widths > 0, distances / np.where(widths > 0, widths, 1), 0.0)
        return cls(Moments.of(exact), medians, widths, farthest, exact.min(axis=0))
