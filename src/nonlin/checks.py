"""What a network accepts: every refusal is an InputError of one sentence."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import text
from nonlin.activation import Activation
from nonlin.catalogue import get

ACCEPTED = "biuf"  # kinds of dtype that are numbers on the real line
MOST_PARAMETERS = 10**9  # training holds five copies: 20 GB in float32


def layer_sizes(given: Any) -> tuple[int, ...]:
    """At least two positive integers."""
    if isinstance(given, str) or not np.iterable(given):
        raise InputError("sizes_not_a_list", given=given)
    sizes = tuple(_size(value, position) for position, value in enumerate(given, start=1))
    if len(sizes) < 2:
        raise InputError("too_few_sizes", count=len(sizes))
    return sizes


def parameter_count(sizes: tuple[int, ...]) -> int:
    """Weights and biases of a network, if they can be held in memory."""
    count = sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
    if count > MOST_PARAMETERS:
        raise InputError("too_many_parameters", count=count, most=MOST_PARAMETERS)
    return count


def _size(value: Any, position: int) -> int:
    try:
        size = operator.index(value)
    except TypeError:
        size = 0
    if size < 1 or isinstance(value, bool):
        raise InputError("bad_size", given=value, position=position)
    return size


def seed(given: Any) -> int:
    """An integer from 0 to 2**63 - 1."""
    return integer("seed", given, 0)


def integer(name: str, given: Any, least: int) -> int:
    """An integer of at least `least` that fits into 63 bits."""
    try:
        value = operator.index(given)
    except TypeError:
        value = least - 1
    if isinstance(given, bool) or not least <= value < 2**63:
        raise InputError("bad_integer", name=name, given=given, least=least)
    return value


def number(
    name: str, given: Any, least: float, most: float = math.inf, *, open_below: bool = False
) -> float:
    """A finite number in [least, most), or (least, most) if `open_below`; text is none."""
    try:
        value = float("nan" if isinstance(given, str | bytes | bool | np.bool_) else given)
    except (TypeError, ValueError):
        value = float("nan")
    inside = least < value < most if open_below else least <= value < most
    if not inside:
        below = "<" if open_below else "<="
        above = "" if most == math.inf else f" < {most:g}"
        bounds = f"{least:g} {below} {name}{above}"
        raise InputError("bad_number", name=name, given=given, bounds=bounds)
    return value


def hidden_activations(
    given: str | Activation | Sequence[str | Activation], layers: int
) -> tuple[Activation, ...]:
    """One element-wise activation per hidden layer; a single one is repeated."""
    if isinstance(given, str) or not np.iterable(given):
        chosen = (get(given),) * layers
    else:
        chosen = tuple(get(each) for each in given)
        if len(chosen) != layers:
            raise InputError("hidden_count", given=len(chosen), layers=layers)
    for activation in chosen:
        if activation.kind != "elementwise":
            kind = text(f"kinds.{activation.kind}")
            raise InputError("hidden_kind", name=activation.name, kind=kind)
    return chosen


def real_dtype(given: Any) -> np.dtype[Any]:
    """float32 or float64."""
    try:
        dtype: np.dtype[Any] = np.dtype(given)
    except TypeError:
        raise InputError("network_dtype", given=given) from None
    if dtype not in (np.float32, np.float64):
        raise InputError("network_dtype", given=dtype)
    return dtype


def dtype_name(dtype: np.dtype[Any]) -> str:
    """As people call it: <U1 is str."""
    return {"U": "str", "S": "bytes", "V": "void"}.get(dtype.kind, dtype.name)


def real_array(name: str, given: Any) -> np.ndarray:
    """`given` as an array of real numbers; complex, object, text and ragged ones are refused."""
    try:
        array = np.asarray(given)
    except ValueError:
        raise InputError("not_an_array", name=name) from None
    if array.dtype.kind not in ACCEPTED and array.dtype.name != "bfloat16":
        raise InputError("not_real", name=name, dtype=dtype_name(array.dtype))
    return array


def features(given: Any, columns: int, dtype: np.dtype[Any]) -> np.ndarray:
    """Inputs as a C-contiguous array of finite numbers, of shape (rows, columns)."""
    array = real_array("X", given)
    if array.ndim != 2:
        raise InputError("not_two_dimensional", shape=array.shape, columns=columns)
    if array.shape[1] != columns:
        raise InputError("wrong_columns", given=array.shape[1], columns=columns)
    return finite("X", converted(array, dtype))


def converted(array: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """`array` in C order and of `dtype`; what does not fit into float32 becomes infinite."""
    with np.errstate(over="ignore"):  # becomes inf, which `finite` refuses
        return np.ascontiguousarray(array, dtype)


def finite(name: str, array: np.ndarray) -> np.ndarray:
    """`array` itself, unless it holds NaN or an infinity."""
    bad = ~np.isfinite(array)
    if bad.any():
        row = int(np.argwhere(bad)[0][0])
        raise InputError("not_finite_data", name=name, count=int(bad.sum()), row=row)
    return array


def some(name: str, array: np.ndarray) -> np.ndarray:
    """`array` itself, unless it has no rows."""
    if array.shape[0] == 0:
        raise InputError("no_rows", name=name)
    return array


def validation(given: Any) -> tuple[Any, Any, Any]:
    """Validation data: X, y and weights or None."""
    if not isinstance(given, tuple | list) or len(given) not in (2, 3):
        raise InputError("bad_validation", given=type(given).__name__)
    X, y, *weights = given
    return X, y, weights[0] if weights else None


def row_weights(given: Any, rows: int, dtype: np.dtype[Any]) -> np.ndarray:
    """How much each row counts, 1 on average; an empty array where all count alike."""
    if given is None:
        return np.empty(0, dtype)
    array = finite("weights", real_array("weights", given).astype(np.float64))
    if array.shape != (rows,):
        raise InputError("weights_shape", given=array.shape, rows=rows)
    if array.min() < 0 or array.max() == 0:
        raise InputError("weights_sign")
    return converted(array / array.mean(), dtype)


def layer_arrays(
    kind: str, given: Sequence[Any], shapes: Sequence[tuple[int, ...]], dtype: np.dtype[Any]
) -> list[np.ndarray]:
    """One array of finite numbers per layer, each of the shape that the sizes demand."""
    arrays = [real_array(kind, each) for each in (given if np.iterable(given) else [given])]
    if len(arrays) != len(shapes):
        raise InputError("layer_count", kind=kind, given=len(arrays), layers=len(shapes))
    for layer, (array, shape) in enumerate(zip(arrays, shapes, strict=True), start=1):
        if array.shape != shape:
            raise InputError("layer_shape", kind=kind, layer=layer, given=array.shape, shape=shape)
        finite(kind, converted(array, dtype))
    return arrays
