"""Run a kernel on NumPy arrays of any layout.

dtype in is dtype out: float16, bfloat16, float32, float64; integers and booleans become
float64. Results in float16 and bfloat16 are correctly rounded.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin._errors import InputError
from nonlin._libraries import names_of
from nonlin.kernels import LONG, nested, pool
from nonlin.kernels.compile import Kernel
from nonlin.kernels.pool_words import MOST_ARRAYS

Array = NDArray[Any]

LINE = 64  # elements: threads do not write to the same cache line
DTYPES = ("float16", "bfloat16", "float32", "float64")
ACCEPTED = ", ".join(DTYPES)


@cache
def name_of(dtype: np.dtype[Any]) -> str:
    """dtype.name, which NumPy works out anew at every access."""
    return dtype.name


def as_input(x: Any) -> Array:
    """The argument as an array of a dtype that kernels accept."""
    elsewhere = None if type(x) is np.ndarray else names_of(type(x))
    if elsewhere is not None:
        library, way = elsewhere
        raise InputError("array_elsewhere", given=type(x).__name__, library=library, way=way)
    try:
        array = np.asarray(x)
    except (ValueError, TypeError):
        raise InputError("array_shape") from None
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if name_of(array.dtype) not in DTYPES:
        raise InputError("array_dtype", given=array.dtype.name, allowed=ACCEPTED)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def as_inputs(given: Sequence[Any]) -> list[Array]:
    """Arrays of one shape, brought to one dtype."""
    inputs = [as_input(each) for each in given]
    first, *others = inputs
    for other in others:
        if other.shape != first.shape:
            raise InputError("input_shapes", first=first.shape, other=other.shape)
    if all(other.dtype == first.dtype for other in others):
        return inputs
    common = _common(inputs)
    return [each.astype(common, copy=False) for each in inputs]


def _common(inputs: Sequence[Array]) -> np.dtype[Any]:
    """The dtype that holds them all; float16 and bfloat16 meet in float32."""
    try:
        return np.result_type(*inputs)
    except np.exceptions.DTypePromotionError:
        return np.result_type(np.float32, *(each for each in inputs if each.itemsize > 2))


def kernel_for(array: Array, precision: str) -> tuple[str, str]:
    """dtype and precision of the kernel: results of 16 bits, of either, are correctly rounded."""
    return name_of(array.dtype), "exact" if array.itemsize == 2 else precision


def outputs_for(x: Array, given: Any, count: int) -> list[Array]:
    """The arrays to write: those given, checked, or new ones."""
    if given is None:
        return [np.empty_like(x) for _ in range(count)]
    outputs = list(given) if count > 1 and isinstance(given, tuple | list) else [given]
    if len(outputs) != count:
        raise InputError("out_count", given=len(outputs), needed=count)
    for output in outputs:
        check_output(output, x.shape, x.dtype)
    if any(_share_memory(a, b) for a, b in combinations(outputs, 2)):
        raise InputError("out_shared")
    return outputs


def _share_memory(a: Array, b: Array) -> bool:
    """Columns of one array do not; where it takes long to find out, what lies between counts."""
    try:
        return np.shares_memory(a, b, max_work=1000)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return np.may_share_memory(a, b)


def check_output(output: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Can a result of this shape and dtype be written to it?"""
    if not isinstance(output, np.ndarray):
        raise InputError("out_type", given=type(output).__name__)
    if output.shape != shape or output.dtype != dtype:
        raise InputError(
            "out_shape",
            given=f"{output.dtype.name} {output.shape}",
            needed=f"{dtype.name} {shape}",
        )
    if not output.flags.writeable:
        raise InputError("out_read_only")


def checked_axis(x: Array, axis: Any) -> int:
    """The axis of the rows, counted from the front; rows must not be empty."""
    place = place_of(x, axis)
    if x.shape[place] == 0:
        raise InputError("empty_row", axis=operator.index(axis))
    return place


def place_of(x: Array, axis: Any) -> int:
    """An axis, counted from the front."""
    try:
        place = operator.index(axis)
    except TypeError:
        raise InputError("axis_type", given=repr(axis)) from None
    if not -x.ndim <= place < x.ndim:
        raise InputError("axis", given=place, dimensions=x.ndim)
    return place % x.ndim


def run(kernel: Kernel, inputs: Sequence[Array], outputs: Sequence[Array]) -> None:
    """Fill the outputs, on several threads when there is enough to do. Memory may be shared."""
    arrays = [*inputs, *outputs]
    if arrays[0].itemsize == 2:
        arrays = [array.view(np.uint16) for array in arrays]
    if arrays[0].size >= LONG and shares(kernel, arrays) and not in_line(arrays):
        count = len(inputs)
        safe = [
            x.copy() if any(overlaps(x, out) for out in arrays[count:]) else x
            for x in arrays[:count]
        ]
        nested.run(kernel, [*safe, *arrays[count:]])
    else:
        kernel.function(*arrays)


def shares(kernel: Kernel, arrays: Sequence[Array]) -> bool:
    """Do threads share arrays like these? Finds out what an element costs, when first asked."""
    block = kernel.block
    if not block.worth:
        few = [array.flat[: pool.SAMPLE] for array in arrays]
        call = lambda count: kernel.function(*(array[:count] for array in few))  # noqa: E731
        block.divide(max(pool.worth(call, pool.SAMPLE), LONG // 2), LINE)
    if block.team.limit == 1 or len(arrays) > MOST_ARRAYS:
        return False
    block.team.ready()
    return arrays[0].size >= 2 * block.worth


def in_line(arrays: Sequence[Array]) -> bool:
    """Does NumPy see one long axis?"""
    return (
        arrays[0].ndim == 1
        or all(array.flags.c_contiguous for array in arrays)
        or all(array.flags.f_contiguous for array in arrays)
    )


def run_one(kernel: Kernel, x: Array, out: Any) -> Any:
    """`run` for one input of the kernel's own dtype and one output, without any ado."""
    if out is None:
        out = np.empty_like(x)
    else:
        check_output(out, x.shape, x.dtype)
    if x.size < 2 * kernel.block.worth:
        kernel.function(x, out)
    else:
        run(kernel, [x], [out])
    return out


def overlaps(x: Array, output: Array) -> bool:
    """Do they share memory otherwise than as the same array?"""
    if x is output or not np.may_share_memory(x, output):
        return False
    return x.ctypes.data != output.ctypes.data or x.strides != output.strides
