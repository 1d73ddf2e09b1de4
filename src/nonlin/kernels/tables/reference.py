"""The functions that a table holds, in float64, and kernels that are called once or twice."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.emit.llvm.writers.program import write_module
from nonlin.expr.machine.modes import mode_of
from nonlin.expr.paths import Tabled, roots_of
from nonlin.kernels import target


class Reference:
    """f, f' or both of float64 numbers: compiled in little time, and not kept on disk."""

    def __init__(self, rule: Tabled) -> None:
        roots, hardware = roots_of(rule.formula, rule.orders), target.host().hardware
        mode = mode_of("float64", "fast", rule.orders, roots)
        module = write_module(roots, ("x",), (), mode, hardware, masked=True)
        self._code = target.load(target.to_object(str(module), effort=0), "kernel")
        self._count = len(rule.orders)

    def __call__(self, x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Arrays of the shape of x, one for each order."""
        results = [np.empty_like(x) for _ in range(self._count)]
        run(self._code, [np.ascontiguousarray(x), *results])
        return results


def run(code: target.Loaded, arrays: Sequence[NDArray[Any]]) -> None:
    """A kernel without parameters on arrays that lie in a row; it fills the last ones."""
    pointer = ctypes.c_void_p
    kind = ctypes.CFUNCTYPE(None, *[pointer] * len(arrays), ctypes.c_int64, pointer)
    kind(code.address)(*(each.ctypes.data for each in arrays), arrays[0].size, None)
