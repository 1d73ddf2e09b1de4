"""What READMEs and tour say is printed is printed, and what they say in Python holds."""

import re
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl
from nonlin.cli import run
from nonlin.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
PAGES = {"en": "docs/tour.md", "zh": "docs/tour.zh-CN.md"}


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("line", ["show gelu", "forward 3,4,2 --input 1,2,3"])
def test_the_output_shown_is_the_output(line, language, capsys, monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", language)
    monkeypatch.delenv("COLUMNS", raising=False)
    assert run(line.split()) == 0
    page = (ROOT / PAGES[language]).read_text(encoding="utf-8")
    assert f"```\n{capsys.readouterr().out.rstrip()}\n```" in page


@pytest.mark.parametrize("language", PAGES)
def test_the_values_shown_are_the_values(language):
    page = (ROOT / PAGES[language]).read_text(encoding="utf-8")
    shown = re.findall(r"^nl\.(\w+)\((.*)\)  # array\(\[(.*?)\]", page, re.MULTILINE)
    assert {name for name, _, _ in shown} == {"relu", "leaky_relu", "softmax"}
    x = np.array([-2.0, -0.5, 0.0, 3.0], dtype=np.float32)
    given = {"relu": x, "leaky_relu": x, "softmax": [3, 1, 0.2]}
    for name, arguments, values in shown:
        options = {"alpha": 0.2} if "alpha=0.2" in arguments else {}
        expected = [float(value) for value in values.split(",")]
        np.testing.assert_allclose(nl.get(name)(given[name], **options), expected, rtol=1e-6)


@pytest.mark.parametrize("language", PAGES)
def test_every_command_is_named(language):
    page = (ROOT / PAGES[language]).read_text(encoding="utf-8")
    commands = {module.__name__.rpartition(".")[2] for module in COMMANDS}
    assert commands <= set(re.findall(r"nonlin (\w+)", page))


@pytest.mark.parametrize("language", READMES)
def test_the_readme_is_short_and_its_commands_run(language, capsys, monkeypatch):
    """An inviting page: at most 90 lines; the five commands to try are understood."""
    monkeypatch.setenv("NONLIN_LANG", language)
    page = (ROOT / READMES[language]).read_text(encoding="utf-8")
    assert len(page.splitlines()) <= 90
    tried = re.findall(r"^nonlin (\w+ .*?)(?:  |$)", page, re.MULTILINE)
    assert [line.split()[0] for line in tried] == [
        "compare", "choose", "forward", "theory", "export",
    ]  # fmt: skip
    for line in tried:
        if not line.startswith("choose"):  # which takes seconds, and has a test of its own
            assert run(line.split()) == 0
            assert capsys.readouterr().out
    assert f"docs/tour{'' if language == 'en' else '.zh-CN'}.md" in page
    assert len(re.findall("<img ", page)) == 4


@pytest.mark.parametrize("language", READMES)
def test_the_readme_shows_the_verdict_of_choose(language):
    """What was measured differs from machine to machine, and the form does not."""
    page = (ROOT / READMES[language]).read_text(encoding="utf-8")
    shown = re.search(r"<!-- choose digits -->\n```\n(.*?)```", page, re.DOTALL)[1].splitlines()
    assert re.match(r"Use relu in the hidden layers|建议使用 relu 作为隐藏层的激活函数", shown[0])
    assert re.match(r"Beats a linear model|是否优于线性模型", shown[2])
    assert len(shown) <= 12
