"""nonlin export: on the terminal, into files, and its errors."""

import pytest

import nonlin as nl
from nonlin.cli import run


def test_prints_the_code(capsys):
    assert run(["export", "mish", "--to", "torch"]) == 0
    assert capsys.readouterr().out == nl.export("mish", to="torch")


def test_writes_a_file(capsys, tmp_path):
    path = tmp_path / "leaky.h"
    assert run(["export", "leaky_relu", "--to", "c", "-p", "alpha=0.2", "-o", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == nl.export("leaky_relu", to="c", alpha=0.2)
    said = capsys.readouterr()
    assert said.out == ""
    assert str(path) in said.err


def test_a_model_is_written_as_it_is(tmp_path, capfdbinary):
    pytest.importorskip("onnx")
    path = tmp_path / "mish.onnx"
    assert run(["export", "x*tanh(softplus(x))", "--to", "onnx", "-o", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x08\x08")  # the version of the format


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mish"], "add --to and one of python, numpy, torch"),
        (["mish", "--to", "rust"], "There is no target 'rust'"),
        (["softmax", "--to", "c"], "acts on whole rows"),
        (["mish", "--to", "c", "-p", "alpha=1"], "has no parameters"),
        (["mish", "--to", "c", "-o", "no/such/folder/x.h"], "cannot be written"),
    ],
)
def test_errors_are_one_sentence(arguments, sentence, capsys):
    assert run(["export", *arguments]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
