"""Whatever people hand over as X and y, brought to one form: a polars frame and an array.

After this module every feature column is Float64 (numbers, dates as numbers) or String
(text, categories, booleans); a gap, NaN or infinity is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import Text, text
from nonlin.network.checks import real_array

TARGET = "y"  # the name of a target that came without one


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows to learn from.

    features: Float64 and String columns, null where a value is missing. target: (rows,),
    float64, integers, booleans or text, nothing missing. notes: what the user should know
    about how the table was read.
    """

    name: str | Text
    features: pl.DataFrame
    target: np.ndarray
    target_name: str
    notes: tuple[Text, ...] = ()

    @property
    def rows(self) -> int:
        """How many samples."""
        return len(self.target)


def from_memory(X: Any, y: Any) -> Table:
    """A table of arrays, lists or frames (NumPy, polars, pandas).

    X: (rows, columns), numbers; a frame may hold text too. y: (rows,). Raises InputError for
    shapes that do not fit, complex, object and text arrays, and a target with gaps.
    """
    features = as_features(X)
    values = as_target(y, TARGET)
    if len(values) != features.height:
        raise InputError("rows_differ", rows=features.height, targets=len(values))
    return Table(text("choose.arrays"), features, values, TARGET)


def from_frame(name: str, frame: pl.DataFrame, target: str, notes: Sequence[Text] = ()) -> Table:
    """A table of one frame, of which the column `target` is to be predicted."""
    if frame.width < 2:
        raise InputError("one_column", name=name, column=target)
    values = as_target(frame[target], target)
    return Table(name, normalised(frame.drop(target)), values, target, tuple(notes))


def as_features(X: Any) -> pl.DataFrame:
    """X as a frame of Float64 and String columns; an array's columns are called x1, x2, ..."""
    if hasattr(X, "collect_schema") and hasattr(X, "lazy"):  # polars, eager or lazy
        return normalised(X.lazy().collect())
    if hasattr(X, "iloc") and hasattr(X, "columns"):
        columns = {str(name): X.iloc[:, at] for at, name in enumerate(X.columns)}
        return normalised(pl.DataFrame([_from_pandas(n, c) for n, c in columns.items()]))
    array = real_array("X", X)
    if array.ndim != 2:
        raise InputError("features_shape", shape=array.shape)
    names = [f"x{number}" for number in range(1, array.shape[1] + 1)]
    return normalised(pl.from_numpy(array.astype(np.float64), schema=names))


def _from_pandas(name: str, column: Any) -> pl.Series:
    """One pandas column; written out because polars would need pyarrow for it."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "iufb":
        return pl.Series(name, column.to_numpy(dtype=np.float64, na_value=np.nan))
    if kind == "M":
        return pl.Series(name, column.to_numpy(dtype="datetime64[us]"))
    missing = column.isna().to_numpy()
    values = zip(column.tolist(), missing, strict=True)
    return pl.Series(name, [None if gap else str(v) for v, gap in values], dtype=pl.String)


def normalised(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as Float64 or String, null where a value is missing or not finite."""
    if frame.width == 0:
        raise InputError("no_features")
    return frame.select(_normalised(name, dtype) for name, dtype in frame.schema.items())


def _normalised(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype.is_numeric():
        number = column.cast(pl.Float64)
        return pl.when(number.is_finite()).then(number)
    if dtype.is_temporal():
        return column.to_physical().cast(pl.Float64)
    if dtype == pl.Null:
        return column.cast(pl.Float64)
    if dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum):
        written = column.cast(pl.String).str.strip_chars()
        return pl.when(written != "").then(written)
    raise InputError("column_type", column=name, given=dtype)


def as_target(y: Any, name: str) -> np.ndarray:
    """The target as (rows,) float64, integers, booleans or text, with nothing missing."""
    if isinstance(y, pl.Series):
        _no_gaps(y.is_null().to_numpy(), name)
        y = y.cast(pl.String) if y.dtype in (pl.Categorical, pl.Enum) else y
        allowed = y.dtype.is_numeric() or y.dtype in (pl.String, pl.Boolean)
        if not allowed:
            raise InputError("target_type", name=name, given=y.dtype)
        return _checked(y.to_numpy(), name)
    try:
        array = np.asarray(y)
    except ValueError:
        raise InputError("not_an_array", name="y") from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError("target_dimensions", shape=array.shape)
    return _checked(array, name)


def _checked(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind == "O":
        _no_gaps(np.array([each is None or each != each for each in array], bool), name)
        kinds = {type(each) for each in array}
        if not all(issubclass(kind, str) for kind in kinds):
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise InputError("target_type", name=name, given=names)
        return array.astype(str)
    if array.dtype.kind == "f":
        _no_gaps(~np.isfinite(array), name)
        return array.astype(np.float64)
    if array.dtype.kind not in "biuU":
        raise InputError("target_type", name=name, given=array.dtype)
    return array


def _no_gaps(missing: np.ndarray, name: str) -> None:
    if missing.any():
        row = int(np.argmax(missing)) + 1
        raise InputError("target_missing", name=name, count=int(missing.sum()), row=row)


def column(given: str, columns: Sequence[str]) -> str:
    """`given` itself if it is one of the columns; InputError with the nearest match if not."""
    if given not in columns:
        shown = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
        raise InputError("unknown_column", given=given, allowed=shown, hint=nearest(given, columns))
    return given
