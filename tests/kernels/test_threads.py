"""How many threads: what can be set, what is refused, and who goes by it."""

import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

import nonlin as nl
from nonlin.choose.contest import run_arms
from nonlin.network.train import train_many


def test_as_many_as_are_set(threads):
    threads(3)
    assert nl.get_threads() == 3
    nl.set_threads(np.int64(1))
    assert nl.get_threads() == 1


@pytest.mark.parametrize("count", [0, -1, 513, 2.0, "2", None, True])
def test_anything_else_is_refused(count, threads):
    threads(2)
    with pytest.raises(nl.NonlinError, match=r"number of threads is .*from 1 to 512"):
        nl.set_threads(count)
    assert nl.get_threads() == 2


AT_FIRST = """
import os
import nonlin as nl
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    assert nl.get_threads() == 1
else:
    assert nl.get_threads() == os.cpu_count()
nl.set_threads(4)
assert nl.get_threads() == 4
"""


def test_at_first_the_cpus_of_the_process():
    ran = subprocess.run([sys.executable, "-c", AT_FIRST], timeout=60, check=False)
    assert ran.returncode == 0


def test_networks_are_trained_on_so_many(threads, monkeypatch):
    asked = []

    def in_parallel(runs, count):
        asked.append(count)
        yield from runs

    for module in ("network.train", "choose.contest"):
        monkeypatch.setattr(import_module(f"nonlin.{module}"), "in_parallel", in_parallel)
    threads(3)
    list(train_many([]))
    list(run_arms(None, [], None))
    list(train_many([], threads=2))
    assert asked == [3, 3, 2]
