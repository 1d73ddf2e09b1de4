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
from nonlin.choose.contest import NetworkSplit
from nonlin.choose.journal import path_for
from nonlin.data.table import from_memory
from nonlin.tasks.task import infer
from nonlin.trials.contest import Arm, Outcome
from nonlin.trials.journal import Journal

IRIS = load_iris(return_X_y=True)
OPTIONS = {"hidden": (8,), "activations": ["relu", "tanh"], "rates": [0.003, 0.01], "seeds": 4}
PLAN = plan(**OPTIONS)
UNTIMED = ("ns_per_element", "seconds_per_network")


FIRST, SECOND = Arm("relu", 0.003), Arm("tanh", 0.01)


def outcome(loss=0.1):
    return Outcome(loss, 0.1 + 0.2, 1 / 3, 0.25, False, {"dead": 0.0, "odd": 1e-300})


def test_an_outcome_comes_back_as_it_was(tmp_path):
    path = tmp_path / "deep" / "run.sqlite"
    first = Journal(path)
    first.keep(2**32 - 1, FIRST, outcome())
    first.keep(2**32 - 1, SECOND, outcome(math.inf))
    first.note({"relu": 0.1 + 0.2})
    first.close()
    again = Journal(path, resume=True)
    third = Arm("relu", 0.01)
    known = again.known(2**32 - 1, [third, FIRST, SECOND])
    assert known == {FIRST: outcome(), SECOND: outcome(math.inf)}
    assert again.known(1, [FIRST]) == {}
    assert again.facts() == {"relu": 0.1 + 0.2}
    again.close()
    assert Journal(path).known(2**32 - 1, [FIRST]) == {}  # a new run, not resumed


def test_closing_twice_does_no_harm_and_nothing_is_written_after(tmp_path):
    journal = Journal(tmp_path / "run")
    journal.keep(7, FIRST, outcome())
    journal.close()
    journal.close()
    journal.keep(7, SECOND, outcome())
    assert journal.known(7, [FIRST]) == {}
    assert journal.failure is None
    again = Journal(tmp_path / "run", resume=True)
    assert again.known(7, [FIRST, SECOND]) == {FIRST: outcome()}


def test_a_damaged_file_is_begun_anew(tmp_path):
    path = tmp_path / "run"
    path.write_bytes(b"not a database, whatever it is called" * 100)
    journal = Journal(path, resume=True)
    assert journal.failure is None
    journal.keep(7, FIRST, outcome())
    assert journal.known(7, [FIRST, SECOND]) == {FIRST: outcome()}


def test_what_cannot_be_opened_says_why_and_keeps_nothing(tmp_path):
    journal = Journal(tmp_path)  # a folder
    assert "open" in journal.failure
    journal.keep(7, FIRST, outcome())
    journal.note({"relu": 1.0})
    assert (journal.known(7, [FIRST]), journal.facts()) == ({}, {})
    assert tmp_path.is_dir()


@pytest.mark.parametrize("use", ["keep", "known"])
def test_a_file_that_fails_later_ends_nothing_and_says_why(tmp_path, use):
    journal = Journal(tmp_path / "run")
    with sqlite3.connect(tmp_path / "run") as file:
        file.execute("drop table outcome")
    if use == "keep":
        journal.keep(7, FIRST, outcome())
    else:
        assert journal.known(7, [FIRST]) == {}
    assert "outcome" in journal.failure
    journal.note({"relu": 1.0})
    assert journal.facts() == {}


def test_a_key_that_stays_the_same_knows_an_arm_in_a_wider_race(tmp_path):
    key = "{0.candidate} {0.setting}".format
    Journal(tmp_path / "run", key).keep(7, FIRST, outcome())
    again = Journal(tmp_path / "run", key, resume=True)
    assert again.known(7, [Arm("elu", 0.1), FIRST]) == {FIRST: outcome()}


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
    assert sqlite3.connect(damaged).execute("select count(*) from outcome").fetchone()[0] > 0


@pytest.mark.parametrize(
    "written",
    ["", "{", "[1]", "{}", None, 3, b"\xff\xfe", '{"loss": 1}', "much", "no measures"],
)
def test_a_damaged_row_is_run_again(tmp_path, written):
    path = tmp_path / "run"
    first = Journal(path)
    first.keep(7, FIRST, outcome())
    first.keep(7, SECOND, outcome())
    first.close()
    if written == "much":
        written = json.dumps(asdict(outcome()) | {"claimed": "much"})
    if written == "no measures":
        written = json.dumps(asdict(outcome()) | {"measures": [1]})
    with sqlite3.connect(path) as file:
        file.execute("update outcome set outcome = ? where arm like '%relu%'", (written,))
    again = Journal(path, resume=True)
    assert again.known(7, [FIRST, SECOND]) == {SECOND: outcome()}
    assert again.failure is None


def test_text_that_is_none_ends_nothing(tmp_path):
    path = tmp_path / "run"
    Journal(path).keep(7, FIRST, outcome())
    with sqlite3.connect(path) as file:
        file.execute("update outcome set outcome = cast(x'fffe' as text)")
    assert Journal(path, resume=True).known(7, [FIRST]) == {}


def test_a_journal_of_the_version_before_is_refused_in_a_sentence(tmp_path):
    table, task = from_memory(*IRIS), infer(IRIS[1], "y")
    path_for(tmp_path, table, task, PLAN, "0.1.0").write_bytes(b"of another form")
    result = nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS)
    assert "was written by nonlin 0.1.0" in "\n".join(map(str, result.notes))
    again = nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS)
    assert "was written by" not in "\n".join(map(str, again.notes))


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
    monkeypatch.setattr(NetworkSplit, "run", lambda self, arms, threads: trained.extend(arms))
    nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS)
    assert trained == []
    assert np.isfinite(nl.choose(*IRIS, journal=tmp_path, resume=True, **OPTIONS).seconds)
