"""One list of options: whoever shows them shows these."""

import inspect

import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import say, speaking
from nonlin.choose import choose_file
from nonlin.choose.candidates import plan
from nonlin.choose.options import OPTIONS, complete
from nonlin.cli import run


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


def test_what_there_is_not_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"no option 'hiden': .* Did you mean hidden"):
        nl.choose([[1.0]], [1], hiden=(8,))
    with pytest.raises(InputError, match="no option 'rate'"):
        plan(rate=0.1)
    assert complete({}) == {name: option.default for name, option in OPTIONS.items()}
