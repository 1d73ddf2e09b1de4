"""nonlin init: what it says and why, JSON, lines for PyTorch, both languages, and errors."""

import json
import re

import pytest

import nonlin as nl
from nonlin.cli import run


def test_init_says_what_and_why(capsys):
    assert run(["init", "gelu", "--fan-in", "512"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    std = nl.gain("gelu") / 512**0.5
    assert f"standard deviation {std:.6g}" in out
    assert "for layers of 512 inputs and 512 outputs" in out
    line = (
        f"torch.nn.init.normal_(layer.weight, std={nl.gain('gelu'):.6g} / layer.in_features**0.5)"
    )
    assert line in out
    assert "E[f(z)^2] = 0.4252 for gelu" in out
    assert f"he_normal weights {(2 / 512) ** 0.5:.6g}" in out


def test_a_gain_is_named_by_the_moment_that_it_is_of(refused):
    said = refused("init", "binary_step", "--scheme", "backward")
    assert "its gain 1/sqrt(E[f'(z)^2]) is inf" in said


def test_a_rule_without_a_source_names_none(capsys):
    assert run(["init", "relu", "--scheme", "constant"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "the rule does not look at the activation; for relu" in out
    assert "(-)" not in out


def test_the_lines_for_pytorch_draw_the_biases_too(capsys):
    assert run(["init", "tanh", "--scheme", "critical"]) == 0
    out = capsys.readouterr().out
    assert f"torch.nn.init.normal_(layer.bias, std={nl.critical('tanh')[1] ** 0.5:.6g})" in out
    assert run(["init", "tanh"]) == 0
    assert "torch.nn.init.zeros_(layer.bias)" in capsys.readouterr().out


def test_init_of_a_deep_network(capsys):
    assert run(["init", "tanh", "--fan-in", "512", "--depth", "50", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    weights, biases = nl.critical("tanh", q=0.1)
    assert (found["initialisation"], found["q"]) == ("critical", 0.1)
    assert found["std"] ** 2 == pytest.approx(weights / 512)
    assert found["bias_std"] ** 2 == pytest.approx(biases)
    assert found["all"]["glorot_normal"] == [pytest.approx((1 / 512) ** 0.5), 0]


@pytest.mark.parametrize(
    "scheme", ["orthogonal", "he_uniform", "kaiming_normal", "backward", "glorot_uniform"]
)
def test_the_line_for_pytorch_does_what_it_says(scheme, capsys):
    torch = pytest.importorskip("torch")
    assert run(["init", "relu", "--fan-in", "300", "--fan-out", "200", "--scheme", scheme]) == 0
    out = " ".join(capsys.readouterr().out.split())
    line = re.search(r"torch\.nn\.init\.\w+\(layer\.weight, .*?\)", out)[0]
    layer = torch.nn.Linear(300, 200)
    eval(line, {"torch": torch, "layer": layer})  # noqa: S307 - the line that is tested
    expected = nl.Initialisation(scheme).std(300, 200, "relu")
    assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.02)


def test_what_a_row_wise_function_lacks_is_named_in_chinese(refused):
    said = refused("init", "softmax", "--lang", "zh")
    assert "才有矩，" in said or "才有增益，" in said


def test_in_chinese_there_is_no_english(capsys):
    assert run(["init", "tanh", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert not re.search(r"\b(weights|moments|the|rule|layers)\b", out)
    assert run(["init", "--help", "--lang", "zh"]) == 0
    assert "示例" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["init", "gelu", "--fan-in", "0"],
        ["init", "gelu", "--scheme", "he"],
        ["init", "gelu", "--scheme", "lsuv"],
        ["init", "sigmoid", "--scheme", "critical"],
        ["init", "tanh", "--scheme", "critical", "--q", "0"],
        ["init", "0*x"],
    ],
)
def test_errors_are_one_line(arguments, capsys):
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
