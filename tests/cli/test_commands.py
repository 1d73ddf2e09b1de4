"""The commands as people type them: what they print, and in which language."""

import json
import re

import pytest

import nonlin as nl
from nonlin import __version__
from nonlin._text import language
from nonlin.cli import run

CHINESE = re.compile("[一-鿿]")
COMMANDS = ("choose", "list", "show", "compare", "export", "forward", "bench")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def said(capsys):
    """Run a command that succeeds and give back what it printed on stdout."""

    def answer(*arguments):
        assert run(list(arguments)) == 0
        return capsys.readouterr().out

    return answer


def test_version(said):
    assert said("--version") == f"nonlin {__version__}\n"


def test_help_opens_with_examples(said):
    text = said("--help")
    assert text == said()  # no command: the same page
    for command in COMMANDS:
        assert f"nonlin {command}" in text or f"  {command}  " in text
    assert text.index("Examples:") < text.index("Options:") < text.index("Commands:")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_wholly_in_one_language(command, said):
    english = said(*command.split(), "--help")
    assert not CHINESE.search(english)
    chinese = said("--lang", "zh", *command.split(), "--help")
    assert "示例:" in chinese
    assert chinese == said(*command.split(), "--help", "--lang=zh")
    frame = r"Usage|Options|Arguments|Commands|Examples|default|required|Show this"
    assert not re.search(frame, chinese)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command, said):
    options = re.findall(r"^  (-.*)$", said(command, "--help"), re.MULTILINE)
    assert len(options) >= 2
    assert all(re.search(r"\S {2,}\S", option) for option in options)


def test_the_language_ends_with_the_run(said):
    said("--lang", "zh", "list")
    assert language() == "en"


def test_list_names_every_entry(said):
    lines = said("list").splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == list(nl.names())
    entries = json.loads(said("list", "--json"))
    assert [entry["name"] for entry in entries] == list(nl.names())
    assert "带泄漏修正线性单元" in said("list", "--lang", "zh")


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
    assert words <= {"gelu", "LaTeX", "normal_cdf", "normal_pdf", "Phi", "varphi"}
    for label in ("公式", "导数", "值域", "折点", "增益", "优点", "缺点", "出处"):
        assert label in text


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


def test_compare_draws(said, tmp_path):
    path = tmp_path / "f.png"
    text = said("compare", "sigmoid", "tanh", "relu", "leaky_relu", "softmax", "-o", str(path))
    assert str(path) in text
    assert path.read_bytes().startswith(b"\x89PNG")
    dark = tmp_path / "dark.pdf"
    said("compare", "gelu", "x * sigmoid(x)", "--derivative", "--dark", "-o", str(dark))
    assert dark.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("font", [None, "Some CJK font"])
@pytest.mark.parametrize("line", ["show relu", "compare relu", "forward"])
def test_a_picture_without_a_chinese_font_says_so(line, font, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("nonlin.figures.style.cjk_font", lambda: font)
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda *_, **__: None)
    arguments = [*line.split(), "-o", str(tmp_path / "a.svg")]
    assert run([*arguments, "--lang", "zh"]) == 0
    assert ("没有找到中文字体" in capsys.readouterr().err) == (font is None)
    assert run(arguments) == 0
    assert "font" not in capsys.readouterr().err


def test_forward_step_by_step(said, tmp_path):
    text = said("forward", "3,4,2", "--input", "1,2,3", "-o", str(tmp_path / "n.svg"))
    assert "Inputs (3): 1, 2, 3" in text
    assert text.count("z_") == 6
    assert (tmp_path / "n.svg").stat().st_size > 1000
    assert "前向传播" in said("forward", "--lang", "zh")


def test_forward_numbers_are_those_of_the_network(said):
    text = said("forward", "2,3,1", "-i", "0.5,-1", "--hidden", "tanh", "--seed", "4",
                "--output-activation", "sigmoid", "--json")  # fmt: skip
    layers = json.loads(text)["layers"]
    network = nl.Network([2, 3, 1], hidden="tanh", output="sigmoid", seed=4)
    expected = network.forward([[0.5, -1.0]])
    assert layers[-1]["activations"] == expected.tolist()
    assert [layer["activation"] for layer in layers] == ["tanh", "sigmoid"]


def test_forward_takes_one_activation_per_layer(said):
    text = said("forward", "2,3,3,1", "--hidden", "relu, max(x, 0)")
    assert "hidden (relu)" in text
    assert "hidden (max(x, 0))" in text
