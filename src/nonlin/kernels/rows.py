"""Run row-wise functions, such as softmax, along any axis of an array."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

import numpy as np

from nonlin.expr.nodes import Expr
from nonlin.kernels import store, target
from nonlin.kernels.arrays import SPLIT_FROM, Array, checked_axis, computed_in, split, thread_count
from nonlin.kernels.compile import lock
from nonlin.kernels.key import fingerprint


def run_rows(
    formula: Expr, x: Array, axis: int, precision: str, parameters: dict[str, float]
) -> Array:
    """The function of every row of x along `axis`; dtype in is dtype out."""
    axis = checked_axis(x, axis)
    dtype = computed_in(x)
    last = np.ascontiguousarray(np.moveaxis(x, axis, -1), dtype=dtype)
    result = np.empty_like(last)
    _fill(formula, last, result, precision, parameters)
    return np.moveaxis(result.astype(x.dtype, copy=False), -1, axis)


def _fill(
    formula: Expr, x: Array, out: Array, precision: str, parameters: dict[str, float]
) -> None:
    with lock:
        call, _ = _code(formula, x.dtype.name, precision, tuple(parameters))
    values = np.array([*parameters.values(), 0.0])
    length = x.shape[-1]
    addresses, row_bytes = (x.ctypes.data, out.ctypes.data), length * x.itemsize

    def part(start: int, stop: int) -> None:
        first, last = start // length, stop // length
        shifted = [address + first * row_bytes for address in addresses]
        call(*shifted, last - first, length, values.ctypes.data)

    if x.size < SPLIT_FROM or thread_count() == 1:
        part(0, x.size)
    else:
        split(part, x.size, length)


@lru_cache(maxsize=256)
def _code(
    formula: Expr, dtype: str, precision: str, names: tuple[str, ...]
) -> tuple[Any, target.Loaded]:
    key = fingerprint([formula], ("row", dtype, precision, names))
    loaded = target.load(
        store.fetch(key, lambda: _build(formula, dtype, precision, names)), "kernel"
    )
    pointer, integer = ctypes.c_void_p, ctypes.c_int64
    signature = ctypes.CFUNCTYPE(None, pointer, pointer, integer, integer, pointer)
    return signature(loaded.address), loaded


def _build(formula: Expr, dtype: str, precision: str, names: tuple[str, ...]) -> bytes:
    from nonlin.emit.llvm.program import MODES
    from nonlin.emit.llvm.rows import write_row_module

    mode = MODES[dtype, precision]
    return target.to_object(str(write_row_module(formula, names, mode, target.host().hardware)))
