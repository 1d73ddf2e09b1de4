"""Contenders timed in turns, so that all of them see the same machine."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_turns(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each run in every round, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            begin = time.perf_counter()
            run()
            if number:
                times[name].append(time.perf_counter() - begin)
    return times


def ratio(slow: list[float], fast: list[float]) -> float:
    """How many times as fast, by the median of the rounds' own ratios."""
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))
