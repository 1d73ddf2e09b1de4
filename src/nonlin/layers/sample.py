"""A few rows of a layer, for what sums cannot tell: effective rank and histogram."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SAMPLED = 256  # rows at most
RANKED = 128  # of them, for the effective rank: its cost grows with the third power
BINS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """At most SAMPLED rows out of `rows`, evenly spread: sums z and values f(z), both
    (rows, neurons).
    """

    rows: int
    sums: np.ndarray
    values: np.ndarray

    def merged(self, other: Sample) -> Sample:
        """All rows of both, or of each a share as large as that of its rows."""
        total = self.rows + other.rows
        parts = [self, other]
        if len(self.sums) + len(other.sums) > SAMPLED:
            first = round(SAMPLED * self.rows / total)
            parts = [self.thinned(first), other.thinned(SAMPLED - first)]
        sums, values = ([getattr(each, name) for each in parts] for name in ("sums", "values"))
        return Sample(total, np.concatenate(sums), np.concatenate(values))

    def thinned(self, most: int = SAMPLED) -> Sample:
        """At most so many rows, evenly spread."""
        if len(self.sums) <= most:
            return self
        kept = np.linspace(0, len(self.sums) - 1, most).round().astype(int)
        return Sample(self.rows, self.sums[kept], self.values[kept])


def effective_rank(values: np.ndarray) -> float:
    """exp(entropy) of the singular values of `values`, centred over rows; 0 if all are equal.

    Rounding counts as 0. NaN where values are not finite. Source: Roy and Vetterli 2007.
    """
    exact = values.astype(np.float64)
    if not np.isfinite(exact).all():
        return math.nan
    scale = np.abs(exact).max(initial=0.0)
    if scale == 0:
        return 0.0
    exact = exact / scale
    centred = exact - exact.mean(axis=0)
    wide = centred.shape[0] < centred.shape[1]
    gram = centred @ centred.T if wide else centred.T @ centred
    found = np.sqrt(np.clip(np.linalg.eigvalsh(gram), 0, None))
    rounding = 4 * np.finfo(values.dtype).eps * math.sqrt(exact.size)
    found = found[found > rounding]
    if not found.size:
        return 0.0
    shares = found / found.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def histogram(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts and edges over the finite sums, without the outermost 0.1 % on either side."""
    finite = sums[np.isfinite(sums)].astype(np.float64)
    if not finite.size:
        return np.zeros(BINS, np.int64), np.linspace(-1, 1, BINS + 1)
    low, high = np.quantile(finite, (0.001, 0.999))
    return np.histogram(finite, BINS, (low, high) if low < high else None)
