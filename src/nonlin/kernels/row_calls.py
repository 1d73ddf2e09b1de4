"""Run row-wise functions, such as softmax, along any axis of arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from nonlin.emit.numpy import compile_numpy
from nonlin.expr.nodes import Expr
from nonlin.expr.reductions import below_max, is_compiled
from nonlin.expr.walk import rewrite, substitute
from nonlin.kernels import LONG, arrays, pool, store, target
from nonlin.kernels.arrays import Array
from nonlin.kernels.compile import lock
from nonlin.kernels.key import fingerprint
from nonlin.kernels.threads import own

LENGTHS = 16  # of rows that a call is ready to share between threads
BUFFER = 1 << 18  # elements: arrays that cannot be used as they are pass through such pieces


def run_rows(
    formula: Expr,
    inputs: dict[str, Array],
    out: Array,
    axis: int,
    precision: str,
    parameters: dict[str, float],
    team: pool.Team | None = None,
) -> None:
    """Fill `out` with the formula in the arrays `inputs`, all of one shape, row by row."""
    given = list(inputs.values())
    parts = tuple(inputs), out.dtype, precision, tuple(parameters.items())
    call = call_of(formula, *parts, team)
    moved = [*given, out]
    if axis != out.ndim - 1:
        moved = [np.moveaxis(array, axis, -1) for array in moved]
    if any(arrays.overlaps(x, out) for x in given):
        moved[:-1] = [x.copy() for x in moved[:-1]]
    _fill(call, moved)


@lru_cache(maxsize=256)
def call_of(
    formula: Expr,
    inputs: tuple[str, ...],
    dtype: np.dtype[Any],
    precision: str,
    parameters: tuple[tuple[str, float], ...],
    team: pool.Team | None = None,
) -> RowCall | _NumpyCall:
    """What fills rows of that dtype: compiled, if kernels have all its reductions."""
    if not is_compiled(formula):
        return _NumpyCall(formula, inputs, dict(parameters))
    name, precision = arrays.kernel_for(np.empty(0, dtype), precision)
    return RowCall(formula, inputs, name, dtype.itemsize, precision, dict(parameters), team)


def _fill(call: RowCall | _NumpyCall, moved: Sequence[Array]) -> None:
    """Rows along the last axis: directly where they are contiguous, in pieces where not."""
    out = moved[-1]
    if out.size == 0:
        return
    dtype = call.dtype or out.dtype
    if all(x.flags.c_contiguous and x.dtype == dtype and x.flags.aligned for x in moved):
        call(moved)
    elif out.size <= BUFFER or out.ndim == 1:
        copies = [np.array(x, dtype, order="C") for x in moved[:-1]]
        result = np.empty(out.shape, dtype)
        call([*copies, result])
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            rounded = call.dtype is not None and arrays.name_of(out.dtype) == "bfloat16"
            out[...] = for_bfloat16(result) if rounded else result
    else:
        step = max(BUFFER * len(out) // out.size, 1)
        for start in range(0, len(out), step):
            piece = slice(start, start + step) if step > 1 or out.ndim == 2 else start
            _fill(call, [x[piece] for x in moved])


def for_bfloat16(values: Array) -> Array:
    """float64 as float32 rounded to odd, so that rounding to bfloat16 rounds correctly.

    ml_dtypes rounds to float32 in between, which can turn a number just off the middle of two
    bfloat16 into a tie (Boldo and Melquiond 2008).
    """
    near = values.astype(np.float32)
    toward_zero = np.where(np.abs(near) > np.abs(values), np.nextafter(near, 0, dtype="f4"), near)
    inexact = (toward_zero != values) & np.isfinite(values)
    odd: Array = (toward_zero.view(np.uint32) | inexact).view(np.float32)
    return odd


class _NumpyCall:
    """A row-wise function with reductions that kernels do not have, in float64."""

    dtype: np.dtype[Any] | None = np.dtype(np.float64)

    def __init__(
        self, formula: Expr, inputs: tuple[str, ...], parameters: dict[str, float]
    ) -> None:
        graph = substitute(formula, {name: Fraction(v) for name, v in parameters.items()})
        self.function = compile_numpy(rewrite(graph, below_max), *inputs)

    def __call__(self, rows: Sequence[Array]) -> None:
        """In pieces that fit the cache."""
        *given, out = (array.reshape(-1, array.shape[-1]) for array in rows)
        step = max(BUFFER // out.shape[-1], 1)
        for start in range(0, len(out), step):
            piece = slice(start, start + step)
            out[piece] = self.function(*(array[piece] for array in given))


class RowCall:
    """A compiled row-wise function with its parameters, for contiguous arrays of a dtype."""

    dtype: np.dtype[Any] | None = None

    def __init__(
        self,
        formula: Expr,
        inputs: tuple[str, ...],
        dtype: str,
        itemsize: int,
        precision: str,
        parameters: dict[str, float],
        team: pool.Team | None = None,
    ) -> None:
        self.itemsize = itemsize
        with lock:
            made = _code(formula, inputs, dtype, precision, tuple(parameters))
        # the code is in memory as long as what is kept; worths: by bits of the length of rows
        self.function, self.keep, self.worths = made
        self.address, self.team = self.keep.address, team or own()
        self.parameters = np.array([*parameters.values(), 0.0])
        self.numbers = self.parameters.ctypes.data
        self.blocks: dict[int, pool.Block] = {}  # by length of the rows

    def __call__(self, rows: Sequence[Array]) -> None:
        """Rows along the last axis; the last array receives the result."""
        out = rows[-1]
        self.run([array.ctypes.data for array in rows], out.size, out.shape[-1])

    def fills(self, x: Array, out: Any) -> bool:
        """Fill `out`, if these are arrays of its dtype that it takes as they lie in memory."""
        flags = x.flags
        if not (flags.c_contiguous and flags.aligned and x.ndim and x.size):
            return False
        if out is not x:
            if type(out) is not np.ndarray or out.dtype != x.dtype or out.shape != x.shape:
                return False
            if not out.flags.carray or np.may_share_memory(x, out):
                return False
        elif not flags.writeable:
            return False
        self([x, out])
        return True

    def run(self, addresses: Sequence[int], size: int, length: int) -> None:
        """The same on memory that holds so many numbers, and so many in a row."""
        rows = size // length
        alone = size < LONG or self.team.limit == 1 or rows < 2
        if alone or rows < 2 * self._worth(addresses, length):
            self.function(*addresses, rows, length, self.numbers)
        else:
            self._share(addresses, rows, length)

    def _share(self, addresses: Sequence[int], rows: int, length: int) -> None:
        """On several threads."""
        count, block = len(addresses), self.blocks.get(length)
        if block is None:
            loop = pool.entry(f"rows_{count}")
            data = np.concatenate([[self.address, length], self.parameters.view(np.int64)])
            block = pool.Block(self.team, (loop, loop), count, pool.NEVER, data)
            block.divide(self._worth(addresses, length))
            if len(self.blocks) >= LENGTHS:
                self.blocks.clear()
            self.blocks[length] = block
        self.team.ready()
        block.run(addresses, rows, [length * self.itemsize] * count)

    def _worth(self, addresses: Sequence[int], length: int) -> int:
        """How many rows deserve a thread; rows of about the same length take about the same."""
        bits = length.bit_length()
        if bits not in self.worths:
            rows = max(pool.SAMPLE // length, 1)
            result = np.empty(rows * length * self.itemsize, np.uint8)
            places = *addresses[:-1], result.ctypes.data

            def call(count: int) -> None:
                self.function(*places, count, length, self.numbers)

            self.worths[bits] = pool.worth(call, rows)
        return self.worths[bits]


@lru_cache(maxsize=256)
def _code(
    formula: Expr, inputs: tuple[str, ...], dtype: str, precision: str, names: tuple[str, ...]
) -> tuple[Any, target.Loaded, dict[int, int]]:
    """The function, its memory, and room for what calls with any parameters learn of its speed."""
    key = fingerprint([formula], ("row", inputs, dtype, precision, names))
    machine_code = store.fetch(key, lambda: _build(formula, inputs, dtype, precision, names))
    loaded = target.load(machine_code, "kernel")
    pointer, integer = ctypes.c_void_p, ctypes.c_int64
    pointers = [pointer] * (len(inputs) + 1)
    function = ctypes.CFUNCTYPE(None, *pointers, integer, integer, pointer)(loaded.address)
    return function, loaded, {}


def _build(
    formula: Expr, inputs: tuple[str, ...], dtype: str, precision: str, names: tuple[str, ...]
) -> bytes:
    from nonlin.emit.llvm.rows.program import write_row_module
    from nonlin.expr.machine.modes import MODES
    from nonlin.expr.machine.passes import plan_rows

    mode = MODES[dtype, precision]
    plan = plan_rows(formula, inputs, may_save=mode.keeps_numbers)
    return target.to_object(
        str(write_row_module(plan, inputs, names, mode, target.host().hardware))
    )
