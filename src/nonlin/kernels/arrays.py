"""Run a kernel on NumPy arrays of any layout.

dtype in is dtype out: float16, bfloat16, float32, float64; integers and booleans become
float64. float16 and bfloat16 are computed in float32.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin._errors import InputError
from nonlin.kernels.compile import Kernel

Array = NDArray[Any]

SPLIT_FROM = 1 << 17  # elements: below, waking a second thread costs more than it saves
BUFFER = 1 << 14
ACCEPTED = "float16, bfloat16, float32, float64"


@cache
def name_of(dtype: np.dtype[Any]) -> str:
    """dtype.name, which NumPy works out anew at every access."""
    return dtype.name


def as_input(x: Any) -> Array:
    """The argument as an array of a dtype that kernels accept."""
    try:
        array = np.asarray(x)
    except (ValueError, TypeError):
        raise InputError("array_shape") from None
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if name_of(array.dtype) not in ("float16", "bfloat16", "float32", "float64"):
        raise InputError("array_dtype", given=array.dtype.name, allowed=ACCEPTED)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def computed_in(array: Array) -> str:
    """The dtype of the kernel for an array."""
    return "float64" if name_of(array.dtype) == "float64" else "float32"


def kernel_for(array: Array, precision: str) -> tuple[str, str]:
    """dtype and precision of the kernel: half precision asked to be exact is rounded once, from
    float64, since float32 in between would round it twice."""
    if array.itemsize == 2 and precision == "exact":
        return "float64", "fast"
    return computed_in(array), precision


def outputs_for(x: Array, given: Any, count: int) -> list[Array]:
    """The arrays to write: those given, checked, or new ones."""
    if given is None:
        return [np.empty_like(x) for _ in range(count)]
    outputs = list(given) if count > 1 and isinstance(given, tuple | list) else [given]
    if len(outputs) != count:
        raise InputError("out_count", given=len(outputs), needed=count)
    for output in outputs:
        check_output(output, x.shape, x.dtype)
    if any(np.may_share_memory(a, b) for a, b in combinations(outputs, 2)):
        raise InputError("out_shared")
    return outputs


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
    try:
        place = operator.index(axis)
    except TypeError:
        raise InputError("axis_type", given=repr(axis)) from None
    if not -x.ndim <= place < x.ndim:
        raise InputError("axis", given=place, dimensions=x.ndim)
    if x.shape[place] == 0:
        raise InputError("empty_row", axis=place)
    return place % x.ndim


def run(kernel: Kernel, x: Array, outputs: Sequence[Array]) -> None:
    """Fill the outputs. x may share memory with them."""
    if x.size == 0:
        return
    if any(_overlaps(x, output) for output in outputs):
        x = x.copy()
    if _is_flat(x, outputs, kernel.dtype):
        _in_parts(kernel, x, outputs)
    else:
        _buffered(kernel, x, outputs)


def _overlaps(x: Array, output: Array) -> bool:
    """Do they share memory otherwise than as the same array?"""
    if x is output or not np.may_share_memory(x, output):
        return False
    return x.ctypes.data != output.ctypes.data or x.strides != output.strides


def _is_flat(x: Array, outputs: Sequence[Array], dtype: str) -> bool:
    return (
        name_of(x.dtype) == dtype
        and x.flags.forc
        and all(o.strides == x.strides and o.flags.aligned for o in outputs)
        and x.flags.aligned
    )


def _in_parts(kernel: Kernel, x: Array, outputs: Sequence[Array]) -> None:
    addresses = [array.ctypes.data for array in (x, *outputs)]
    parameters = kernel.parameters.ctypes.data

    def part(start: int, stop: int) -> None:
        shifted = [address + start * x.itemsize for address in addresses]
        kernel.call(*shifted, stop - start, parameters)

    split(part, x.size, 16)


def split(part: Callable[[int, int], None], size: int, grain: int) -> None:
    """`part(start, stop)` over 0 .. size, on all threads when there is enough to do."""
    threads = thread_count()
    if size < SPLIT_FROM or threads == 1:
        part(0, size)
        return
    step = -(-size // threads // grain) * grain
    starts = range(0, size, step)
    list(_pool().map(lambda start: part(start, min(start + step, size)), starts))


@cache
def thread_count() -> int:
    """CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_count(), thread_name_prefix="nonlin")


if hasattr(os, "register_at_fork"):  # threads do not survive a fork: the child starts its own
    os.register_at_fork(after_in_child=_pool.cache_clear)


def _buffered(kernel: Kernel, x: Array, outputs: Sequence[Array]) -> None:
    """Strided, broadcast and half-precision arrays, a buffer at a time."""
    read: Any = ["readonly", "contig", "aligned"]
    write: Any = ["writeonly", "contig", "aligned"]
    blocks = np.nditer(
        [x, *outputs],
        flags=["external_loop", "buffered", "delay_bufalloc"],
        op_flags=[read, *[write] * len(outputs)],
        op_dtypes=[np.dtype(kernel.dtype)] * (1 + len(outputs)),
        casting="unsafe",
        buffersize=BUFFER,
    )
    parameters = kernel.parameters.ctypes.data
    with blocks, np.errstate(over="ignore", invalid="ignore", under="ignore"):
        blocks.reset()
        for arrays in blocks:
            addresses = [array.ctypes.data for array in arrays]
            kernel.call(*addresses, arrays[0].size, parameters)
