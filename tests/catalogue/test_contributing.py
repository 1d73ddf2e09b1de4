"""What CONTRIBUTING.md shows is all that a new entry takes."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nonlin.catalogue.declare import declared, parameter
from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr import vocabulary as f
from nonlin.expr.derivative import derivative

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"


@pytest.fixture(scope="module")
def example():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(code.splitlines()) <= 6
    space = {"declared": declared, "parameter": parameter, "f": f, "Any": Any}
    exec(code, space)  # noqa: S102 - our own page
    return space["soft_cube"]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("precision", ["exact", "fast"])
def test_the_example_keeps_the_contract(example, order, precision):
    x = np.concatenate([np.linspace(-6, 6, 41), [-1e6, 1e6]])
    graph = derivative(example.graph, order=order) if order else example.graph
    judge = compile_mpmath(graph, "x")
    true = [float(judge(float(each))) for each in x]
    found = example.derivative(x, order, precision=precision) if order else example(x)
    np.testing.assert_allclose(found, true, rtol=2e-15, atol=1e-16)


def test_everything_follows(example):
    assert example.properties.range == (-1.0, 1.0)
    assert example.properties.parity == "odd"
    assert example.gain > 1
    assert example(1.0, scale=1.0) == 0.5
    assert example.strengths
    assert example.weaknesses
    assert "soft_cube" in example.to_python()
