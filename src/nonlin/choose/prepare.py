"""Prepare raw rows for a network: fitted on training rows only, applied to any others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import Text, text
from nonlin.choose.columns import counted, listed
from nonlin.choose.data import as_features
from nonlin.choose.transform import Transform, from_fitted

MOST_LEVELS = 20  # columns that one text column may become; the rest are "other"
RARE = 0.01  # levels with a smaller share of the rows are "other"
LARGEST = 1e100  # its square is still a number
NEAR_UNIQUE = 0.5  # a text column with more levels than this share of the rows tells nothing
GAP = "(missing)"


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What turns raw feature columns into network inputs, fitted on the training rows.

    Numbers: gaps become the training median, then standardised. Text and booleans: one-hot,
    rare and unknown levels together as "other", gaps a level of their own. Constant and
    near-unique text columns are dropped. mean, scale: of a regression target (0, 1 for
    classes). names: of the inputs that result. notes: what the user should know.
    """

    columns: tuple[str, ...]
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    transformer: Transform
    names: tuple[str, ...]
    mean: float
    scale: float
    notes: tuple[Text, ...]

    def __call__(self, X: Any) -> np.ndarray:
        """Raw rows (frame or array with the columns seen in training) as float32 inputs.

        Shape (rows, len(names)). Columns of a frame are found by name, others are ignored.
        Raises InputError for missing columns and for text where numbers are needed.
        """
        return self.inputs(as_features(X))

    def inputs(self, features: pl.DataFrame) -> np.ndarray:
        """The same for a frame that `data.normalised` has made."""
        frame = self._columns(features)
        return np.ascontiguousarray(self.transformer.transform(_filled(frame)), np.float32)

    def _columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        needed = (*self.numeric, *self.categorical)
        schema = frame.schema
        missing = [name for name in needed if name not in schema]
        if missing:
            hint = nearest(missing[0], [name for name in schema if name not in needed])
            raise InputError("columns_missing", missing=", ".join(missing[:20]), hint=hint)
        texts = [n for n in self.numeric if schema[n] == pl.String and frame[n].count()]
        if texts:
            example = frame[texts[0]].drop_nulls()
            raise InputError("text_column", column=texts[0], example=example[0])
        numbers = pl.col(self.numeric).cast(pl.Float64)  # a column of gaps was read as text
        return frame.select(numbers, pl.col(self.categorical).cast(pl.String))

    def encode(self, target: np.ndarray) -> np.ndarray:
        """A numeric target in the units of training: (y - mean) / scale."""
        return (target - self.mean) / self.scale

    def decode(self, predicted: np.ndarray) -> np.ndarray:
        """Predictions of a regression network in the user's own units, float64."""
        return predicted.astype(np.float64) * self.scale + self.mean


def fit(features: pl.DataFrame, target: np.ndarray | None = None) -> Preparation:
    """The preparation that these training rows ask for.

    features: Float64 and String columns (see `data`). target: (rows,), for regression only.
    Raises InputError if no usable column is left, for numbers beyond 1e100, and for a column of
    numbers with some text among them.
    """
    numeric, categorical, notes = _kept(features)
    _not_too_large(features.select(numeric), target)
    if not numeric and not categorical:
        raise InputError("no_features")
    transformer = _transformer(numeric, categorical, features.height)
    transformer.fit(_filled(features.select(*numeric, *categorical)))
    mean, scale = (0.0, 1.0) if target is None else _location(target)
    return Preparation(
        tuple(features.columns),
        tuple(numeric),
        tuple(categorical),
        from_fitted(transformer),
        tuple(str(name) for name in transformer.get_feature_names_out()),
        mean,
        scale,
        notes,
    )


def gaps(features: pl.DataFrame, kept: Preparation) -> tuple[Text, ...]:
    """Notes on missing values in the columns that are kept, if there are any."""
    found = (("filled", kept.numeric), ("gap_level", kept.categorical))
    holes = {key: counted({n: features[n].null_count() for n in names}) for key, names in found}
    return tuple(
        text(f"choose.{key}", columns=columns) for key, columns in holes.items() if columns
    )


def _kept(features: pl.DataFrame) -> tuple[list[str], list[str], tuple[Text, ...]]:
    """Numeric columns, text columns, and notes on the text and on what is dropped."""
    numeric, categorical, constant, unique = [], [], [], []
    for name, dtype in features.schema.items():
        levels = features[name].drop_nulls().n_unique()
        gap = dtype == pl.String and features[name].null_count() > 0  # a level of its own
        if levels + gap < 2:
            constant.append(name)
        elif dtype != pl.String:
            numeric.append(name)
        elif levels > max(MOST_LEVELS, NEAR_UNIQUE * features.height):
            unique.append(_really_text(features[name]))
        else:
            categorical.append(name)
    found = (
        ("choose.levels", categorical),
        ("choose.dropped_constant", constant),
        ("choose.dropped_unique", unique),
    )
    notes = tuple(text(key, columns=listed(names)) for key, names in found if names)
    return numeric, categorical, notes


def _really_text(column: pl.Series) -> str:
    """Its name; InputError if most of it are numbers, so that a few slips made it text."""
    written = column.drop_nulls()
    slips = written.filter(written.cast(pl.Float64, strict=False).is_null())
    if len(slips) < len(written) / 2:
        raise InputError("text_column", column=column.name, example=slips[0])
    return column.name


def _not_too_large(numbers: pl.DataFrame, target: np.ndarray | None) -> None:
    """Raises InputError for numbers that cannot be squared, which standardising does."""
    columns = list(numbers)
    if target is not None:
        columns.append(pl.Series("y", target))
    for column in columns:
        largest = column.abs().max()
        if isinstance(largest, float) and largest > LARGEST:
            raise InputError("too_large", column=column.name, given=largest, limit=LARGEST)


def _transformer(numeric: list[str], categorical: list[str], rows: int) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    levels = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        min_frequency=max(2, math.ceil(RARE * rows)),
        max_categories=MOST_LEVELS,
        sparse_output=False,
    )
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return ColumnTransformer(
        [("numbers", numbers, numeric), ("levels", levels, categorical)],
        verbose_feature_names_out=False,
    )


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Gaps as scikit-learn wants them: NaN for numbers, a level of their own for text."""
    return frame.with_columns(
        pl.col(pl.Float64).fill_null(float("nan")), pl.col(pl.String).fill_null(GAP)
    )


def _location(target: np.ndarray) -> tuple[float, float]:
    scale = float(target.std())
    return float(target.mean()), scale if scale > 0 else 1.0
