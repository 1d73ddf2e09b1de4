"""Threads that share long arrays: everything once, whoever calls, and nobody waits for ever."""

import os
import subprocess
import sys
import threading
import time
from functools import cache

import numpy as np
import pytest

import nonlin as nl
from nonlin.kernels import pool
from nonlin.kernels.pool import Block

X = np.random.default_rng(0).standard_normal(1 << 18).astype("float32")


def kernel_of(name):
    """A kernel that has been shared already: what it takes is known."""
    getattr(nl, name)(X)
    return nl.get(name).kernel()


def test_a_dearer_kernel_is_shared_from_fewer_elements_on():
    cheap, dear = (
        pool.worth(lambda count, s=seconds: time.sleep(count * s), 10_000)
        for seconds in (2e-7, 1e-6)
    )
    assert 1 <= dear < cheap


def test_what_costs_next_to_nothing_is_shared_late():
    assert pool.worth(lambda count: None, 1 << 12) > 1 << 13


@pytest.mark.parametrize("size", [2, 63, 64, 65, 1000, 4099])
@pytest.mark.parametrize("unit", [1, 64])
def test_every_element_once_and_nothing_beyond(size, unit, threads):
    threads(4)
    kernel = kernel_of("softsign")
    own = kernel.block
    own.team.ready()
    block = Block(own.team, (own.loop,) * 2, 2, pool.NEVER, own._words[pool.w.HEAD :])
    block.divide(1, unit)
    x, out = X[:size], np.full(size + 64, 7, "f4")
    block.run([x.ctypes.data, out.ctypes.data], size, [4, 4])
    np.testing.assert_array_equal(out[:size], nl.softsign(x))
    assert (out[size:] == 7).all()


def test_in_many_calls_that_follow_at_once_or_after_a_sleep(threads):
    """Threads that spin, and such that must be woken."""
    threads(3)
    kernel_of("gelu")
    expected = nl.gelu(X)
    for pause in (0, 0, 1e-3, 1e-4, 2e-5) * 40:
        out = np.zeros_like(X)
        nl.gelu(X, out=out)
        assert np.array_equal(out, expected)
        time.sleep(pause)


def test_several_threads_call_at_once(threads):
    """The second runs alone."""
    threads(2)
    expected = {name: getattr(nl, name)(X) for name in ("gelu", "tanh", "silu")}
    wrong = []

    def call(name):
        for _ in range(50):
            if not np.array_equal(getattr(nl, name)(X), expected[name]):
                wrong.append(name)

    callers = [threading.Thread(target=call, args=(name,)) for name in expected]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


def test_two_first_callers_start_one_set_of_threads(monkeypatch):
    made = []

    class Slow:
        threads, address = 2, 0

        def __init__(self):
            time.sleep(0.02)
            made.append(self)

    monkeypatch.setattr(pool, "_pool", cache(Slow))
    monkeypatch.setattr(pool, "_teams", [])
    callers = [threading.Thread(target=pool.Team(2).ready) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(made) == 1


def test_more_threads_from_now_on(threads):
    for count in (2, 6, 1, 4):
        threads(count)
        np.testing.assert_array_equal(nl.mish(X)[:1000], nl.mish(X[:1000]))


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="threads are counted in /proc")
def test_one_thread_is_one_thread():
    code = (
        "import os, numpy as np, nonlin as nl; nl.set_threads(1);"
        "before = len(os.listdir('/proc/self/task')); nl.gelu(np.zeros(1 << 20, 'f4'));"
        "alone = len(os.listdir('/proc/self/task')); nl.set_threads(3);"
        "nl.gelu(np.zeros(1 << 20, 'f4'));"
        "raise SystemExit((before, alone, len(os.listdir('/proc/self/task'))) != (before, before,"
        " before + 2))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


AT_THE_END = """
import numpy as np
import nonlin as nl
nl.set_threads(4)
x = np.zeros(1 << 20, "f4")
for _ in range(20):
    nl.tanh(x)
"""


def test_the_interpreter_ends_while_threads_look_for_work():
    for _ in range(2):
        ran = subprocess.run([sys.executable, "-c", AT_THE_END], timeout=60, check=False)
        assert ran.returncode == 0
