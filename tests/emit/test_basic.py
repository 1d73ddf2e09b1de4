"""Primitives put together from simpler ones, evaluated in float64 against mpmath."""

import math

import mpmath
import numpy as np
import pytest

from nonlin.emit.basic import basic
from nonlin.emit.lets import Dialect, statements
from nonlin.emit.numpy import compile_numpy
from nonlin.expr.decompositions import DECOMPOSITIONS
from nonlin.expr.nodes import Call, build, constant, power, symbol
from nonlin.expr.primitives import TABLE

X = symbol("x")
FEWEST = (
    *("add", "subtract", "multiply", "divide", "negate", "greater", "less", "greater_equal"),
    *("less_equal", "where", "absolute", "sqrt", "exp", "log", "sin", "cos", "arctan", "tanh"),
)
PLAIN = [name for name, ways in DECOMPOSITIONS.items() if ways.plain and name in TABLE]
SECOND = {"squareplus": 4, "algebraic_sigmoid": 4, "maximum": 0.5, "minimum": 0.5, "surrogate": 2}
POINTS = [*np.linspace(-9, 9, 181), *np.logspace(-8, 4, 49), *-np.logspace(-8, 4, 49)]
# log with Kahan's correction, tanh of half the argument; the tail by a rounded square
LIMITS = {"expm1": 8, "log1p": 4, "softplus": 4, "normal_cdf": 400, "normal_pdf": 400}


@pytest.mark.parametrize("name", PLAIN)
def test_each_is_accurate(name):
    second = [constant(SECOND[name])] if name in SECOND else []
    root = basic(Call(name, (X, *second)), FEWEST)
    assert all(node.primitive in FEWEST for node in calls(root))
    x = np.array([p for p in POINTS if name != "log1p" or p > -1])
    found = compile_numpy(root, "x")(x)
    for at, got in zip(x, found, strict=True):
        with mpmath.workdps(40):
            true = TABLE[name].oracle(mpmath.mp, mpmath.mpf(at), *second_of(name))
        if 1e-290 < abs(true) < 1e308:
            assert abs(got - true) <= LIMITS.get(name, 4) * abs(true) * 2**-52, (at, got, true)


def second_of(name):
    return [mpmath.mpf(SECOND[name])] if name in SECOND else []


@pytest.mark.parametrize("name", PLAIN)
def test_ends_and_nan(name):
    second = [constant(SECOND[name])] if name in SECOND else []
    found = compile_numpy(basic(Call(name, (X, *second)), FEWEST), "x")(
        np.array([-math.inf, math.inf, math.nan])
    )
    expected = compile_numpy(Call(name, (X, *second)), "x")(
        np.array([-math.inf, math.inf, math.nan])
    )
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("n", "expected"), [(3, 8.0), (-2, 0.25), ("1/2", 2**0.5), ("-3/2", 2**-1.5)]
)
def test_usual_powers_need_no_power_function(n, expected):
    root = basic(power(X, constant(n)), FEWEST)
    assert all(node.primitive in FEWEST for node in calls(root))
    assert compile_numpy(root, "x")(2.0) == pytest.approx(expected, rel=1e-15)


def test_numbers_are_worked_out():
    root = basic(X * build("sqrt", 2 / build("pi")), FEWEST)
    assert statements([root], Dialect({})) == ([], ["x * 0.7978845608028654"])


def test_shared_parts_get_a_name():
    dialect = Dialect({"exp": "exp({0})"}, let="let {name} = {formula};", number="{0!r}f")
    e = build("exp", -X)
    lines, results = statements([e / (1 + e), e * e], dialect, ["t1"])
    assert lines == ["let t2 = exp(-x);"]
    assert results == ["t2 / (1.0f + t2)", "t2 * t2"]


def test_results_have_the_shape_of_x():
    spelt = {"where": "w({0}, {1}, {2})", "fill": "full({1})"}
    dialect = Dialect(spelt)
    a = symbol("a")
    results = statements([constant(1), a + 1, build("where", X > 0, 1, 2)], dialect)[1]
    assert results == ["full(1.0)", "(a + 1.0) * full(1.0)", "w(x > 0.0, full(1.0), 2.0)"]
    dialect = Dialect(spelt, fill_all=True)
    assert statements([build("where", X > 0, X, 2)], dialect)[1] == ["w(x > 0.0, x, full(2.0))"]


def calls(root):
    from nonlin.expr.walk import postorder

    return [node for node in postorder(root) if isinstance(node, Call)]
