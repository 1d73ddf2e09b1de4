"""nonlin bench: its table, JSON, picture, and how it ends early."""

import json
import re

import pytest

import nonlin as nl
from nonlin.cli import bench, run
from nonlin.measure import bench as measuring

FAST = ("--seconds", "0.01")


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(measuring, "IN_MEMORY", 1 << 18)


def test_a_line_for_each_name(capsys):
    assert run(["bench", "relu", "gelu-tanh", "x*sigmoid(2*x)", "swish", *FAST]) == 0
    out = capsys.readouterr().out
    rows = re.findall(r"^  (\S.*?)((?: +\d+\.\d\d){4}) +\d+ %$", out, re.MULTILINE)
    assert {name for name, _ in rows} == {"relu", "gelu_tanh", "x*sigmoid(2*x)", "silu"}
    both = [float(numbers.split()[1]) for _, numbers in rows]
    assert both == sorted(both)
    assert "Medians of 3 rounds" in out
    assert "precision fast" in out


def test_all_elementwise_entries_are_the_default():
    names = {entry.name for entry in bench._elementwise()}
    assert names == {name for name in nl.names() if nl.get(name).elementwise}


def test_json_for_programs(capsys):
    assert run(["bench", "relu", "elu", *FAST, "--json", "--precision", "exact"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {each["name"] for each in found["activations"]} == {"relu", "elu"}
    assert found["precision"] == "exact"
    assert found["copy"]["ns"] > 0
    for each in found["activations"]:
        for place in ("cache", "memory"):
            assert each[place]["value"]["ns"] > 0
            assert each[place]["both"]["standard_error"] >= 0


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_picture(ending, capsys, tmp_path):
    path = tmp_path / f"cost.{ending}"
    assert run(["bench", "relu", *FAST, "-o", str(path), "--dark"]) == 0
    assert path.stat().st_size > 1000
    assert str(path) in capsys.readouterr().err


def test_in_chinese_there_is_no_english(capsys):
    assert run(["bench", "relu", *FAST, "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "缓存内" in out
    words = set(re.findall("[A-Za-z_]{3,}", out))
    assert words <= {"relu", "float", "fast", "KiB", "MiB"}


def test_ctrl_c_shows_what_is_measured(capsys, monkeypatch):
    turn, turns = measuring._Run.turn, []

    def interrupted(self, activation):
        turns.append(activation)
        if len(turns) == 4:
            raise KeyboardInterrupt
        turn(self, activation)

    monkeypatch.setattr(measuring._Run, "turn", interrupted)
    assert run(["bench", "relu", "elu", "--seconds", "60"]) == 130
    said = capsys.readouterr()
    assert "elu" in said.out
    assert "Interrupted: this is what was measured" in said.out
    assert said.err == "nonlin: interrupted.\n"


def test_ctrl_c_before_anything_is_measured(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(measuring._Run, "turn", interrupted)
    assert run(["bench", "relu"]) == 130
    assert capsys.readouterr() == ("", "nonlin: interrupted.\n")
