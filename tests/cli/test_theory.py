"""nonlin theory: its numbers, JSON, picture, both languages, and errors."""

import json
import math
import re

import pytest

import nonlin as nl
from nonlin.cli import run


def test_theory_of_tanh_in_the_ordered_phase(capsys):
    assert run(["theory", "tanh", "--sw", "1.3", "--sb", "0.3", "--depth", "200"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    field = nl.mean_field("tanh", weight_variance=1.69, bias_variance=0.09)
    reach = field.trainable_depth
    assert f"chi_1 = {field.chi_1:.6g} < 1" in out
    assert f"q = {field.q_star:.6g}, stable" in out
    assert f"a depth of about {field.trainable_depth:.3g}" in out
    assert "200 layers do not train with weights of variance 1.69 / fan-in and biases of" in out
    assert f"variance 0.09; up to about {reach:.0f} can" in out
    assert "nonlin init tanh --depth 200" in out
    assert "2.1533 / fan-in" in out


def test_the_gain_of_gelu_is_an_unstable_fixed_point(capsys):
    assert run(["theory", "gelu"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "q = 1, unstable" in out
    assert "q* = 1 is unstable" in out
    assert "50 layers can train with weights that keep the size of signals" in out
    assert "up to about 51 can. Beyond that the size of signals runs away" in out
    assert "a depth of about 86.2" in out
    assert "a gradient becomes 5.7 times as long" in out
    assert "explode" not in out


def test_why_a_deep_sigmoid_network_does_not_train_is_said_first(capsys):
    assert run(["theory", "sigmoid", "--depth", "30"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("sigmoid Logistic sigmoid in short 30 layers do not train")
    assert "each layer leaves 0.39 of a gradient, 30 layers 5.8×10⁻¹³: it vanishes" in out
    assert (
        "The slope of sigmoid is at most 0.25. On the way forward all inputs become alike." in out
    )
    assert "Weights with which it should train: nonlin init sigmoid --depth 30" in out


def test_a_size_of_signals_that_runs_away_is_the_reason(capsys):
    assert run(["theory", "relu_squared", "--depth", "30"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "up to about 10 can. Beyond that the size of signals runs away" in out
    assert "No weights were found with which it does" in out


def test_relu_trains_at_any_depth(capsys):
    assert run(["theory", "relu"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "50 layers can train with weights that keep the size of signals" in out
    assert "in theory, for wide layers, depth sets no limit" in out
    assert "a gradient keeps its length" in out
    assert "1 times" not in out
    assert "nonlin init" not in out
    assert "q = ∞, neutral" in out


def test_in_training_gradients_go_by_a_surrogate_as_compare_has_it(capsys):
    assert run(["theory", "sugar_bsilu", "--depth", "30"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "up to about 11 can. On its way back a gradient becomes 2.8×10³ times as long" in out
    assert "No weights were found" in out
    assert "chi_1 = 1 at q* = 1" in out  # of relu itself
    assert run(["compare", "sugar_bsilu", "relu"]) == 0
    assert "sugar_bsilu (up to about 11)" in " ".join(capsys.readouterr().out.split())


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
    assert f"chaotic: {name} jumps, so chi_1 = ∞ at q* = 1 and like inputs move apart" in out
    assert "gradients vanish" in out
    assert "explode" not in out
    assert "nor does any number of them" in out
    assert "50 layers 0: it vanishes" in out
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


@pytest.mark.parametrize(
    ("name", "given"), [("exp(x**2)", "inf"), ("0*x", "0"), ("sqrt(x)", "nan")]
)
def test_what_has_no_second_moment_is_told_so(name, given, refused):
    said = refused("theory", name)
    assert f"{name} has no usable second moment: E[f(z)^2] is {given}" in said
    assert "weight_variance" not in said


def test_the_example_of_a_whole_number_is_allowed(refused):
    assert "such as 3" in refused("theory", "tanh", "--depth", "abc")


def test_what_a_row_wise_function_lacks_is_named_in_chinese(refused):
    said = refused("theory", "softmax", "--lang", "zh")
    assert "才有矩，" in said or "才有增益，" in said


def test_in_chinese_there_is_no_english(capsys):
    assert run(["theory", "tanh", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert not re.search(r"\b(weights|moments|the|rule|layers)\b", out)
    assert run(["theory", "--help", "--lang", "zh"]) == 0
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
    ],
)
def test_errors_are_one_line(arguments, capsys):
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
