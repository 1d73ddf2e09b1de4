"""Nothing is lost: what was finished is known again, to the last bit."""

import json
import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_iris

import nonlin as nl
from nonlin.choose.candidates import plan
from nonlin.choose.trial import Outcome
from nonlin.data.table import from_memory
from nonlin.tasks.task import infer
from nonlin.trials.journal import Journal, path_for

IRIS = load_iris(return_X_y=True)
OPTIONS = {"hidden": (8,), "activations": ["relu", "tanh"], "rates": [0.003, 0.01], "seeds": 4}
PLAN = plan(**OPTIONS)
UNTIMED = ("ns_per_element", "seconds_per_network")


def outcome(loss=0.1):
    return Outcome(loss, 0.1 + 0.2, 1 / 3, None, 0.0, 1e-300, 0.25, False)


def test_an_outcome_comes_back_as_it_was(tmp_path):
    path = tmp_path / "deep" / "run.sqlite"
    first = Journal(path, PLAN)
    first.keep(2**32 - 1, (0, 1), outcome())
    first.keep(2**32 - 1, (1, 0), outcome(math.inf))
    first.close()
    again = Journal(path, PLAN, resume=True)
    known = again.known(2**32 - 1, [(0, 0), (0, 1), (1, 0)])
    assert known == {(0, 1): outcome(), (1, 0): outcome(math.inf)}
    assert again.known(1, [(0, 1)]) == {}
    again.close()
    assert Journal(path, PLAN).known(2**32 - 1, [(0, 1)]) == {}  # a new run, not resumed


def test_a_wider_plan_knows_a_narrower_one(tmp_path):
    Journal(tmp_path / "run", PLAN).keep(7, (1, 1), outcome())
    wider = plan(**OPTIONS | {"activations": ["elu", "relu", "tanh"], "rates": [0.01, 0.1]})
    assert Journal(tmp_path / "run", wider, resume=True).known(7, [(2, 0)]) == {(2, 0): outcome()}


def test_another_file_for_other_rows(tmp_path):
    table, task = from_memory(*IRIS), infer(IRIS[1], "y")
    path = path_for(tmp_path, table, task, PLAN)
    assert path == path_for(tmp_path, from_memory(*IRIS), task, plan(**OPTIONS | {"seeds": 9}))
    changed = IRIS[0].copy()
    changed[3, 2] += 1e-9
    others = [
        path_for(tmp_path, from_memory(changed, IRIS[1]), task, PLAN),
        path_for(tmp_path, from_memory(IRIS[0], IRIS[1][::-1]), task, PLAN),
        path_for(tmp_path, table, task, plan(**OPTIONS | {"hidden": (9,)})),
    ]
    assert len({path, *others}) == 4


def test_a_place_that_cannot_be_written_to_ends_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    result = nl.choose(*IRIS, journal=tmp_path / "file", **OPTIONS)
    assert any("nothing could be written down" in str(note) for note in result.notes)
    damaged = path_for(tmp_path, from_memory(*IRIS), infer(IRIS[1], "y"), PLAN)
    damaged.write_bytes(b"not a database, whatever it is called" * 100)
    again = nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS)
    assert again.table.drop(UNTIMED).equals(result.table.drop(UNTIMED))
    assert not any("written down" in str(note) for note in again.notes)
    assert sqlite3.connect(damaged).execute("select count(*) from network").fetchone()[0] > 0


@pytest.mark.parametrize(
    "written",
    ["", "{", "[1]", "{}", None, 3, b"\xff\xfe", '{"validation_loss": 1}', "much"],
)
def test_a_damaged_row_is_trained_again(tmp_path, written):
    path = tmp_path / "run"
    first = Journal(path, PLAN)
    first.keep(7, (0, 1), outcome())
    first.keep(7, (1, 1), outcome())
    first.close()
    if written == "much":
        written = json.dumps(asdict(outcome()) | {"score": "much"})
    with sqlite3.connect(path) as file:
        file.execute("update network set outcome = ? where activation like '%relu%'", (written,))
    again = Journal(path, PLAN, resume=True)
    assert again.known(7, [(0, 1), (1, 1)]) == {(1, 1): outcome()}
    assert again.failure is None


def test_text_that_is_none_ends_nothing(tmp_path):
    path = tmp_path / "run"
    Journal(path, PLAN).keep(7, (0, 1), outcome())
    with sqlite3.connect(path) as file:
        file.execute("update network set outcome = cast(x'fffe' as text)")
    assert Journal(path, PLAN, resume=True).known(7, [(0, 1)]) == {}


def test_a_resumed_run_leaves_out_what_it_left_out_before(tmp_path, monkeypatch):
    """However fast the machine is on another day; a new run measures anew."""
    costs = {"relu": 0.9, "tanh": 1.1}
    monkeypatch.setattr(
        "nonlin.choose.limits.nanoseconds_per_element",
        lambda entry: type("M", (), {"value": costs[entry.name]}),
    )
    asked = OPTIONS | {"limits": {"max_ns": 1.0}, "seeds": 1, "journal": tmp_path}
    assert nl.choose(*IRIS, **asked).plan.labels == ("relu",)
    costs["relu"], costs["tanh"] = 1.1, 0.9
    again = nl.choose(*IRIS, resume=True, **asked)
    assert again.plan.labels == ("relu",)
    assert any("tanh" in str(note) for note in again.notes)
    assert nl.choose(*IRIS, **asked).plan.labels == ("tanh",)


SCRIPT = """
import sys
from sklearn.datasets import load_iris
import nonlin as nl
result = nl.choose(*load_iris(return_X_y=True), hidden=(8,), activations=["relu", "tanh"],
                   rates=[0.003, 0.01], seeds=4, journal=sys.argv[1], resume=True)
result.table.drop("ns_per_element", "seconds_per_network").write_json(sys.argv[1] + "/table.json")
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_killed_ten_times_the_table_is_the_same(tmp_path):
    whole = nl.choose(*IRIS, **OPTIONS)
    moments = np.random.default_rng(5)
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)])
        time.sleep(moments.uniform(0.8, 2.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], check=True)
    table = pl.read_json(tmp_path / "table.json")
    assert table.to_dicts() == whole.table.drop(UNTIMED).to_dicts()


def test_only_what_is_missing_is_trained(tmp_path, monkeypatch):
    nl.choose(*IRIS, journal=tmp_path, **OPTIONS)
    trained = []

    def counted(data, task, plan, seed, arms, finished):
        trained.extend(arms)

    monkeypatch.setattr("nonlin.trials.race.train_arms", counted)
    nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS)
    assert trained == []
    assert np.isfinite(nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS).seconds)
