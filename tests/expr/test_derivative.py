"""Symbolic derivatives against numerical differentiation of the oracle."""

import math

import mpmath
import pytest

from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import build, constant, symbol, value_of, where
from nonlin.expr.parse import parse
from nonlin.expr.primitives import TABLE
from nonlin.expr.walk import postorder

x = symbol("x")
UNARY = [n for n, row in TABLE.items() if row.arity == 1 and not n.startswith("row_")]


def numerical(root, point, order):
    """Central differences with so small a step that 60 digits leave more than 15."""
    f = compile_mpmath(root, "x", digits=60)
    with mpmath.workdps(60):
        h, middle = mpmath.mpf("1e-9"), mpmath.mpf(point)
        weights = [(-1) ** k * math.comb(order, k) for k in range(order + 1)]
        steps = [middle + (mpmath.mpf(order) / 2 - k) * h for k in range(order + 1)]
        return sum(w * f(x) for w, x in zip(weights, steps, strict=True)) / h**order


def agree(root, point, order):
    found = compile_mpmath(derivative(root, order=order), "x")(point)
    expected = numerical(root, point, order)
    assert abs(found - expected) <= 1e-9 * (1e-9 + abs(expected))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", UNARY)
def test_primitives(name, order):
    for point in (0.7, 2.3) if TABLE[name].domain.low >= 0 else (-0.8, 0.7, 2.3):
        agree(build(name, x), point, order)


@pytest.mark.parametrize(
    "text",
    [
        "x*tanh(softplus(x))",
        "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
        "where(x > 0, x, expm1(x))",
        "x*min(max(x + 3, 0), 6)/6",
        "x + sin(3*x)**2/3",
        "squareplus(x, 4)*algebraic_sigmoid(x, 2)",
        "x/(1 + exp(-1.702*x))",
        "abs(x)**1.5/(x**2 + 1)",
        "softsign(x)**-2",
    ],
)
@pytest.mark.parametrize("order", [1, 2])
def test_formulas(text, order):
    for point in (-1.3, 0.6, 4.1):
        agree(parse(text), point, order)


def test_branches_are_differentiated_as_they_stand():
    slope = derivative(where(x > 0, build("log", x), x * 3))
    assert slope is where(x > 0, 1 / x, 3)


def test_at_a_kink():
    assert compile_mpmath(derivative(build("maximum", x, 0)), "x")(0) == 0
    assert compile_mpmath(derivative(build("absolute", x)), "x")(0) == 0


def test_other_variables():
    a = symbol("a")
    assert derivative(a * x**2, "a") is x**2
    assert value_of(derivative(constant(3))) == 0
    assert derivative(x**3, order=0) is x**3


def test_derivatives_stay_small():
    mish = parse("x*tanh(softplus(x))")
    assert len(postorder(derivative(mish, order=3))) < 200
