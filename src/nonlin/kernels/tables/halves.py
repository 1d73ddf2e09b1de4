"""Kernels of 16-bit numbers are tried at all 65,536 of them, in units of their last places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.kernels.tables.pieces import Floats

MOST_ULP = 0.54  # 0.5 is right; beside zeros of f' float32 itself has no more digits
ONE = {"half": 0x3C00, "bfloat": 0x3F80}
DIGITS = {"half": 11, "bfloat": 8}
EXPONENTS = {"half": (-14, 16), "bfloat": (-126, 128)}  # the least normal one, the first too large


def everywhere() -> NDArray[np.uint16]:
    """The bits of all numbers."""
    return np.arange(1 << 16, dtype=np.uint16)


def widened(bits: NDArray[Any], memory: str) -> Floats:
    """The numbers that a type of memory makes of its bits, as float64."""
    if memory == "half":
        return bits.view(np.float16).astype(np.float64)
    return (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)


def right(x: Floats, got: Floats, truth: Floats, order: int, memory: str) -> bool:
    """Are the results at `everywhere` as right as they should be?"""
    if not order and np.signbit(got[0]) != np.signbit(truth[0]):  # at 0
        return False
    least, beyond = EXPONENTS[memory]
    got, truth = (np.clip(each, -(2.0**beyond), 2.0**beyond) for each in (got, truth))
    exponents = np.maximum(np.frexp(truth)[1] - 1, least)
    error = np.abs(np.ldexp(got - truth, DIGITS[memory] - 1 - exponents))
    return bool(np.all((error <= MOST_ULP) | (np.isnan(got) & np.isnan(truth))))
