"""What a shell asks for when the tabulator is pressed, and that no help shows a brace of typer."""

import pytest

from nonlin.cli import run
from nonlin.cli.app import COMMANDS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell, capsys):
    assert run(["--completion", shell]) == 0
    printed = capsys.readouterr().out
    assert "_NONLIN_COMPLETE" in printed
    assert "nonlin" in printed


def test_an_unknown_shell(capsys):
    assert run(["--completion", "bsh"]) == 2
    assert "bash" in capsys.readouterr().err


ASKED = {
    "nonlin show hard_s": {"hard_sigmoid", "hard_swish"},
    "nonlin compare relu hard_s": {"hard_sigmoid", "hard_swish"},
    "nonlin export relu --to mat": {"mathml"},
    "nonlin sta": {"stability"},
}


@pytest.mark.parametrize("words", ASKED)
def test_completions(words, monkeypatch, capsys):
    monkeypatch.setenv("_NONLIN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    with pytest.raises(SystemExit, match="0"):  # the shell asks, and typer leaves
        run([])
    assert set(capsys.readouterr().out.split()) == ASKED[words]


@pytest.mark.parametrize("name", [module.__name__.rpartition(".")[2] for module in COMMANDS])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_usage_without_braces(name, language, capsys):
    assert run(["--lang", language, name, "--help"]) == 0
    first = capsys.readouterr().out.split("\n")[0]
    assert not set("{}<>") & set(first)
