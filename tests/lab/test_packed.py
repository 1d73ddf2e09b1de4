"""What Python in a browser gets of nonlin: it reads formulas with nothing else on the path."""

import base64
import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import nonlin as nl
from nonlin.lab.formula import described
from nonlin.lab.packed import packed
from nonlin.lab.typed import sampled

ASK = """
import sys
sys.path.insert(0, sys.argv[1])
from nonlin.lab.typed import answer
for formula, language in zip(sys.argv[2::2], sys.argv[3::2]):
    print(answer(formula, language))
assert not {"numpy", "llvmlite", "scipy"} & sys.modules.keys()
"""
FORMULA = "x*sigmoid(2*x)"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Asks a Python that has no packages, only the files."""
    folder = tmp_path_factory.mktemp("packed")
    zipfile.ZipFile(io.BytesIO(packed())).extractall(folder)

    def answers(*given):
        command = [sys.executable, "-S", "-I", "-X", "utf8", "-c", ASK, str(folder), *given]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
        assert done.returncode == 0, done.stderr
        return list(map(json.loads, done.stdout.splitlines()))

    return answers


def test_answers_are_those_of_the_server_without_gains_and_kernel(ask):
    for found, formula in zip(
        ask(FORMULA, "en", "rrelu", "en", "where(x > 1, x, softplus(x))", "en"),
        (FORMULA, "rrelu", "where(x > 1, x, softplus(x))"),
        strict=True,
    ):
        served = json.loads(json.dumps(described(formula)))
        assert found.pop("table")
        lacking = {"gain", "gain_backward", "critical", "kernel", "wasm"}
        assert found == {name: each for name, each in served.items() if name not in lacking}


def test_refusals_are_those_of_the_parser_in_the_language_asked_for(ask):
    english, chinese, rows, empty, long = ask(
        "x*eval(2)", "en", "x*eval(2)", "zh", "softmax", "en", "", "en", "x+" * 5000, "en"
    )
    assert english["error"].startswith("There is no function 'eval' (column 3)")
    assert chinese["error"].startswith("未知的函数 'eval'")
    assert "whole rows" in rows["error"]
    assert all(set(each) == {"error"} for each in (empty, long))


def test_holds_nothing_that_needs_numpy():
    names = zipfile.ZipFile(io.BytesIO(packed())).namelist()
    assert "nonlin/__init__.py" in names
    assert "nonlin/messages/zh/errors.toml" in names
    assert not [name for name in names if name.startswith(("nonlin/kernels/c", "nonlin/choose"))]
    assert packed() == packed()


def test_the_table_holds_f_and_its_derivatives_on_both_sides_of_a_jump():
    found = nl.activation("jump", "where(x > 1/3, x**2, tanh(x))")
    x, f, slope, bend = np.frombuffer(base64.b64decode(sampled(found)), "<f8").reshape(4, -1)
    assert x[0] == -6.25
    assert x[-1] == 6.25
    assert (np.diff(x) > 0).all()
    assert f == pytest.approx(found(x), abs=1e-14)
    assert slope == pytest.approx(found.derivative(x), abs=1e-14)
    assert bend == pytest.approx(found.derivative(x, 2), abs=1e-14)
    assert {np.nextafter(1 / 3, 0), np.nextafter(1 / 3, 1)} <= {*x}
