"""What a second thread brings where calls follow each other at once, and where they do not."""

from __future__ import annotations

import statistics
import time
from itertools import product

import numpy as np

import nonlin as nl

SIZE = 1 << 18  # elements
PAUSES = {"at once": 0.0, "0.3 ms later": 3e-4}  # longer than a thread looks for work
TURNS, CALLS = 21, 50


def measure(threads: int) -> dict[str, dict[str, float]]:
    """Median microseconds of a call of relu, by the number of threads and when the next one comes.

    In a pause this thread is busy, as it is with other contenders in the tables of the page.
    """
    x = np.linspace(-2, 2, SIZE, dtype=np.float32)
    out = np.empty_like(x)
    found: dict[tuple[int, str], list[float]] = {k: [] for k in product((1, threads), PAUSES)}
    for _ in range(TURNS):
        for (count, label), times in found.items():
            nl.set_threads(count)
            times += [_call(x, out, PAUSES[label]) for _ in range(CALLS)]
    nl.set_threads(threads)
    return {
        str(count): {label: 1e6 * statistics.median(found[count, label]) for label in PAUSES}
        for count in (1, threads)
    }


def _call(x: np.ndarray, out: np.ndarray, pause: float) -> float:
    until = time.perf_counter() + pause
    while (begin := time.perf_counter()) < until:
        pass
    nl.relu(x, out=out)
    return time.perf_counter() - begin
