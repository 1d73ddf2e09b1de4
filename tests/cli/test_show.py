"""nonlin show: what it says of every entry, in which language, and for programs."""

import json
import re

import pytest

import nonlin as nl


def test_show_says_what_is_known(said):
    text = said("show", "gelu")
    for part in ("x * normal_cdf(x)", r"\Phi(x)", "[-0.169971, ∞)", "1.53353", "1.48111"):
        assert part in text
    assert "Hendrycks and Gimpel, arXiv:1606.08415 (2016)" in text
    assert "f(1) = 0.8413" in text
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_show_in_chinese_has_no_english_words(said):
    text, _, elsewhere = said("show", "gelu", "--lang", "zh").partition("在其他库中")
    assert "torch.nn.GELU" in elsewhere
    rows = [line for line in text.splitlines() if not re.match("出处|别名", line)]
    words = {word for line in rows for word in re.findall(r"[A-Za-z_]{2,}", line)}
    assert words <= {
        "gelu",
        "LaTeX",
        "normal_cdf",
        "normal_pdf",
        "Phi",
        "varphi",
        "exp",
        "tanh",
        "sin",
    }
    for label in ("公式", "导数", "值域", "不可导点", "增益", "优点", "缺点", "出处"):
        assert label in text


def test_ends_belong_to_an_interval_where_the_function_says_so(said):
    """relu(0) is 0, and hardshrink jumps to its fixed points."""
    assert re.search(r"Zeros +\(-∞, 0\]\nFixed points +\[0, ∞\)\n", said("show", "relu"))
    found = said("show", "hardshrink")
    assert re.search(r"Zeros +\[-0.5, 0.5\]\nFixed points +\(-∞, -0.5\), .*\(0.5, ∞\)\n", found)


@pytest.mark.parametrize("name", nl.names())
def test_show_works_for_every_entry(name, said):
    for extra in ((), ("--lang", "zh")):
        text = said("show", name, *extra)
        assert nl.get(name).source[:20] in text
    found = json.loads(said("show", name, "--json"))
    assert found["name"] == name
    assert len(found["range"]) == 2


def test_show_softmax_has_the_known_numbers(said):
    assert "f(1, 2, 3) = (0.090031, 0.244728, 0.665241)" in said("show", "softmax")


def test_show_takes_parameters_and_formulas(said):
    assert "f(-1) = -0.2," in said("show", "leaky_relu", "-p", "alpha=0.2")
    silu = json.loads(said("show", "silu", "--json"))
    mine = json.loads(said("show", "x * sigmoid(b * x)", "-p", "b=1", "--json"))
    assert mine["gain"] == pytest.approx(silu["gain"], rel=1e-12)
    assert mine["formula"] == "x * sigmoid(b * x)"
    assert re.search(r"Derivative +1\n", said("show", "x"))
    assert said("show", "gelu-tanh") == said("show", "gelu_tanh")


def test_json_stays_json_when_a_picture_is_written(said, tmp_path):
    path = tmp_path / "relu.svg"
    found = json.loads(said("show", "relu", "--json", "-o", str(path)))
    assert found["range"] == [0, "inf"]
    assert path.read_text(encoding="utf-8").startswith("<?xml")


def test_brief_shows_the_curve_and_little_else(said):
    text = said("show", "gelu", "--brief")
    assert "Strengths" in text
    assert "* f   o f'" in text
    assert "LaTeX" not in text
    assert "* f" not in said("show", "gelu")  # no terminal
    assert "* f" not in said("show", "softmax", "--brief")  # acts on rows
