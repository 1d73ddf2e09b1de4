"""What a hidden activation costs on this machine."""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.kernels.arrays import Array
from nonlin.kernels.compile import Kernel
from nonlin.measure.measurement import Measurement

ELEMENTS = 1 << 14  # 64 KiB per array: all three stay in the cache, as in a small network
RUNS = 9
SECONDS = 0.005  # of measuring, at least
_MEDIAN = math.sqrt(math.pi / 2)  # standard error of a median over that of a mean
_QUARTILES = 1.349  # distance of the quartiles of a normal distribution, in its deviations


def nanoseconds_per_element(activation: Activation) -> Measurement:
    """Nanoseconds per element for f(z) and f'(z) in one pass, float32, one thread, z ~ N(0, 1).

    The median of several runs, after one that is not counted; about 10 ms in all. Raises
    InputError for a row-wise activation.
    """
    x = np.random.default_rng(0).standard_normal(ELEMENTS).astype(np.float32)
    out = np.empty((2, ELEMENTS), np.float32)
    kernel = activation.kernel((0, 1))
    call = direct_call(kernel, [x, *out])
    each = [seconds / ELEMENTS * 1e9 for seconds in _seconds(call)]
    return median(each, text("measure.cost"), text("measure.this_machine"))


def direct_call(kernel: Kernel, arrays: Sequence[Array]) -> Callable[[], None]:
    """The kernel on these arrays, inputs first, by its address as the training loop calls it.

    Arrays that the kernel does not need, at the end, are left alone. Keep the kernel and the
    arrays for as long as the call.
    """
    used = arrays[: kernel.inputs + kernel.outputs]
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in used]
    constants = ctypes.c_void_p(kernel.parameters.ctypes.data)
    arguments = [ctypes.c_void_p] * len(used)
    function = ctypes.CFUNCTYPE(None, *arguments, ctypes.c_int64, ctypes.c_void_p)
    run, count = function(kernel.address), used[0].size

    def call() -> None:
        run(*pointers, count, constants)

    return call


def median(each: Sequence[float], what: Text, where: Text) -> Measurement:
    """The median of repeated times in nanoseconds, with its standard error.

    That is taken from the quartiles: another program now and then must not drown it.
    """
    error = None
    if len(each) > 1:
        low, high = np.quantile(each, (0.25, 0.75))
        error = _MEDIAN * float(high - low) / _QUARTILES / math.sqrt(len(each))
    return Measurement(float(np.median(each)), error, "ns", what, where)


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
