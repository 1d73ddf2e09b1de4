"""nonlin theory and nonlin init: their numbers, JSON, picture, both languages, and errors."""

import json
import math
import re

import pytest

import nonlin as nl
from nonlin.cli import run


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    monkeypatch.delenv("COLUMNS", raising=False)


def test_theory_of_tanh_in_the_ordered_phase(capsys):
    assert run(["theory", "tanh", "--sw", "1.3", "--sb", "0.3", "--depth", "200"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    field = nl.mean_field("tanh", weight_variance=1.69, bias_variance=0.09)
    assert f"chi_1 = {field.chi_1:.6g} < 1" in out
    assert f"q = {field.q_star:.6g}, stable" in out
    assert f"a depth of about {field.trainable_depth:.3g}" in out
    assert "too deep to train" in out
    assert "2.1533 / fan-in" in out


def test_the_gain_of_gelu_is_an_unstable_fixed_point(capsys):
    assert run(["theory", "gelu"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "q = 1, unstable" in out
    assert "q* = 1 is unstable" in out
    assert "within reach" in out


def test_theory_for_programs(capsys):
    assert run(["theory", "relu", "--json", "--depth", "20"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["moments"]["second"] == pytest.approx(0.5)
    assert max(found["moments"]["errors"].values()) < 1e-10
    assert found["mean_field"]["phase"] == "edge"
    assert found["mean_field"]["trainable_depth"] == "inf"
    assert found["depth"] == {"layers": 20, "q": pytest.approx(1), "gradient": pytest.approx(1)}
    assert found["critical"]["weight_variance"] == pytest.approx(2)


def test_the_gain_of_relu_makes_gelu_vanish(capsys):
    assert run(["theory", "gelu", "--sw", "1.4142135623730951", "--depth", "60", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["depth"]["q"] < 1e-8
    assert found["mean_field"]["chi_1"] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("name", ["binary_step", "sign"])
def test_a_function_that_jumps_has_no_gradients(name, capsys):
    assert run(["theory", name]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"chaotic: {name} jumps, so chi_1 = inf at q* = 1 and like inputs move apart" in out
    assert "gradients vanish" in out
    assert "explode" not in out
    assert "the squared gradient 0 times as large: too deep to train" in out
    field = nl.mean_field(name, weight_variance=nl.gain(name) ** 2)
    assert (field.gradient_growth, field.trainable_depth) == (0, 0)
    assert (field.phase, field.gradients) == ("chaotic", "ordered")


def test_gradients_see_the_slopes_between_jumps():
    jumpy = nl.activation("jumpy", "x/2 + sign(x)")
    field = nl.mean_field(jumpy, weight_variance=1.0)
    assert field.chi_1 == float("inf")
    assert field.gradient_growth == pytest.approx(0.25)
    assert field.trainable_depth == pytest.approx(6 * min(field.xi_c, 1 / math.log(4)))


def test_a_picture(capsys, tmp_path):
    path = tmp_path / "phase.png"
    assert run(["theory", "relu", "-o", str(path)]) == 0
    assert path.stat().st_size > 10_000


def test_a_formula_without_an_edge(capsys):
    assert run(["theory", "log(1 + exp(2*x))"]) == 0
    assert "none at q = 1" in capsys.readouterr().out


def test_init_says_what_and_why(capsys):
    assert run(["init", "gelu", "--fan-in", "512"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    std = nl.gain("gelu") / 512**0.5
    assert f"standard deviation {std:.6g}" in out
    assert f"torch.nn.init.normal_(layer.weight, std={std:.6g})" in out
    assert "E[f(z)^2] = 0.4252 for gelu" in out
    assert f"he_normal weights {(2 / 512) ** 0.5:.6g}" in out


def refused(arguments, capsys):
    assert run(arguments) == 2
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("name", "given"), [("exp(x**2)", "inf"), ("0*x", "0"), ("sqrt(x)", "nan")]
)
def test_what_has_no_second_moment_is_told_so(name, given, capsys):
    said = refused(["theory", name], capsys)
    assert f"{name} has no usable second moment: E[f(z)^2] is {given}" in said
    assert "weight_variance" not in said


def test_a_gain_is_named_by_the_moment_that_it_is_of(capsys):
    said = refused(["init", "binary_step", "--scheme", "backward"], capsys)
    assert "its gain 1/sqrt(E[f'(z)^2]) is inf" in said


def test_the_example_of_a_whole_number_is_allowed(capsys):
    assert "such as 3" in refused(["theory", "tanh", "--depth", "abc"], capsys)


@pytest.mark.parametrize("what", ["theory", "init"])
def test_what_a_row_wise_function_lacks_is_named_in_chinese(what, capsys):
    said = refused([what, "softmax", "--lang", "zh"], capsys)
    assert "没有矩:" in said.replace("：", ":") or "没有增益:" in said.replace("：", ":")


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
    weights, biases = nl.critical("tanh")
    assert found["initialisation"] == "critical"
    assert found["std"] ** 2 == pytest.approx(weights / 512)
    assert found["bias_std"] ** 2 == pytest.approx(biases)
    assert found["all"]["glorot_normal"] == [pytest.approx((1 / 512) ** 0.5), 0]


@pytest.mark.parametrize("scheme", ["orthogonal", "he_uniform", "kaiming_normal"])
def test_the_line_for_pytorch_does_what_it_says(scheme, capsys):
    torch = pytest.importorskip("torch")
    assert run(["init", "relu", "--fan-in", "300", "--fan-out", "200", "--scheme", scheme]) == 0
    line = re.search(r"torch\.nn\.init\.(\w+)\(layer\.weight, (.*)\)", capsys.readouterr().out)
    given = [part.split("=") for part in line[2].split(", ")]
    layer = torch.nn.Linear(300, 200)
    getattr(torch.nn.init, line[1])(
        layer.weight,
        *(float(part[0]) for part in given if len(part) == 1),
        **{part[0]: float(part[1]) for part in given if len(part) == 2},
    )
    expected = nl.Initialisation(scheme).std(300, 200, "relu")
    assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("command", ["theory", "init"])
def test_in_chinese_there_is_no_english(command, capsys):
    assert run([command, "tanh", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert not re.search(r"\b(weights|moments|the|rule|layers)\b", out)
    assert run([command, "--help", "--lang", "zh"]) == 0
    assert "示例" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["theory", "softmax"],
        ["theory", "gelu", "--depth", "0"],
        ["theory", "gelu", "--depth", "1000000"],
        ["theory", "gelu", "--sw", "wide"],
        ["theory", "gelu", "--sb=-1"],
        ["theory", "exp(x**2)"],
        ["theory", "0*x"],
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
