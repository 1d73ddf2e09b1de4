"""Long arrays in which there is no one long axis, such as halves of another, shared by threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.kernels import pool
from nonlin.kernels.compile import Kernel

Array = NDArray[Any]
Axis = tuple[int, tuple[int, ...]]  # its length, and the bytes that it steps in every array


def run(kernel: Kernel, arrays: Sequence[Array]) -> None:
    """Call the kernel's loop for every place along all axes but one; threads share the longest."""
    inner, *outer = axes_of(arrays)
    block = kernel.block
    if not outer or inner[0] > 2 * block.worth or not all(a.flags.aligned for a in arrays):
        kernel.function(*arrays)
        return
    outer.sort()
    around, worth, kept = (block.loop, block.data), block.worth, []
    for length, steps in (inner, *outer[:-1]):
        data = np.array([*around, len(arrays), length, *steps], np.int64)
        kept.append(data)
        around = pool.entry("nested"), data.ctypes.data
        worth //= length
    last = pool.Block(block.team, (around[0],) * 2, len(arrays), pool.NEVER, kept[-1])
    last.divide(worth)
    length, steps = outer[-1]
    last.run([array.ctypes.data for array in arrays], length, steps)


def axes_of(arrays: Sequence[Array]) -> list[Axis]:
    """The axes, the fastest of the last array first; those that are one walk are one axis."""
    shape, last = arrays[0].shape, arrays[-1]
    found: list[Axis] = []
    for place in sorted(range(len(shape)), key=lambda axis: abs(last.strides[axis])):
        length, steps = shape[place], tuple(array.strides[place] for array in arrays)
        if length == 1:
            continue
        if found and steps == tuple(found[-1][0] * step for step in found[-1][1]):
            found[-1] = found[-1][0] * length, found[-1][1]
        else:
            found.append((length, steps))
    return found
