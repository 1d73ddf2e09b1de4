"""Workers change nothing but the time: the same result, also when one of them is killed."""

import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from sklearn.datasets import load_iris

import nonlin as nl
from nonlin._errors import InputError, NonlinError
from nonlin.choose.candidates import plan
from nonlin.choose.contest import Networks
from nonlin.cli import run
from nonlin.data.table import from_memory
from nonlin.tasks.task import infer
from nonlin.trials import workers

IRIS = load_iris(return_X_y=True)
SMALL = {
    "hidden": (8,),
    "activations": ["relu", "tanh", "gelu"],
    "rates": [0.003, 0.01],
    "seeds": 3,
    "full": True,
}
TIMED = ("ns_per_element", "seconds_per_network")


def numbers(result):
    """Everything that must not depend on who trained."""
    return result.table.drop(TIMED).to_dicts(), result.network.parameters.tolist()


@pytest.fixture(scope="module")
def here():
    return nl.choose(*IRIS, **SMALL)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as started,
        distributed.Client(started, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def pool():
    with ProcessPoolExecutor(1, get_context("spawn")) as started:
        yield started


def test_processes_give_the_same_result(here, pool):
    assert numbers(nl.choose(*IRIS, **SMALL, executor=pool)) == numbers(here)


def test_dask_gives_the_same_result_and_its_client_will_do(here, cluster, monkeypatch):
    # Dask's hash of an activation looks through every module there is, for seconds
    monkeypatch.delattr("distributed.client.tokenize")
    executor = cluster.get_executor(retries=1)
    assert numbers(nl.choose(*IRIS, **SMALL, executor=executor)) == numbers(here)
    assert numbers(nl.choose(*IRIS, **SMALL, executor=cluster)) == numbers(here)


def test_a_killed_dask_worker_costs_only_its_chunk(here, cluster):
    pids, killed = list(cluster.run(os.getpid).values()), []

    def kill_one(done, total, label):
        if done >= 4 and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    result = nl.choose(*IRIS, **SMALL, executor=cluster, on_progress=kill_one)
    assert killed
    assert numbers(result) == numbers(here)
    assert pids[0] not in cluster.run(os.getpid).values()


def test_a_broken_pool_ends_in_a_sentence_and_its_journal_goes_on(here, pool, tmp_path):
    def kill(done, total, label):
        if done >= 4:
            for worker in list(pool._processes.values()):
                worker.kill()

    with pytest.raises(
        NonlinError, match=r"BrokenProcessPool.*only Dask replaces.*resume and a new pool goes on"
    ):
        nl.choose(*IRIS, **SMALL, executor=pool, journal=tmp_path, on_progress=kill)
    calls = []
    result = nl.choose(
        *IRIS,
        **SMALL,
        journal=tmp_path,
        resume=True,
        on_progress=lambda done, *_: calls.append(done),
    )
    assert calls[0] >= 4  # known at once
    assert numbers(result) == numbers(here)


def split_of(**options):
    return Networks.of(from_memory(*IRIS), infer(IRIS[1], "y"), plan(**SMALL | options)).split(0)


def test_no_rows_travel_with_a_chunk_and_memory_is_shared(tmp_path):
    split = split_of()
    order = workers.Order(nl.__version__, split)
    stored = workers._stored(order, tmp_path)
    again = workers._restored(stored)
    for part in ("train", "validation", "test"):
        assert getattr(stored.order.split.data, part) == (None, None)
        parts = (getattr(each.data, part) for each in (split, again))
        for before, after in zip(*parts, strict=True):
            assert before.dtype == after.dtype
            assert np.array_equal(before, after)
            assert isinstance(after.base, np.memmap)
    assert workers._restored(workers.Stored(tmp_path, stored.arrays, order)) is again  # once


class Elsewhere(ThreadPoolExecutor):
    """On a machine that does not see the files of this one."""

    def submit(self, fn, sent, *rest):
        if isinstance(sent, workers.Stored):
            sent = workers.Stored(sent.folder / "elsewhere", sent.arrays, sent.order)
        return super().submit(fn, sent, *rest)


def test_a_machine_that_does_not_see_the_files_gets_the_rows(here):
    with Elsewhere(2) as executor:
        assert numbers(nl.choose(*IRIS, **SMALL, executor=executor)) == numbers(here)


class Unlucky(ThreadPoolExecutor):
    """Every part fails once."""

    def __init__(self):
        super().__init__(1)
        self.seen = set()

    def submit(self, fn, sent, chunk):
        if chunk in self.seen:
            return super().submit(fn, sent, chunk)
        self.seen.add(chunk)
        lost = Future()
        lost.set_exception(OSError("the cable"))
        return lost


def test_a_part_that_is_lost_is_tried_again(toy):
    contest = toy({"a": {1: 0.5, 2: 0.6}, "b": {1: 0.7}})
    with Unlucky() as executor:
        found = list(workers.run_on(executor, contest.split(0), contest.arms))
    assert sorted(arm.candidate for arm, _ in found) == ["a", "a", "b"]


class Held:
    """Ends the first part and none of the others."""

    def __init__(self):
        self.futures = []

    def submit(self, fn, sent, chunk):
        future = Future()
        if not self.futures:
            future.set_result(fn(sent, chunk))
        self.futures.append(future)
        return future


def test_closing_cancels_what_has_not_ended(toy):
    contest, executor = toy({name: {1: 0.5, 2: 0.6} for name in "abcd"}), Held()
    found = workers.run_on(executor, contest.split(0), contest.arms)
    assert next(found)[0] == contest.arms[0]
    found.close()
    assert [each.cancelled() for each in executor.futures] == [False, True, True, True]


def test_arms_run_where_the_files_are_not_seen(toy):
    contest = toy({"a": {1: 0.5, 2: 0.6}, "b": {1: 0.7}})
    split = replace(contest.split(0), arrays=(np.zeros(3),))
    with Elsewhere(2) as executor:
        found = dict(workers.run_on(executor, split, contest.arms))
    assert found == dict(split.run(contest.arms, 1))


def test_other_versions_and_other_things_are_refused(monkeypatch):
    with pytest.raises(InputError, match=r"executor is 3: give a concurrent\.futures"):
        nl.choose(*IRIS, **SMALL, executor=3)
    order = workers.Order("0.0.0", None)
    with pytest.raises(InputError, match=r"0\.0\.0 is needed"):
        workers.run_chunk(order, ())


FAST = ("--quick", "--activations", "relu,tanh", "--rates", "0.01", "--seeds", "2", "--hidden", "8")


def test_the_command_line(cluster, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NONLIN_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("NONLIN_LANG", "en")
    address = cluster.scheduler.address
    assert run(["choose", "iris", *FAST, "--why", "--dask", address]) == 0
    assert "in the hidden layers (8)" in capsys.readouterr().out
    monkeypatch.setattr("nonlin.cli.choose.PATIENCE", "1s")
    assert run(["choose", "iris", *FAST, "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "No Dask scheduler answers at 'tcp://127.0.0.1:1'" in capsys.readouterr().err
    assert run(["choose", "iris", *FAST, "--dask", "nonsense://1"]) == 2
    assert "No Dask scheduler answers" in capsys.readouterr().err


def test_a_wrong_address_gives_one_sentence():
    """A client that was made for it would wait when Python ends, and then say so at length."""
    pytest.importorskip("distributed")
    line = [sys.executable, "-m", "nonlin", "choose", "iris", "--dask", "foo"]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1, ran.stderr


def test_ctrl_c_ends_with_the_rounds_that_are_finished(cluster):
    def press(done, total, label):
        if done >= 8:  # of 6 in a round
            raise KeyboardInterrupt

    result = nl.choose(*IRIS, **SMALL, executor=cluster, on_progress=press)
    assert result.interrupted
    assert len(result.race.rounds) == 1
