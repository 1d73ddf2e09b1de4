"""Kernels as NumPy ufuncs: NumPy walks the arrays, of any layout, and calls the compiled loop.

A ufunc is the quickest way from Python to a loop over arrays, and the most faithful: strides,
broadcasting, byte order, overlapping arrays and casts are NumPy's own.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.kernels import pool, store, target
from nonlin.kernels.key import fingerprint
from nonlin.kernels.threads import own

FROM_FUNCTION_AND_DATA = 1  # place of PyUFunc_FromFuncAndData in the C API of ufuncs
NO_IDENTITY = -1
HALVES = ("float16", "bfloat16")
STREAM_FROM = 1 << 22  # elements: outputs larger than the caches are written past them


@dataclass(frozen=True, slots=True)
class Ufunc:
    """A NumPy ufunc, and the memory that it points to."""

    function: Any
    block: pool.Block
    keep: tuple[Any, ...]


def ufunc(
    address: int,
    data: NDArray[np.float64],
    dtype: str,
    inputs: int,
    outputs: int,
    team: pool.Team | None = None,
) -> Ufunc:
    """The kernel at `address` as a ufunc, whose long arrays the threads of a team share.

    data: one free number, then the parameters. Of 16-bit floats, for some of which NumPy has no
    type, it takes the bits, as uint16.
    """
    block = block_of(address, data, dtype, inputs, outputs, team or own())
    functions = (ctypes.c_void_p * 1)(pool.entry("shared"))
    pointers = (ctypes.c_void_p * 1)(block.address)
    kind = np.dtype(np.uint16 if dtype in HALVES else dtype)
    types = ctypes.create_string_buffer(bytes([kind.num] * (inputs + outputs)))
    name = ctypes.create_string_buffer(b"kernel")
    counts = (1, inputs, outputs, NO_IDENTITY)
    made = _maker()(functions, pointers, types, *counts, name, name, 0)
    return Ufunc(made, block, (functions, pointers, types, name))


def block_of(
    address: int,
    data: NDArray[np.float64],
    dtype: str,
    inputs: int,
    outputs: int,
    team: pool.Team,
) -> pool.Block:
    """The loop that calls the kernel, as `shared` takes it."""
    words = data.view(np.int64).copy()
    words[0] = address
    loops = _loops(dtype, inputs, outputs)
    return pool.Block(team, loops, inputs + outputs, STREAM_FROM, words)


@cache
def _maker() -> Any:
    """PyUFunc_FromFuncAndData, taken from NumPy's table of C functions as C modules take it."""
    table = import_module("numpy._core._multiarray_umath")._UFUNC_API
    pointer, integer, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    opened = ctypes.pythonapi.PyCapsule_GetPointer
    opened.restype, opened.argtypes = pointer, [ctypes.py_object, text]
    entries = ctypes.cast(opened(table, None), ctypes.POINTER(pointer))
    arguments = [pointer, pointer, pointer, *[integer] * 4, text, text, integer]
    signature = ctypes.PYFUNCTYPE(ctypes.py_object, *arguments)
    return signature(entries[FROM_FUNCTION_AND_DATA])


@cache
def _loops(dtype: str, inputs: int, outputs: int) -> tuple[int, int]:
    """The addresses of the loop, and of that for long arrays."""
    shape = (dtype, inputs, outputs)
    key = fingerprint((), ("loop", *shape))
    loaded = target.load(store.fetch(key, lambda: _build(*shape)), "loop")
    _kept.append(loaded)
    return loaded.address, loaded.engine.get_function_address("long_loop")


_kept: list[target.Loaded] = []


def _build(dtype: str, inputs: int, outputs: int) -> bytes:
    from nonlin.emit.llvm.writers.loops import write_loop
    from nonlin.expr.machine.modes import SHORT

    scalar = {"float32": "float", "float64": "double", **SHORT}[dtype]
    return target.to_object(str(write_loop(scalar, inputs, outputs)))
