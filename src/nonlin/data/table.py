"""Whatever people hand over as X and y, brought to one form: a polars frame and an array.

After this module every feature column is Float64 (numbers), String (text, categories, booleans)
or one of `dates.TYPES`; a gap, NaN or infinity is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import Text, listed, text
from nonlin.checks import real_array
from nonlin.data import columns, dates, labels
from nonlin.data.hints import hints
from nonlin.data.numerals import EXACT
from nonlin.data.plan import Plan
from nonlin.data.roles import MICROSECONDS, NONE, Roles, roles
from nonlin.data.rules import without_gaps
from nonlin.data.wishes import NONE as NO_WISHES
from nonlin.data.wishes import Wishes

TARGET = "y"  # the name of a target that came without one
NUMBERS = (int, float, np.integer, np.floating)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows to learn from.

    features: see `normalised`, null where a value is missing. target: (rows,),
    float64, integers, booleans or text, or (rows, labels) of 0 and 1; nothing missing. notes:
    what the user should know about how the table was read. roles: how rows belong together.
    of_rows: how many there were, if these are a random part of them; else 0. plan: how the cells of
    a text file were read.
    """

    name: str | Text
    features: pl.DataFrame
    target: np.ndarray
    target_name: str
    notes: tuple[Text, ...] = ()
    roles: Roles = NONE
    of_rows: int = 0
    plan: Plan | None = None

    @property
    def rows(self) -> int:
        """How many samples."""
        return len(self.target)


def from_memory(
    X: Any, y: Any, special: Mapping[str, Any] = {}, wishes: Wishes = NO_WISHES
) -> Table:
    """A table of arrays, lists or frames (NumPy, polars, pandas).

    X: (rows, columns), numbers; a frame may hold text too. y: (rows,). special: for a role of
    `roles.NAMES` the name of a column of X, or values (rows,). Raises InputError for shapes that
    do not fit, complex, object and text arrays, and a target without any value.
    """
    raw = without_gaps(as_frame(X), wishes.gaps)
    raw, known = _special(raw, special)
    values, gaps = as_target(y, TARGET)
    if len(gaps) != raw.height:
        raise InputError("rows_differ", rows=raw.height, targets=len(gaps))
    return _table(text("choose.arrays"), raw, TARGET, values, gaps, known, wishes=wishes)


def from_frame(
    name: str | Text,
    frame: pl.DataFrame,
    target: Sequence[str],
    notes: Sequence[Text] = (),
    special: Mapping[str, Any] = {},
    wishes: Wishes = NO_WISHES,
) -> Table:
    """A table of one frame, of which the columns `target` are to be predicted.

    special: for a role of `roles.NAMES` the name of its column, or values (rows,). wishes: columns
    to keep, and gaps.
    """
    joined = ", ".join(target)
    frame = without_gaps(frame, wishes.gaps)
    for role, given in special.items():
        if isinstance(given, str) and given in target:
            raise InputError("role_target", role=role, column=given)
    frame, known = _special(frame, special)
    if frame.width <= len(target):
        raise InputError("one_column", name=name, column=joined)
    y = frame[target[0]] if len(target) == 1 else frame.select(target)
    values = as_target(y, joined)
    return _table(name, frame.drop(target), joined, *values, known, notes, wishes)


def _special(frame: pl.DataFrame, special: Mapping[str, Any]) -> tuple[pl.DataFrame, Roles]:
    """The frame without the columns that have a role, and the roles."""
    given: dict[str, Any] = {}
    used: dict[str, str] = {}
    for role, values in special.items():
        if isinstance(values, str):
            if values in used:
                raise InputError("two_roles", given=values, first=used[values], second=role)
            used[values] = role
            name = column(values, frame.columns)
            given[role] = (name, frame[name])
            frame = frame.drop(name)
        else:
            given[role] = (role, values)
    return frame, roles(given, frame.height) if given else NONE


def _table(
    name: str | Text,
    raw: pl.DataFrame,
    target: str,
    values: np.ndarray,
    gaps: np.ndarray,
    known: Roles,
    notes: Sequence[Text] = (),
    wishes: Wishes = NO_WISHES,
) -> Table:
    """Rows with a target, columns that say something, and notes on the others."""
    for name in wishes.keep:
        column(name, raw.columns)
    features = columns.with_numbers(normalised(raw), ~gaps)
    superfluous, said = columns.superfluous(
        features, wishes.keep
    )  # of all rows: a gap breaks row numbers
    features = features.drop(superfluous).filter(~gaps)
    found = (
        *notes,
        *_left_out(gaps, target),
        *columns.remarks(raw.filter(~gaps), target),
        *said,
        *hints(features, values, known[~gaps].time),
    )
    return Table(name, features, values, target, (*found, *known.notes), known[~gaps])


def _left_out(gaps: np.ndarray, target: str) -> tuple[Text, ...]:
    if not gaps.any():
        return ()
    count, row = int(gaps.sum()), int(np.argmax(gaps)) + 1
    return (text("choose.no_target", column=target, count=count, row=row),)


def as_frame(X: Any) -> pl.DataFrame:
    """X as a frame, columns of the types they came with; an array's are called x1, x2, ..."""
    if hasattr(X, "collect_schema") and hasattr(X, "lazy"):  # polars, eager or lazy
        frame: pl.DataFrame = X.lazy().collect()
        return frame
    if hasattr(X, "iloc") and hasattr(X, "columns"):
        names = columns.distinct(str(name) for name in X.columns)
        for name in names:
            whole_letters(name, [name])
        return pl.DataFrame([_from_pandas(n, X.iloc[:, at]) for at, n in enumerate(names)])
    array = real_array("X", X)
    if array.ndim != 2:
        raise InputError("features_shape", shape=array.shape)
    names = [f"x{number}" for number in range(1, array.shape[1] + 1)]
    return pl.from_numpy(array.astype(np.float64), schema=names)


def _from_pandas(name: str, column: Any) -> pl.Series:
    """One pandas column; written out because polars would need pyarrow for it."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "iuf":
        return pl.Series(name, column.to_numpy(dtype=np.float64, na_value=np.nan))
    if kind in MICROSECONDS:
        return pl.Series(name, column.to_numpy(dtype=MICROSECONDS[kind]))
    missing = column.isna().to_numpy()
    values = [None if gap else v for v, gap in zip(column.tolist(), missing, strict=True)]
    if column.dtype != "category":  # whose numbers are names
        with suppress(TypeError, UnicodeEncodeError):  # booleans, dates, numbers kept as objects
            return pl.Series(name, values)
    whole_letters(name, values)
    return pl.Series(name, [None if v is None else str(v) for v in values], dtype=pl.String)


def whole_letters(name: str, values: Iterable[Any]) -> None:
    """Raises InputError for text with half a letter (a lone surrogate), which no file can hold."""
    for value in values:
        try:
            str(value).encode()
        except UnicodeEncodeError:
            raise InputError("half_letter", name=name, given=str(value)) from None


def normalised(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as Float64, String (also whole numbers that are no different as floats) or of
    `dates.TYPES`, null where a value is missing or not finite; text without blanks around it, and
    however TRUE and False are written, in small letters.
    """
    if frame.width == 0:
        raise InputError("no_features")
    frame = frame.with_columns(pl.col(_codes(frame)).cast(pl.String))
    return frame.select(_normalised(name, dtype) for name, dtype in frame.schema.items())


def _codes(frame: pl.DataFrame) -> list[str]:
    """The columns of whole numbers that floats cannot tell apart."""
    whole = [name for name, dtype in frame.schema.items() if dtype.is_integer()]
    if not whole:
        return []
    ends = frame.select(pl.col(whole).cast(pl.Float64).abs().max()).row(0, named=True)
    return [name for name, largest in ends.items() if (largest or 0) > EXACT]


def _normalised(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype.is_numeric():
        number = column.cast(pl.Float64)
        return pl.when(number.is_finite()).then(number)
    if dtype.is_temporal():
        return dates.normalised(name, dtype)
    if dtype == pl.Null:
        return column.cast(pl.Float64)
    if dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum):
        written = column.cast(pl.String).str.strip_chars()
        small = written.str.to_lowercase()
        truth = pl.when(small.is_in(["true", "false"])).then(small).otherwise(written)
        return pl.when(written != "").then(truth)
    raise InputError("column_type", column=name, given=dtype)


def as_target(y: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The values of the target (float64, integers, booleans or text), and where there is none.

    Shapes (rows with a value,) and (rows,); several columns of 0 and 1 stay as many. Raises
    InputError if no row has one.
    """
    if hasattr(y, "columns") and len(y.columns) > 1:  # a frame
        return labels.matrix(y, name)
    values, gaps = _from_series(y, name) if isinstance(y, pl.Series) else _from_array(y, name)
    if gaps.all():
        raise InputError("target_missing", name=name)
    return values, gaps


def _from_series(y: pl.Series, name: str) -> tuple[np.ndarray, np.ndarray]:
    y = y.cast(pl.String) if y.dtype in (pl.Categorical, pl.Enum) else y
    y = y.cast(pl.Float64) if y.dtype.is_decimal() else y
    if not (y.dtype.is_numeric() or y.dtype in (pl.String, pl.Boolean, pl.Null)):
        raise InputError("target_type", name=name, given=y.dtype)
    gaps = y.is_null() if not y.dtype.is_float() else ~y.is_finite().fill_null(False)
    return _checked(y.filter(~gaps).to_numpy(), name), gaps.to_numpy()


def _from_array(y: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        array = np.asarray(y)
    except ValueError:
        raise InputError("not_an_array", name="y") from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.shape[1] > 1:
        return labels.matrix(array, name)
    if array.ndim != 1:
        raise InputError("target_dimensions", shape=array.shape)
    gaps = np.zeros(len(array), bool)
    if array.dtype.kind == "O":
        gaps = np.array([_missing(each) for each in array], bool)
    elif array.dtype.kind == "f":
        gaps = ~np.isfinite(array)
    return _checked(array[~gaps], name), gaps


def _missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # the NA of pandas is neither equal to itself nor different
        return True


def _checked(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind == "O":
        kinds = {type(each) for each in array}
        if all(issubclass(kind, str) for kind in kinds):
            whole_letters(name, array)
            return array.astype(str)
        if not all(issubclass(kind, NUMBERS) for kind in kinds):
            names = listed(sorted(kind.__name__ for kind in kinds))
            raise InputError("target_type", name=name, given=names)
        array = np.array(array.tolist())  # numbers, of which some were missing
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    if array.dtype.kind == "U":
        whole_letters(name, np.unique(array))
    if array.dtype.kind not in "biuU":
        raise InputError("target_type", name=name, given=array.dtype)
    return array


def column(given: str, names: Sequence[str]) -> str:
    """`given` itself if it is one of the columns; InputError with the nearest match if not."""
    if given not in names:
        shown = listed(names, 20)
        raise InputError("unknown_column", given=given, allowed=shown, hint=nearest(given, names))
    return given
