"""How the training loop is compiled, and how it calls an activation (Numba)."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from nonlin.kernels.sources import digest

# No fast-math, not even contraction: a process that compiles may run another copy of a
# function than one that loads the cache, and both must give the same bits.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
ZERO: Any = np.int64(0)  # a plain 0 has a type of its own in Numba: functions would compile twice
_njit: Any = njit
Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def compiled(function: Compiled) -> Compiled:
    """For functions called by compiled code only: no wrapper for Python, compiles faster."""
    made: Compiled = _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    return made


def entry(function: Callable[..., Any], name: str) -> Any:
    """An entry point called from Python, kept in Numba's cache on disk under a name of its own.

    One name per dtype, so that a cache file has a single signature: two processes that
    compile at the same time can then only write the same thing. The name contains a checksum
    of every compiled source, because Numba notices changes to one file only.
    """
    own = FunctionType(function.__code__, function.__globals__)
    own.__qualname__ = f"{name}_{digest(function.__module__)[:8]}"
    try:
        return _njit(cache=True, **_OPTIONS)(own)
    except RuntimeError:  # no directory can be written to: compile in every process
        return _njit(**_OPTIONS)(own)


def _call_kernel(
    typing: Any, address: Any, values: Any, slopes: Any, count: Any, constants: Any
) -> Any:
    """Call void f(const T* x, T* value, T* slope, int64 n, const double* constants)."""
    signature = types.void(types.int64, values, slopes, types.int64, types.int64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = context.get_value_type(values.dtype).as_pointer()
        double = ir.DoubleType().as_pointer()
        prototype = ir.FunctionType(ir.VoidType(), [number, number, number, ir.IntType(64), double])
        value = context.make_array(values)(context, builder, arguments[1]).data
        slope = context.make_array(slopes)(context, builder, arguments[2]).data
        kernel = builder.inttoptr(arguments[0], prototype.as_pointer())
        numbers = builder.inttoptr(arguments[4], double)
        builder.call(kernel, [value, value, slope, arguments[3], numbers])
        return context.get_dummy_value()

    return signature, generate


call_kernel: Any = intrinsic(_call_kernel)
