"""The threads that share long arrays: started when there is first enough to do, never ended.

What they run is compiled code (`pool_code.py`), so that no thread waits for Python. Sleeping
and waking are those of CPython's own locks, which need no interpreter and are the same on every
system.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin._errors import CompileError
from nonlin.kernels import pool_words as w
from nonlin.kernels import store, target
from nonlin.kernels.key import fingerprint

SAMPLE, TRIES = 1 << 12, 7  # elements that tell what one costs, and how often
PART = 5_000  # nanoseconds: a thread that has less to do is not worth the handing over
SPIN = 50_000  # nanoseconds that a thread looks for work before it sleeps: about what waking takes
MOST = 512  # threads
NEVER = 1 << 62  # elements
PAUSES = {"x86_64": "llvm.x86.sse2.pause", "i686": "llvm.x86.sse2.pause"}
_RESULTS: dict[str, Any] = {
    "PyThread_allocate_lock": ctypes.c_void_p,
    "PyThread_start_new_thread": ctypes.c_ulong,
}


class Team:
    """Who shares what: at most so many threads. Every library with a setting has a team."""

    def __init__(self, limit: int) -> None:
        self._words = (ctypes.c_int64 * 2)(0, limit)
        self.address = ctypes.addressof(self._words)
        _teams.append(self)

    @property
    def limit(self) -> int:
        """At most so many threads."""
        return self._words[w.LIMIT]

    @limit.setter
    def limit(self, count: int) -> None:
        self._words[w.LIMIT] = min(max(count, 1), MOST)

    def ready(self) -> None:
        """Its threads are there, from now on."""
        if self.limit > 1:
            with _starting:
                pool = _pool()
                if pool.threads < self.limit:
                    pool.start(self.limit)
            self._words[w.POOL] = pool.address

    def leave(self) -> None:
        """Its threads are gone."""
        self._words[w.POOL] = 0


_teams: list[Team] = []


class Block:
    """A loop as `shared` takes it: the words that say what it is, and who may share it.

    loops: for arrays, and for those that are `long`. data: of the loops themselves. Nothing is
    shared while `worth` is 0: how many elements, rows or the like deserve a thread.
    """

    __slots__ = ("_words", "address", "team", "worth")

    def __init__(
        self, team: Team, loops: Sequence[int], arrays: int, long: int, data: NDArray[np.int64]
    ) -> None:
        self._words = words = np.empty(w.HEAD + len(data), np.int64)
        words[: w.HEAD] = team.address, *loops, long, NEVER, 1, arrays
        words[w.HEAD :] = data
        self.address: int = words.ctypes.data
        self.team, self.worth = team, 0

    @property
    def loop(self) -> int:
        """The address of the loop."""
        return int(self._words[w.LOOP])

    @property
    def data(self) -> int:
        """The address of its data."""
        return self.address + 8 * w.HEAD

    def divide(self, worth: int, unit: int = 1) -> None:
        """A thread gets so many or more from now on, in multiples of `unit`; of few arrays only."""
        self.worth = max(worth, 1)
        if self._words[w.ARRAYS] <= w.MOST_ARRAYS:
            self._words[[w.LEAST, w.UNIT]] = self.worth, unit

    def run(self, places: Sequence[int], count: int, steps: Sequence[int]) -> None:
        """Call it on arrays at addresses, with so many bytes from one element to the next."""
        arrays = np.array([count, *places, *steps], np.int64)
        first = arrays.ctypes.data
        _shared()(first + 8, first, first + 8 * (1 + len(places)), self.address)


def worth(call: Callable[[int], object], count: int) -> int:
    """How many elements, rows or the like deserve a thread; call: does the work for so many."""

    def shortest(number: int) -> int:
        best = NEVER
        for _ in range(TRIES):
            begin = time.perf_counter_ns()
            call(number)
            best = min(best, time.perf_counter_ns() - begin)
        return best

    found = max(shortest(count) - shortest(0), 1)
    return max(PART * count // found, 1)


@cache
def entry(name: str) -> int:
    """The address of one of the functions of the module."""
    address: int = _loaded().engine.get_function_address(name)
    if not address:
        raise CompileError("not_compiled", reason=f"no entry {name}")
    return address


@cache
def _shared() -> Any:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)(entry("shared"))


@cache
def _loaded() -> target.Loaded:
    """Never unloaded: a thread may be inside when the interpreter ends."""
    loaded = target.load(store.fetch(fingerprint((), "pool"), _build), "shared")
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(loaded.engine))
    return loaded


def _build() -> bytes:
    from nonlin.kernels.pool_code import write_pool

    pause = PAUSES.get(target.host().triple.partition("-")[0])
    return target.to_object(str(write_pool(pause)))


class _Pool:
    """The words that the threads share, and the number of threads, the caller's included."""

    def __init__(self) -> None:
        count = w.MEMBERS + MOST * w.MEMBER + w.LINE
        words = (ctypes.c_int64 * count)()
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(words))
        base, bytes_ = ctypes.addressof(words), 8 * w.LINE
        self._skip = (-base % bytes_) // 8
        self._words, self.address, self.threads = words, base + 8 * self._skip, 1
        self._put(w.ACQUIRE, _address("PyThread_acquire_lock"))
        self._put(w.RELEASE, _address("PyThread_release_lock"))
        self._put(w.NAP, _address("PyThread_acquire_lock_timed"))
        self._put(w.BED, _locked())
        self._put(w.YIELD, _yield())
        self._put(w.SPINS, _spins(self.address))

    def _put(self, place: int, value: int) -> None:
        self._words[self._skip + place] = value

    def start(self, count: int) -> None:
        """As many threads as are missing; those that the system refuses, others do without."""
        for index in range(self.threads, count):
            member = w.MEMBERS + index * w.MEMBER
            self._put(member + w.LOCK, _locked())
            self._put(member + w.PLACE, self.address)
            self._put(member + w.INDEX, index)
            where = ctypes.c_void_p(self.address + 8 * member)
            _python("PyThread_start_new_thread")(ctypes.c_void_p(entry("worker")), where)
        self.threads = max(self.threads, count)


_starting = threading.Lock()  # of several first callers one makes the pool and its threads


@cache
def _pool() -> _Pool:
    return _Pool()


def _python(name: str) -> Any:
    function = ctypes.pythonapi[name]
    function.restype = _RESULTS.get(name, ctypes.c_int)
    return function


def _address(name: str) -> int:
    return ctypes.cast(ctypes.pythonapi[name], ctypes.c_void_p).value or 0


def _locked() -> int:
    """A lock that only a release opens."""
    lock: int = _python("PyThread_allocate_lock")()
    _python("PyThread_acquire_lock")(ctypes.c_void_p(lock), 1)
    return lock


def _yield() -> int:
    """The function of the system by which a thread gives its CPU to others."""
    windows = os.name == "nt"
    library = ctypes.WinDLL("kernel32") if windows else ctypes.CDLL(None)  # type: ignore[attr-defined]
    function = library["SwitchToThread" if windows else "sched_yield"]
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _spins(pool: int) -> int:
    """How often a thread looks for work before it sleeps."""
    times = 100
    spin = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(entry("spin"))
    taken = []
    for _ in range(3):
        begin = time.perf_counter_ns()
        spin(pool, times)
        taken.append(time.perf_counter_ns() - begin)
    return SPIN * times // max(min(taken), 1)


def _forked() -> None:
    """Threads do not survive a fork: the child starts its own."""
    global _starting
    _starting = threading.Lock()
    _pool.cache_clear()
    for team in _teams:
        team.leave()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
