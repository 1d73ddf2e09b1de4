"""One list of options: whoever shows them shows these."""

import inspect

import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import say, speaking
from nonlin.choose import choose_file
from nonlin.choose.candidates import plan
from nonlin.choose.options import OPTIONS, Options, complete
from nonlin.cli import run
from nonlin.cli.choose import READERS


@pytest.mark.parametrize("function", [nl.choose, choose_file])
def test_the_signature_has_their_names_types_and_defaults(function):
    found = inspect.signature(function).parameters
    named = {n: p for n, p in found.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}
    named.pop("target", None)  # of `choose`: no option, but what is given
    assert {name: each.default for name, each in named.items()} == {
        name: option.default for name, option in OPTIONS.items()
    }
    assert named["activations"].annotation == "Sequence[str | Activation] | None"
    assert named["quick"].annotation == "bool"


def test_the_docstring_has_their_help():
    said = " ".join(choose_file.__doc__.split())
    for name in OPTIONS:
        assert f"{name}: {say(f'cli.options.{name}')}" in said
    assert max(map(len, choose_file.__doc__.splitlines())) <= 100


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_line_has_those_that_can_be_typed(language, capsys):
    assert run(["choose", "--help", "--lang", language]) == 0
    said = "".join(capsys.readouterr().out.split())
    with speaking(language):
        for name, option in OPTIONS.items():
            if option.typed is not None:
                assert f"--{name}" in said
                assert "".join(say(f"cli.options.{name}").split()) in said


def test_what_is_no_text_is_read_when_it_is_typed():
    """From 3 on the command line a number is made, or a list."""
    hints = {name: str(Options.__annotations__[name].__origin__) for name in OPTIONS}
    valued = (name for name, option in OPTIONS.items() if option.typed)
    textual = {name for name in valued if "str" in hints[name] or "Any" in hints[name]}
    assert {name for name, option in OPTIONS.items() if option.typed} - textual <= set(READERS)


def test_each_is_asked_for(monkeypatch, tmp_path):
    asked = set()

    class Watched(dict):
        def __getitem__(self, name):
            asked.add(name)
            return super().__getitem__(name)

        get = __getitem__

    monkeypatch.setattr("nonlin.choose.answer.complete", lambda given: Watched(complete(given)))
    few = {"activations": ["relu"], "hidden": (2,), "rates": [0.01], "seeds": 1, "quick": True}
    nl.choose([[float(k % 7)] for k in range(30)], list(range(30)), **few, journal=tmp_path)
    assert asked == set(OPTIONS)


def test_what_there_is_not_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"no option 'hiden': .* Did you mean hidden"):
        nl.choose([[1.0]], [1], hiden=(8,))
    with pytest.raises(InputError, match="no option 'rate'"):
        plan(rate=0.1)
    assert complete({}) == {name: option.default for name, option in OPTIONS.items()}
