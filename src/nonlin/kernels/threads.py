"""A part of the work for each CPU. Threads start once, when there is first enough to do.

A queue of the standard library wakes a thread in 7 us, a future of its executor in 15 (when the CPU
is awake: if it sleeps, both take 0.1 ms).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from queue import SimpleQueue

Part = Callable[[int, int], None]
_own = threading.local()


@cache
def thread_count() -> int:
    """CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_use() -> int:
    """How many threads work for who asks: all of them, unless `at_most` says fewer."""
    return min(thread_count(), getattr(_own, "most", thread_count()))


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """For this thread and the time being, as another library's setting asks."""
    before = getattr(_own, "most", None)
    _own.most = max(1, count)
    try:
        yield
    finally:
        if before is None:
            del _own.most
        else:
            _own.most = before


def split(part: Part, length: int, grain: int) -> None:
    """`part(start, stop)` over 0 .. length, one part to a thread, this one included."""
    step = -(-length // in_use() // grain) * grain
    first, *others = [(start, min(start + step, length)) for start in range(0, length, step)]
    done: SimpleQueue[BaseException | None] = SimpleQueue()
    queue = _queue()
    for other in others:
        queue.put((part, other, done))
    try:
        part(*first)
    finally:  # whatever happens here, nobody writes to the arrays any more when this returns
        errors = [done.get() for _ in others]
    for error in filter(None, errors):
        raise error


@cache
def _queue() -> SimpleQueue[tuple[Part, tuple[int, int], SimpleQueue[BaseException | None]]]:
    """Where threads, one less than there are CPUs, wait for parts."""
    queue: SimpleQueue[tuple[Part, tuple[int, int], SimpleQueue[BaseException | None]]]
    queue = SimpleQueue()

    def work() -> None:
        while True:
            part, place, done = queue.get()
            try:
                part(*place)
            except BaseException as error:
                done.put(error)
            else:
                done.put(None)

    for number in range(thread_count() - 1):
        threading.Thread(target=work, name=f"nonlin_{number}", daemon=True).start()
    return queue


if hasattr(os, "register_at_fork"):  # threads do not survive a fork: the child starts its own
    os.register_at_fork(after_in_child=_queue.cache_clear)
