"""Double precision evaluation: accurate, total, IEEE at infinities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.floats import FLOATS, as_function, constant_value, function_of
from nonlin.expr.nodes import build, symbol
from nonlin.expr.parse import parse
from nonlin.expr.primitives import TABLE

x = symbol("x")
UNARY = [n for n, row in TABLE.items() if row.arity == 1 and not n.startswith("row_")]
POINTS = [
    -700.0,
    -37.0,
    -8.0,
    -1.1,
    -1.0,
    -0.3,
    -1e-4,
    -1e-300,
    0.0,
    1e-12,
    0.5,
    1.0,
    6.5,
    30.0,
    709.0,
]


def test_every_element_wise_primitive_is_there():
    for name, row in TABLE.items():
        if not name.startswith("row_"):
            assert callable(function_of(name, row.arity))


@pytest.mark.parametrize("name", UNARY)
def test_accuracy(name):
    oracle = compile_mpmath(build(name, x), "x")
    f = as_function(build(name, x), "x")
    for point in POINTS:
        if point >= TABLE[name].domain.low:
            expected = float(oracle(point))
            assert f(point) == pytest.approx(expected, rel=1e-13, abs=1e-307), point


@pytest.mark.parametrize("name", [n for n in TABLE if not n.startswith("row_")])
@given(data=st.data())
def test_nothing_raises(name, data):
    numbers = st.floats(allow_nan=True, allow_infinity=True)
    arguments = [data.draw(numbers) for _ in range(TABLE[name].arity)]
    assert isinstance(function_of(name, len(arguments))(*arguments), float | bool)


@pytest.mark.parametrize("name", [n for n in UNARY if n != "sign"])
def test_limits_at_infinity(name):
    oracle = compile_mpmath(build(name, x), "x")
    for side in (-math.inf, math.inf):
        found, expected = function_of(name)(side), float(oracle(side))
        assert found == expected or (math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize("name", UNARY)
def test_nan(name):
    assert math.isnan(function_of(name)(math.nan))


def test_two_arguments():
    for a, b in [(-1e9, 4.0), (-3.0, 1.0), (0.0, 4.0), (2.0, 0.5), (1e9, 4.0)]:
        for name in ("squareplus", "algebraic_sigmoid"):
            oracle = compile_mpmath(build(name, x, symbol("b")), "x", "b")
            assert function_of(name, 2)(a, b) == pytest.approx(float(oracle(a, b)), rel=1e-13)
    assert FLOATS["divide"](-1.0, 0.0) == -math.inf
    assert math.isnan(FLOATS["divide"](0.0, 0.0))
    assert FLOATS["power"](-1e200, 3.0) == -math.inf
    assert math.isnan(FLOATS["maximum"](math.nan, 1.0))


def test_as_function():
    f = as_function(parse("a*x + pi", ["a"]), "x", "a", "unused")
    assert f(2.0, 3.0, 9.0) == 6 + math.pi
    assert constant_value(build("pi") * 2) == 2 * math.pi
    assert constant_value(x) is None
