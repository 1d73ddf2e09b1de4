"""Time all contenders of a task in turns, in a process that is held to so many threads."""

from __future__ import annotations

import gc
import importlib
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

from _shared import cpu

PEERS = {"torch": "pytorch", "jax": "xla", "scipy": "tutorial"}  # package: module here
SAMPLE = 1e-3  # seconds: a turn of a small task repeats the call for so long
LARGE = 1 << 22  # elements: from here on a turn is one call
SELDOM = ("jax",)  # takes part in every second round of a large task
FEWEST, ENOUGH = 3, 0.5  # rounds of a task that has taken so many seconds
SPIN = 0.02  # seconds for which PyTorch's threads keep a CPU busy after a call
SPINS_FROM = 1 << 15  # elements: from here on PyTorch wakes them


def restrict(threads: int) -> int:
    """Hold this process, before it imports anything, to `threads` CPUs; how many it has."""
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))[-threads:]
        os.sched_setaffinity(0, cpus)
        return len(cpus)
    return min(threads, os.cpu_count() or 1)


def environment(threads: int) -> dict[str, str]:
    """For the process: huge pages for what C allocates, as NumPy has them; threads for OpenMP."""
    tuned = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "OMP_NUM_THREADS": str(threads)}
    return {**os.environ, **tuned, "JAX_PLATFORMS": "cpu"}


def measure(
    names: Sequence[str], sizes: Sequence[int], rounds: Sequence[int], threads: int
) -> list[dict[str, Any]]:
    """Every task: nanoseconds per element of each contender as quartile, median, quartile,
    and from how many rounds."""
    from comparison.tasks import Buffers, tasks

    if find_spec("torch"):
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
    chosen = list(tasks(names, sizes, threads))
    buffers = Buffers(max(task.size for task in chosen))
    found = []
    for number, task in enumerate(chosen):
        _show(f"{threads} threads: {number + 1}/{len(chosen)} {task.name} {task.path}")
        times = _timed(task, buffers, rounds[task.asked >= LARGE], threads)
        found.append({"threads": threads, **asdict(task), "times": times})
    _show("")
    return found


def _show(progress: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{progress:70}\r", end="", file=sys.stderr, flush=True)


def _timed(task: Any, buffers: Any, rounds: int, threads: int) -> dict[str, list[float]]:
    from comparison.tasks import elements

    calls = _contenders(task, buffers, threads)
    order = list(calls)
    if "fast" in calls:
        _agree(task, calls)
    samples: dict[str, list[float]] = {name: [] for name in order}
    repeats = {name: 1 if task.asked >= LARGE else _repeats(calls[name]) for name in order}
    begin = time.perf_counter()
    for turn in range(rounds):
        if turn >= FEWEST and time.perf_counter() - begin > ENOUGH:
            break
        place = turn % len(order)
        for name in order[place:] + order[:place]:
            if name in SELDOM and task.asked >= LARGE and turn % 2:
                continue
            seconds = _sample(calls[name], repeats[name], task.asked < LARGE)
            samples[name].append(1e9 * seconds / elements(task, name))
            if name == "torch" and threads > 1 and task.size >= SPINS_FROM:
                time.sleep(SPIN)
    del calls
    gc.collect()
    return {name: _quartiles(values) for name, values in samples.items()}


def _contenders(task: Any, buffers: Any, threads: int) -> dict[str, Any]:
    from comparison import limits, ours, spread
    from comparison.tasks import OWN, SPREAD

    if task.path in (SPREAD, OWN):
        return spread.contenders(task, buffers)
    calls = ours.contenders(task, buffers)
    for package, module in PEERS.items():
        if find_spec(package):
            peer = importlib.import_module(f"comparison.{module}")
            calls |= peer.contenders(task, buffers)
    return calls | limits.contenders(task, buffers, threads)


def _agree(task: Any, calls: dict[str, Any]) -> None:
    """One call each, as a warm-up; all compute the same function, or none is worth timing."""
    import numpy

    expected = _heads(calls["fast"]())
    for name, call in calls.items():
        if name in ("np.copyto", "stream"):
            call()
            continue
        for found, true in zip(_heads(call()), expected, strict=True):
            numpy.testing.assert_allclose(found, true, 1e-4, 1e-5, err_msg=f"{name} {task}")


def _heads(results: Any) -> list[Any]:
    """The first elements of one result, or of two."""
    import numpy

    several = results if isinstance(results, tuple | list) else [results]
    return [numpy.array(numpy.asarray(each).ravel()[:1000]) for each in several]


def _repeats(call: Any) -> int:
    begin = time.perf_counter()
    call()
    return max(1, math.ceil(SAMPLE / max(time.perf_counter() - begin, 1e-7)))


def _sample(call: Any, repeats: int, warm: bool) -> float:
    """Seconds per call; a small task first gets its arrays back into the cache."""
    if warm:
        call()
    begin = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - begin) / repeats


def _quartiles(values: Sequence[float]) -> list[float]:
    if len(values) == 1:
        return [values[0]] * 3 + [1]
    return [*statistics.quantiles(values, n=4, method="inclusive"), len(values)]


class _Nothing:
    """What is called as an activation is."""

    def __call__(self, x: Any, *, precision: str = "fast", out: Any = None, **more: Any) -> None:
        """Nothing."""


def overhead() -> dict[str, float]:
    """Microseconds per call on 100 elements: what calling costs."""
    import numpy as np

    import nonlin as nl

    x = np.linspace(-2, 2, 100, dtype=np.float32)
    y, nothing = np.empty_like(x), _Nothing()
    calls = {
        "nl.relu(x, out=y)": lambda: nl.relu(x, out=y),
        "nl.gelu(x, out=y)": lambda: nl.gelu(x, out=y),
        "nl.gelu(x)": lambda: nl.gelu(x),
        "an object that does nothing (x, out=y)": lambda: nothing(x, out=y),
        "np.negative(x, out=y)": lambda: np.negative(x, out=y),
        "np.tanh(x)": lambda: np.tanh(x),
        "np.tanh(x, out=y)": lambda: np.tanh(x, out=y),
    }
    if find_spec("torch"):
        import torch

        t = torch.from_numpy(x)
        calls["torch.relu(x)"] = lambda: torch.relu(t)
        calls["torch gelu(x)"] = lambda: torch.nn.functional.gelu(t)
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(21):
        for name, call in calls.items():
            samples[name].append(1e6 * _sample(call, 2000, True))
    return {name: statistics.median(values) for name, values in samples.items()}


def machine() -> dict[str, str]:
    """Where this is measured, and with which versions."""
    packages = ("nonlin", "numpy", "scipy", "llvmlite", "torch", "jax", "jaxlib")
    found = [importlib.import_module(name) for name in packages if find_spec(name)]
    versions = {module.__name__: str(module.__version__) for module in found}
    system = f"{os.cpu_count()} CPUs, {platform.system()}"
    return {"CPU": f"{cpu()}, {system}", "Python": platform.python_version(), **versions}
