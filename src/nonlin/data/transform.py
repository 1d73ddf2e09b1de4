"""What a fitted preparation computes, as plain data: medians, means, scales and levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class Numeric:
    """A column of numbers: gaps become `median`, then (x - mean) / scale."""

    median: float
    mean: float
    scale: float


AS_IT_IS = Numeric(0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Categorical:
    """A column of text: one input for each of `levels`, and a last one for others, if `other`."""

    levels: tuple[str, ...]
    other: bool


@dataclass(frozen=True, slots=True)
class Transform:
    """From columns of numbers, then columns of text, to inputs; in the order of the columns."""

    numeric: tuple[Numeric, ...]
    categorical: tuple[Categorical, ...]

    @property
    def width(self) -> int:
        """How many inputs there are."""
        return len(self.numeric) + sum(len(c.levels) + c.other for c in self.categorical)

    def scaled(self, factors: Sequence[float]) -> Transform:
        """The same for columns of numbers that are multiplied by these factors, a power of 2 each;
        those behind the last factor stay.
        """
        known = [*factors, *[1.0] * (len(self.numeric) - len(factors))]
        pairs = zip(self.numeric, known, strict=True)
        numbers = (Numeric(r.median * by, r.mean * by, r.scale * by) for r, by in pairs)
        return Transform(tuple(numbers), self.categorical)

    def transform(self, frame: pl.DataFrame) -> np.ndarray:
        """Float64 columns, NaN for gaps, then String ones, as float64 inputs (rows, width)."""
        found = np.zeros((frame.height, self.width))
        for at, rule in enumerate(self.numeric):
            values = frame.to_series(at).to_numpy()
            values = np.where(np.isnan(values), rule.median, values)
            found[:, at] = (values - rule.mean) / rule.scale
        at = len(self.numeric)
        for number, levels in enumerate(self.categorical, start=len(self.numeric)):
            places = {level: place for place, level in enumerate(levels.levels)}
            last = len(levels.levels) if levels.other else -1
            codes = frame.to_series(number).replace_strict(
                places, default=last, return_dtype=pl.Int64
            )
            rows = np.flatnonzero(codes.to_numpy() >= 0)
            found[rows, at + codes.to_numpy()[rows]] = 1.0
            at += len(levels.levels) + levels.other
        return found


def from_fitted(transformer: Any) -> Transform:
    """What scikit-learn's ColumnTransformer of `prepare` has learnt."""
    numbers, levels = (transformer.named_transformers_[name] for name in ("numbers", "levels"))
    cycles = [AS_IT_IS] * len(transformer.transformers_[1][2])
    return Transform((*_numeric(numbers), *cycles), _categorical(levels))


def _numeric(pipeline: Any) -> tuple[Numeric, ...]:
    imputer, scaler = (pipeline.named_steps[n] for n in ("simpleimputer", "standardscaler"))
    if not hasattr(imputer, "statistics_"):  # there are no columns of numbers
        return ()
    parts = zip(imputer.statistics_, scaler.mean_, scaler.scale_, strict=True)
    return tuple(Numeric(*map(float, part)) for part in parts)


def _categorical(encoder: Any) -> tuple[Categorical, ...]:
    if not hasattr(encoder, "categories_"):
        return ()
    pairs = zip(encoder.categories_, encoder.infrequent_categories_, strict=True)
    return tuple(
        Categorical(
            tuple(str(level) for level in levels if rare is None or level not in rare),
            rare is not None,
        )
        for levels, rare in pairs
    )
