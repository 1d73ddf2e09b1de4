"""What activations cost on this machine: arrays in the cache and in memory, beside a copy."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import text
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.kernels.threads import get_threads
from nonlin.measure.efficiency import ELEMENTS, direct_call, median
from nonlin.measure.measurement import Measurement
from nonlin.parameter import check_precision

IN_MEMORY = 1 << 24  # elements, 64 MiB per array: larger than the caches of nearly every CPU
SECONDS = 15.0
FEWEST = 3  # rounds, whatever they take
SHORT = 5e-4  # seconds: calls in the cache are repeated for so long
VALUE, BOTH = (0,), (0, 1)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Cost:
    """Nanoseconds per element of one activation, float32: f alone, f and f' in one pass.

    cached: arrays of 64 KiB, one thread. memory: arrays of 64 MiB, all threads. copy_share: the
    time of a plain copy of such an array over that of f: 1 is as fast as memory allows.
    """

    activation: Activation
    cached: Measurement
    cached_both: Measurement
    memory: Measurement
    memory_both: Measurement
    copy_share: float


@dataclass(frozen=True, slots=True)
class Bench:
    """Costs, cheapest first: what counts is f and f' in the cache, as in training."""

    costs: tuple[Cost, ...]
    copy: Measurement
    threads: int
    precision: str
    rounds: int
    interrupted: bool


def bench(
    activations: Sequence[Activation],
    *,
    seconds: float = SECONDS,
    precision: str = "fast",
    on_progress: Progress | None = None,
) -> Bench:
    """Measure all activations in turns, for about so many seconds, in at least three rounds.

    Ctrl-C ends it with what is measured until then. Raises InputError for a row-wise activation
    and KeyboardInterrupt if nothing at all is measured yet.
    """
    check_precision(precision)
    for each in activations:
        if not each.elementwise:
            raise InputError("bench_rowwise", name=each.name)
    run = _Run(tuple(dict.fromkeys(activations)), precision)
    interrupted = False
    try:
        run.rounds(seconds, on_progress or (lambda *_: None))
    except KeyboardInterrupt:
        interrupted = True
    costs = sorted(run.costs(), key=lambda cost: cost.cached_both.value)
    if not costs:
        raise KeyboardInterrupt
    least = min(len(times) for times in run.times.values())
    copy = median(run.copies, text("bench.copy"), run.in_memory)
    return Bench(tuple(costs), copy, run.threads, precision, least, interrupted)


@dataclass(slots=True)
class _Run:
    """Arrays, and the times found so far: four for each turn of an activation."""

    activations: tuple[Activation, ...]
    precision: str
    threads: int = field(default_factory=get_threads)
    times: dict[Activation, list[tuple[float, ...]]] = field(default_factory=dict)
    copies: list[float] = field(default_factory=list)
    repeats: dict[Any, int] = field(default_factory=dict)
    x: np.ndarray = field(init=False)
    out: tuple[np.ndarray, ...] = field(init=False)

    def __post_init__(self) -> None:
        block = np.random.default_rng(0).standard_normal(1 << 18).astype(np.float32)
        self.x = np.tile(block, IN_MEMORY // block.size)
        self.out = tuple(np.ones(IN_MEMORY, np.float32) for _ in range(2))

    @property
    def in_memory(self) -> Any:
        """Where the large arrays are measured."""
        return text("bench.memory", threads=self.threads)

    def rounds(self, seconds: float, on_progress: Progress) -> None:
        """Rounds until the time is over; in each, every activation has its turn."""
        begin, done, planned = time.perf_counter(), 0, FEWEST
        while done < planned:
            for place, activation in enumerate(self.activations):
                step = done * len(self.activations) + place
                on_progress(step, planned * len(self.activations), activation.name)
                self.turn(activation)
            done += 1
            passed = time.perf_counter() - begin
            planned = max(FEWEST, done, int(seconds * done / passed))

    def turn(self, activation: Activation) -> None:
        """One more time for a copy, and for each way to call the activation."""
        copy = self.copy()
        found = (
            *(self.cached(activation, path) for path in (VALUE, BOTH)),
            *(self.memory(activation, path) for path in (VALUE, BOTH)),
        )
        self.times.setdefault(activation, []).append(found)
        self.copies.append(copy)

    def copy(self) -> float:
        """The faster of NumPy's copy and one that writes past the caches, on all threads."""
        x, out = self.x, self.out[0]
        parts = [np.array_split(array, self.threads) for array in (out, x)]
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(time.sleep, [0.0] * self.threads))  # its threads are there
            plain = _timed(lambda: list(pool.map(np.copyto, *parts)))
        return min(plain, _timed(partial(get("identity"), x, out=out))) / x.size * 1e9

    def cached(self, activation: Activation, path: tuple[int, ...]) -> float:
        """Nanoseconds per element on small arrays, which stay in the cache."""
        small = [array[:ELEMENTS] for array in (self.x, *self.out)]
        kernel = activation.kernel(path, precision=self.precision)
        call = direct_call(kernel, small)
        call()  # the arrays come into the cache
        key = activation, path
        if key not in self.repeats:
            self.repeats[key] = max(1, round(SHORT / max(_timed(call), 1e-7)))
        count = self.repeats[key]

        def calls() -> None:
            for _ in range(count):
                call()

        return _timed(calls) / count / ELEMENTS * 1e9

    def memory(self, activation: Activation, path: tuple[int, ...]) -> float:
        """Nanoseconds per element on large arrays, called as users do."""
        if path == VALUE:
            call = partial(activation, self.x, precision=self.precision, out=self.out[0])
        else:
            both = activation.value_and_derivative
            call = partial(both, self.x, precision=self.precision, out=self.out)
        return _timed(call) / self.x.size * 1e9

    def costs(self) -> list[Cost]:
        """What is known of every activation that had a turn."""
        cached = text("measure.this_machine")
        places = cached, cached, self.in_memory, self.in_memory
        whats = (text("bench.value"), text("measure.cost")) * 2
        found = []
        for activation, times in self.times.items():
            columns = zip(zip(*times, strict=True), whats, places, strict=True)
            a, b, c, d = [median(each, what, where) for each, what, where in columns]
            share = float(np.median(self.copies)) / c.value
            found.append(Cost(activation, a, b, c, d, share))
        return found


def _timed(call: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
