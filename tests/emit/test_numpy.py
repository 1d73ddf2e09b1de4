"""The NumPy target agrees with the oracle, with infinities and NaN included."""

import math

import numpy as np
import pytest

from nonlin.emit.mpmath import compile_mpmath
from nonlin.emit.numpy import FUNCTIONS, compile_numpy
from nonlin.expr.decompositions import in_library
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Call, build, call, symbol
from nonlin.expr.parse import parse
from nonlin.expr.primitives import TABLE
from nonlin.expr.walk import postorder

POINTS = [-40.0, -5.0, -1.5, -0.5, -1e-3, 0.0, 1e-9, 0.3, 1.0, 2.5, 7.0, 40.0]
SMOOTH = [n for n, row in TABLE.items() if row.arity == 1 and not n.startswith("row_")]


def test_every_primitive_is_spelt():
    for name, row in TABLE.items():
        root = in_library(call(name, *map(symbol, "abc"[: row.arity])), FUNCTIONS)
        assert {n.primitive for n in postorder(root) if isinstance(n, Call)} <= set(FUNCTIONS)


@pytest.mark.parametrize("name", SMOOTH)
def test_primitives_agree_with_the_oracle(name):
    root = build(name, symbol("x"))
    points = [p for p in POINTS if p >= TABLE[name].domain.low]
    expected = [float(compile_mpmath(root, "x")(p)) for p in points]
    np.testing.assert_allclose(compile_numpy(root, "x")(points), expected, rtol=2e-13)


@pytest.mark.parametrize(
    "text",
    [
        "x*sigmoid(x)",
        "x*tanh(softplus(x))",
        "where(x>0, 1.0507*x, 1.758*expm1(x))",
        "x*relu6(x+3)/6",
        "squareplus(x, 4) + algebraic_sigmoid(x, 4)",
        "x + sin(2*x)**2/2",
        "min(max(x, -1), 1) + sign(x)*abs(x)**1.5",
    ],
)
def test_formulas_agree_with_the_oracle(text):
    root = parse(text)
    for order in (0, 1):
        graph = derivative(root, order=order)
        points = [p for p in POINTS if order == 0 or p != 0]
        expected = [float(compile_mpmath(graph, "x")(p)) for p in points]
        found = compile_numpy(graph, "x")(points)
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-15)


def test_nan_infinity_and_shape():
    relu = compile_numpy(derivative(parse("where(x > 0, x, 0)")), "x")
    assert math.isnan(relu(math.nan))
    assert relu(np.zeros((2, 3))).shape == (2, 3)
    assert compile_numpy(parse("2"), "x")(np.zeros(3)).tolist() == [2, 2, 2]
    assert compile_numpy(parse("sigmoid(x)"), "x")([-math.inf, math.inf]).tolist() == [0, 1]


def test_parameters_and_rows():
    scaled = compile_numpy(parse("a*x", ["a"]), "x", "a")
    assert scaled([1, 2], 3).tolist() == [3, 6]
    x = symbol("x")
    shifted = build("exp", x - build("row_max", x))
    softmax = compile_numpy(shifted / build("row_sum", shifted), "x")
    found = softmax([[3.0, 1.0, 0.2], [1e4, 0, 0]])
    expected = [[0.8360188, 0.11314284, 0.05083836], [1, 0, 0]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
