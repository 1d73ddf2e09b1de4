"""Exported Python and NumPy: within the error they state, for every entry."""

import ast

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.exported import Exported


@pytest.mark.parametrize("target", ["python", "numpy"])
def test_every_entry(entry, target, judge, grid, space):
    activation = nl.get(entry)
    x = grid(activation, "float64")
    found = space(nl.export(entry, to=target))
    for order, what in enumerate(("", "_derivative")):
        function = found[Exported(activation).name + what]
        got = function(x) if target == "numpy" else [function(float(number)) for number in x]
        judge(target).check(activation, order, x, got)


@pytest.mark.parametrize(("target", "allowed"), [("python", "math"), ("numpy", "numpy")])
def test_needs_nothing_else(entry, target, allowed):
    for node in ast.walk(ast.parse(nl.export(entry, to=target))):
        if isinstance(node, ast.Import):
            assert [alias.name for alias in node.names] == [allowed]
        elif isinstance(node, ast.ImportFrom):
            assert node.module == "functools"


def test_parameters_are_arguments(space):
    for target in ("python", "numpy"):
        leaky = space(nl.export("leaky_relu", to=target, alpha=0.2))
        assert leaky["leaky_relu"](-1.0) == -0.2
        assert leaky["leaky_relu"](-1.0, alpha=0.5) == -0.5
        assert leaky["leaky_relu_derivative"](-1.0, 0.5) == 0.5


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int32"])
def test_numpy_keeps_the_dtype_and_the_shape(space, kind):
    mish = space(nl.export("mish", to="numpy"))["mish"]
    result = mish(np.ones((2, 3), kind))
    assert result.shape == (2, 3)
    assert result.dtype == (np.float64 if kind == "int32" else kind)


def test_numpy_rows(rows, sample, space):
    x, grad = sample
    activation = nl.get(rows)
    found = space(nl.export(rows, to="numpy"))
    np.testing.assert_allclose(
        found[rows](x), activation(x, precision="exact"), rtol=1e-13, atol=1e-14
    )
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(found[f"{rows}_backward"](x, grad), expected, rtol=1e-9, atol=1e-12)
    by_column = activation(x, axis=0, precision="exact")
    np.testing.assert_allclose(found[rows](x, axis=0), by_column, rtol=1e-13, atol=1e-14)


def test_rows_of_a_formula_of_your_own(sample, space):
    """No rule for the gradient is given here: it comes from the formula."""
    x, grad = sample[0][:3], sample[1][:3]
    from nonlin.expr import vocabulary as f

    mine = nl.activation("mine", lambda x: x * f.row_sum(f.exp(x - f.row_max(x))) + f.row_max(x))
    found = space(nl.export(mine, to="numpy"))
    expected = mine.backward(grad, x, precision="exact")
    np.testing.assert_allclose(found["mine_backward"](x, grad), expected, rtol=1e-10)
