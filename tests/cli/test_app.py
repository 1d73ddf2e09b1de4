"""The frame of all commands: version, help, language."""

import re
import subprocess
import sys

import pytest

from nonlin import __version__
from nonlin._text import language
from nonlin._wrapping import cells
from nonlin.cli import app

CHINESE = re.compile("[一-鿿]")
COMMANDS = [module.__name__.rpartition(".")[2] for module in app.COMMANDS]


def test_version(said):
    assert said("--version") == f"nonlin {__version__}\n"


def test_help_opens_with_examples(said):
    text = said("--help")
    assert text == said()  # no command: the same page
    for command in COMMANDS:
        assert f"nonlin {command}" in text or f"  {command}  " in text
    assert text.index("Examples:") < text.index("Options:") < text.index("Commands:")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_wholly_in_one_language(command, said, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    english = said(*command.split(), "--help")
    assert not CHINESE.search(english)
    chinese = said("--lang", "zh", *command.split(), "--help")
    assert re.search("示例：", chinese)
    assert chinese == said(*command.split(), "--help", "--lang=zh")
    frame = r"Usage|Options|Arguments|Commands|Examples|default|required|Show this"
    assert not re.search(frame, chinese)
    assert max(map(cells, chinese.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command, said):
    options = re.findall(r"^  (-.*)$", said(command, "--help"), re.MULTILINE)
    assert len(options) >= 2
    assert all(re.search(r"\S {2,}\S", option) for option in options)


def test_the_language_ends_with_the_run(said):
    said("--lang", "zh", "list")
    assert language() == "en"


def test_help_imports_nothing_heavy():
    heavy = "numpy llvmlite numba polars matplotlib rich sklearn scipy"
    code = (
        "import sys; from nonlin.cli import run; run(['--help']);"
        f"sys.exit(' '.join(m for m in {heavy.split()} if m in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip() == ""


def test_the_usual_options_of_choose_come_first(said):
    text = said("choose", "--help")
    heads = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert heads == [
        "Arguments", "Usual options", "The table and the task", "What is trained, and how long",
        "Limits on candidates", "Options",
    ]  # fmt: skip
    usual = text.partition("Usual options:")[2].partition("The table and the task:")[0]
    assert re.findall(r"--([a-z]+)", usual) == ["target", "quick", "why", "report", "save"]
    chinese = said("--lang", "zh", "choose", "--help")
    assert "常用选项" in chinese
