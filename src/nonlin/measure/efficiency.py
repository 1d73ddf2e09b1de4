"""What a hidden activation costs on this machine."""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Callable

import numpy as np

from nonlin._text import text
from nonlin.activation import Activation
from nonlin.measure.measurement import Measurement

ELEMENTS = 1 << 14  # 64 KiB per array: all three stay in the cache, as in a small network
RUNS = 9
SECONDS = 0.005  # of measuring, at least
_MEDIAN = math.sqrt(math.pi / 2)  # standard error of a median over that of a mean


def nanoseconds_per_element(activation: Activation) -> Measurement:
    """Nanoseconds per element for f(z) and f'(z) in one pass, float32, one thread, z ~ N(0, 1).

    The median of several runs, after one that is not counted; about 10 ms in all. Raises
    InputError for a row-wise activation.
    """
    x = np.random.default_rng(0).standard_normal(ELEMENTS).astype(np.float32)
    out = np.empty((2, ELEMENTS), np.float32)
    kernel = activation.kernel((0, 1))
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in (x, *out)]
    function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_void_p)
    run = function(kernel.address)  # directly, as the training loop calls it
    constants = ctypes.c_void_p(kernel.parameters.ctypes.data)

    def call() -> None:
        run(*pointers, ELEMENTS, constants)

    each = [seconds / ELEMENTS * 1e9 for seconds in _seconds(call)]
    error = _MEDIAN * float(np.std(each, ddof=1)) / math.sqrt(len(each))
    where = text("measure.this_machine")
    return Measurement(float(np.median(each)), error, "ns", text("measure.cost"), where)


def _seconds(call: Callable[[], None]) -> list[float]:
    """Seconds per call, RUNS times, each over enough calls to fill its part of SECONDS."""
    call()
    begin = time.perf_counter()
    call()
    repeats = max(1, math.ceil(SECONDS / RUNS / max(time.perf_counter() - begin, 1e-9)))
    found = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        for _ in range(repeats):
            call()
        found.append((time.perf_counter() - begin) / repeats)
    return found
