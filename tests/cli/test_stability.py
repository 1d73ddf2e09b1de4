"""nonlin stability: its table, JSON, picture, data, both languages, and errors."""

import json

import pytest

from nonlin.cli import run

SMALL = ["--depth", "5", "--width", "24", "--seeds", "2"]


def test_a_table_for_each_activation(capsys):
    command = ["stability", "relu", "sigmoid", "--init", "auto,glorot_normal", *SMALL]
    assert run(command) == 0
    relu, sigmoid = capsys.readouterr().out.split("\n\n")
    assert relu.startswith("relu, forward\n")
    assert len(relu.splitlines()) == 2 + 5 + 1
    assert "theory" in relu
    assert "Vanishing gradient: on its way back" in sigmoid or "Collapsed" in sigmoid


def test_beside_the_weights_chosen_it_says_what_usual_ones_do(capsys):
    assert run(["stability", "sigmoid", *SMALL, "--depth", "8"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "nonlin chooses for sigmoid at this depth. With usual ones" in out
    assert "they are not: Vanishing gradient: on its way back" in out


def test_one_initialisation_for_each(capsys):
    command = ["stability", "gelu,gelu", "--init", "he_normal,lecun_normal", *SMALL, "--json"]
    assert run(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["initialisation"] for each in found] == ["he_normal", "lecun_normal"]
    first, second = (each["second"] for each in found)
    assert first["predicted"][-1] > 2 * second["predicted"][-1]
    assert len(first["mean"]) == 5
    assert all(low <= middle for low, middle in zip(first["low"], first["mean"], strict=True))


def test_data_and_a_picture(capsys, tmp_path):
    path = tmp_path / "layers.svg"
    assert run(["stability", "relu", "--data", "iris", "-o", str(path), *SMALL]) == 0
    assert path.stat().st_size > 5000
    assert "relu" in capsys.readouterr().out


def test_a_regression_table(capsys):
    assert run(["stability", "tanh", "--data", "diabetes", *SMALL]) == 0
    assert "healthy" in capsys.readouterr().out


def test_chinese(capsys, monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "zh")
    assert run(["stability", "relu", *SMALL]) == 0
    assert "理论" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["relu", "--depth", "0"], "--depth is 0: it must be an integer from 1 to 1000"),
        (["relu", "--seeds", "many"], "--seeds"),
        (["relu", "tanh", "--init", "auto,auto,auto"], "3 initialisations for 2 activations"),
        (["relu", "--init", "he"], "no initialisation 'he'"),
        (["relu", "--data", "nowhere.csv"], "no file 'nowhere.csv'"),
        (["relu", "-o", "layers.bmp"], ".png"),
        (["softmax"], "whole rows"),
        (["rellu"], "relu"),
    ],
)
def test_errors_are_one_sentence(arguments, said, capsys):
    assert run(["stability", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1


def test_a_target_without_a_table_is_refused(capsys):
    assert run(["stability", "relu", "--target", "a", *SMALL]) == 2
    assert "--target is 'a', but there is no table" in capsys.readouterr().err
