"""A choice in its thread: followed, stopped, gone on with after the server was killed."""

import io
import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing

import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.choose.contest import NetworkSplit, key
from nonlin.lab import choosing
from nonlin.lab.choosing import Asked, Choice
from nonlin.lab.desk import Desk
from nonlin.lab.upload import Upload

pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def asked(content):
    return Asked(Upload("table.csv", content), quick=True)


def ended(choice):
    choice.start()
    choice.join()
    return choice.told()


@pytest.fixture(scope="module")
def finished(small, content, tmp_path_factory):
    """A choice with a result."""
    made = Choice(Asked(Upload("table.csv", content)), tmp_path_factory.mktemp("runs"))
    ended(made)
    return made


class TestTheEnd:
    def test_tells_what_the_terminal_says(self, finished):
        told = finished.told()
        assert told["state"] == "finished"
        assert told["done"] == told["total"]
        assert told["said"] == [str(each) for each in finished.result.said]
        assert {row["label"] for row in told["ranking"]} == {"relu", "tanh"}
        assert sum(row["leader"] for row in told["ranking"]) == 1
        assert [row["rounds"] for row in told["ranking"]] == [2, 2]
        with speaking("zh"):
            assert "建议" in finished.told()["said"][0]

    def test_is_the_answer_of_choose(self, finished, small, content, tmp_path):
        (tmp_path / "table.csv").write_bytes(content)
        other = nl.choose(str(tmp_path / "table.csv"), **small)
        assert finished.result.recommendation.label == other.recommendation.label
        scores = {row.label: row.score.value for row in other.standings}
        assert {row["label"]: row["score"] for row in finished.told()["ranking"]} == pytest.approx(
            scores
        )

    def test_has_a_report_with_the_command(self, finished):
        assert "nonlin choose table.csv" in finished.page()

    def test_has_a_model(self, finished, tmp_path):
        zipfile.ZipFile(io.BytesIO(finished.model())).extractall(tmp_path)
        model = nl.load(tmp_path / "model")
        assert model.about.command == "nonlin choose table.csv"
        assert list(model.predict(pl.DataFrame({"a": [1.0], "b": [2]}))) in (["yes"], ["no"])


class TestStopping:
    def test_keeps_what_is_finished(self, asked, small, tmp_path, monkeypatch):
        monkeypatch.setitem(small, "seeds", 4)
        made = Choice(asked, tmp_path)
        told = Choice._progress

        def stops(self, done, total, label):
            if done >= 6:
                self.stop()
            told(self, done, total, label)

        monkeypatch.setattr(Choice, "_progress", stops)
        found = ended(made)
        assert found["state"] == "stopped"
        assert found["said"][0].startswith("Interrupted")

    def test_before_anything_is_finished(self, asked, tmp_path):
        made = Choice(asked, tmp_path)
        made.stop()
        found = ended(made)
        assert (found["state"], found["ranking"]) == ("stopped", [])
        with pytest.raises(InputError, match="no answer yet"):
            made.page()

    def test_a_table_that_cannot_be_used(self, tmp_path):
        found = ended(Choice(Asked(Upload("table.csv", b"a,y\n1,2\n")), tmp_path))
        assert found["state"] == "failed"
        assert "too few rows" in found["error"]

    def test_an_error_of_ours_is_told_too(self, asked, tmp_path, monkeypatch):
        monkeypatch.setattr(choosing, "from_reading", lambda *_: 1 / 0)
        monkeypatch.setattr("threading.excepthook", lambda _: None)
        assert ended(Choice(asked, tmp_path))["state"] == "failed"


class TestDesk:
    def test_one_choice_at_a_time(self, asked, tmp_path):
        desk = Desk(tmp_path)
        first = desk.start(asked)
        with pytest.raises(InputError, match="Another choice"):
            desk.start(asked)
        desk.close()
        assert not first.running
        assert desk.choice(first.name) is first
        with pytest.raises(InputError):
            desk.choice("other")


SCRIPT = """
import sys
from nonlin.lab.choosing import Asked, Choice
from nonlin.lab.upload import Upload
from pathlib import Path

SMALL = {"activations": ["relu", "tanh"], "rates": [0.003], "seeds": 40, "hidden": [4]}
options = Asked._options
Asked._options = lambda asked: {**options(asked), **SMALL}
Choice._progress = lambda self, done, total, label: print(done, flush=True)
table, runs = map(Path, sys.argv[1:])
made = Choice(Asked(Upload("table.csv", table.read_bytes()), quick=True), runs)
made.start()
made.join()
"""


@pytest.mark.slow
def test_a_server_that_is_killed_loses_nothing(asked, small, content, tmp_path, monkeypatch):
    (tmp_path / "table.csv").write_bytes(content)
    command = [sys.executable, "-c", SCRIPT, tmp_path / "table.csv", tmp_path / "runs"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        done = 0
        while done < 7:
            done = int(server.stdout.readline())
        os.kill(server.pid, signal.SIGKILL)
    (journal,) = (tmp_path / "runs").glob("*.sqlite")
    with closing(sqlite3.connect(journal)) as file:
        known = set(file.execute("select seed, arm from outcome"))
    assert len(known) >= 4
    trained = set()
    outcome = NetworkSplit._outcome

    def trains(split, begun, shared, arm, stop):
        trained.add((split.seed, key(arm)))
        return outcome(split, begun, shared, arm, stop)

    monkeypatch.setattr(NetworkSplit, "_outcome", trains)
    monkeypatch.setitem(small, "seeds", 5)
    again = Choice(asked, tmp_path / "runs")
    assert ended(again)["state"] == "finished"
    assert trained
    assert not trained & known
