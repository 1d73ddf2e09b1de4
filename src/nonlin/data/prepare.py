"""Prepare raw rows for a network: fitted on training rows only, applied to any others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError
from nonlin._text import Text, bracketed, listed, text
from nonlin.data import conform
from nonlin.data.columns import MOST_LEVELS, counted, distinct, near_unique, some
from nonlin.data.dates import Dated, dated
from nonlin.data.table import as_frame, normalised
from nonlin.data.transform import Transform, from_fitted

RARE = 0.01  # levels with a smaller share of the rows are "other"
LARGEST = 1e100  # its square is still a number
SMALLEST = 1e-100  # so is its square
GAP = "(missing)"
NOTES = ("levels", "dates", "dropped_constant", "dropped_unique")  # in the order they are told


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What turns raw feature columns into network inputs, fitted on the training rows.

    Numbers: gaps become the training median, then standardised. Dates: how late it is, as a
    number, and sine and cosine of the cycles that the training rows show. Text and booleans:
    one-hot, rare and unknown levels together as "other", gaps a level of their own. Constant and
    near-unique text columns are dropped. mean, scale: of a regression target (0, 1 for
    classes). names: of the inputs that result. notes: what the user should know.
    """

    columns: tuple[str, ...]
    numeric: tuple[str, ...]
    dated: tuple[Dated, ...]
    categorical: tuple[str, ...]
    transformer: Transform
    names: tuple[str, ...]
    mean: float
    scale: float
    notes: tuple[Text, ...]

    def __call__(self, X: Any) -> np.ndarray:
        """Raw rows (frame or array with the columns seen in training) as float32 inputs.

        Shape (rows, len(names)). Columns of a frame are found by name, others are ignored.
        Raises InputError as `read`.
        """
        return self.inputs(self.read(X))

    def read(self, X: Any) -> pl.DataFrame:
        """The columns that are used, as `data.normalised` gives them, spelt as in training.

        Raises InputError for missing columns, text and dates where numbers are needed, anything
        but dates where these are, and numbers beyond all that training saw.
        """
        raw = conform.select(as_frame(X), self.used)
        found = normalised(raw)
        numbers = zip(self.numeric, self.transformer.numeric, strict=False)  # cycles come after
        levels = zip(self.categorical, self.transformer.categorical, strict=True)
        return pl.DataFrame(
            [
                *(conform.near(conform.numbers(raw[n], found[n]), rule) for n, rule in numbers),
                *(conform.dates(raw[n.column], found[n.column], n.kind) for n in self.dated),
                *(conform.levels(raw[name], rule.levels) for name, rule in levels),
            ]
        )

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are looked at."""
        return (*self.numeric, *(each.column for each in self.dated), *self.categorical)

    @property
    def places(self) -> dict[str, list[int]]:
        """The inputs, by number, that come of each column that is used."""
        found: dict[str, list[int]] = {name: [] for name in self.used}
        cycles = [each.column for each in self.dated for _ in each.cycles for _ in ("sin", "cos")]
        rules = zip(self.categorical, self.transformer.categorical, strict=True)
        levels = [name for name, rule in rules for _ in range(len(rule.levels) + rule.other)]
        linear = [each.column for each in self.dated]
        for place, name in enumerate((*self.numeric, *linear, *cycles, *levels)):
            found[name].append(place)
        return found

    def inputs(self, features: pl.DataFrame) -> np.ndarray:
        """The same for a frame that `read` or `data.normalised` has made."""
        found = _arranged(features, self.numeric, self.dated, self.categorical)
        return np.ascontiguousarray(self.transformer.transform(found), np.float32)

    def encode(self, target: np.ndarray) -> np.ndarray:
        """A numeric target in the units of training: (y - mean) / scale."""
        return (target - self.mean) / self.scale

    def decode(self, predicted: np.ndarray) -> np.ndarray:
        """Predictions of a regression network in the user's own units, float64."""
        return predicted.astype(np.float64) * self.scale + self.mean


def fit(features: pl.DataFrame, target: np.ndarray | None = None) -> Preparation:
    """The preparation that these training rows ask for.

    features: see `data.normalised`. target: (rows,), for regression only.
    Raises InputError if no usable column is left, and for numbers beyond 1e100.
    """
    numeric, times, categorical, notes = _kept(features)
    _not_too_large(features.select(numeric), target)
    if not (numeric or times or categorical):
        raise InputError("no_features")
    rows = _arranged(features, numeric, times, categorical)
    ups = [_up(rows[name].to_numpy()) for name in numeric]
    large = rows.with_columns(pl.col(n) * up for n, up in zip(numeric, ups, strict=True) if up > 1)
    transformer = _fitted(large, len(numeric) + len(times), len(categorical))
    mean, scale = (0.0, 1.0) if target is None else _location(target)
    return Preparation(
        tuple(features.columns),
        tuple(numeric),
        times,
        tuple(categorical),
        from_fitted(transformer).scaled([1 / up for up in ups]),
        _names(transformer),
        mean,
        scale,
        notes,
    )


def gaps(features: pl.DataFrame, kept: Preparation) -> tuple[Text, ...]:
    """Notes on missing values in the columns that are kept, if there are any."""
    filled = (*kept.numeric, *(each.column for each in kept.dated))
    found = (("filled", filled), ("gap_level", kept.categorical))
    holes = {key: counted({n: features[n].null_count() for n in names}) for key, names in found}
    return tuple(
        text(f"choose.{key}", columns=columns) for key, columns in holes.items() if columns
    )


def unseen(features: pl.DataFrame, kept: Preparation) -> tuple[Text, ...]:
    """A note on values of text columns that training did not tell apart; `features`: of `read`."""
    levels = zip(kept.categorical, kept.transformer.categorical, strict=True)
    found = {name: _others(features[name], rule.levels) for name, rule in levels}
    columns = counted(found)
    return (text("keep.unseen", columns=columns),) if columns else ()


def _others(column: pl.Series, levels: Sequence[str]) -> int:
    return int((~column.drop_nulls().is_in(list(levels))).sum())


def _kept(
    features: pl.DataFrame,
) -> tuple[list[str], tuple[Dated, ...], list[str], tuple[Text, ...]]:
    """Columns of numbers, dates and text, and notes on the last two and on what is dropped."""
    kinds: dict[str, list[str]] = {key: [] for key in ("number", *NOTES)}
    for column in features:
        kinds[_kind(column)].append(column.name)
    times = tuple(dated(features[name]) for name in kinds["dates"])
    told = kinds | {"dates": [_told(each) for each in times]}
    notes = tuple(text(f"choose.{key}", columns=some(told[key])) for key in NOTES if told[key])
    return kinds["number"], times, kinds["levels"], notes


def _kind(column: pl.Series) -> str:
    """What becomes of a column: "number", or one of NOTES."""
    count = column.drop_nulls().n_unique()
    gap = column.dtype == pl.String and column.null_count() > 0  # a level of its own
    if count + gap < 2:
        return "dropped_constant"
    if column.dtype != pl.String:
        return "dates" if column.dtype.is_temporal() else "number"
    return "dropped_unique" if near_unique(column) else "levels"


def _told(each: Dated) -> object:
    return bracketed(each.column, listed(each.cycles)) if each.cycles else each.column


def _not_too_large(numbers: pl.DataFrame, target: np.ndarray | None) -> None:
    """Raises InputError for numbers that cannot be squared, which standardising does."""
    columns = list(numbers)
    if target is not None:
        columns.append(pl.Series("y", target))
    for column in columns:
        largest = column.abs().max()
        if isinstance(largest, float) and largest > LARGEST:
            raise InputError("too_large", column=column.name, given=largest, limit=LARGEST)


def _up(values: np.ndarray) -> float:
    """A power of 2 that brings numbers near 1 whose squares would be 0; 1 for all others."""
    largest = float(np.nanmax(np.abs(values)))
    return 2.0 ** min(-math.frexp(largest)[1], 1000) if 0 < largest < SMALLEST else 1.0


def _arranged(
    features: pl.DataFrame,
    numeric: Sequence[str],
    times: Sequence[Dated],
    categorical: Sequence[str],
) -> pl.DataFrame:
    """Numbers, dates as numbers, cycles and text, in this order, without gaps of null.

    For scikit-learn a gap is NaN among numbers, and a level of its own among text.
    """
    parts = [
        [pl.col(name) for name in numeric],
        [each.linear for each in times],
        [part for each in times for part in each.circular],
        [pl.col(name) for name in categorical],
    ]
    columns = [column for part in parts for column in features.select(part)]
    names = distinct(column.name for column in columns)
    return pl.DataFrame([c.alias(n) for c, n in zip(columns, names, strict=True)]).with_columns(
        pl.col(pl.Float64).fill_null(float("nan")), pl.col(pl.String).fill_null(GAP)
    )


def _fitted(rows: pl.DataFrame, numbers: int, texts: int) -> Any:
    """scikit-learn's transformer; `rows`: see `_arranged`, of which the cycles stay as they are."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    levels = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        min_frequency=max(2, math.ceil(RARE * rows.height)),
        max_categories=MOST_LEVELS,
        sparse_output=False,
    )
    standard = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    ends = [numbers, rows.width - texts]
    cut = [rows.columns[: ends[0]], rows.columns[ends[0] : ends[1]], rows.columns[ends[1] :]]
    parts = zip(
        ("numbers", "cycles", "levels"), (standard, "passthrough", levels), cut, strict=True
    )
    return ColumnTransformer([*parts]).fit(rows)


def _names(transformer: Any) -> tuple[str, ...]:
    """Of the inputs, without the part that made them; those that occur twice are numbered."""
    full = (str(name) for name in transformer.get_feature_names_out())
    return tuple(distinct(name.partition("__")[2] for name in full))


def _location(target: np.ndarray) -> tuple[float, float]:
    up = _up(target)
    scale = float((target * up).std()) / up
    return float(target.mean()), scale if scale > 0 else 1.0
