"""Formulas are written so that they read back as the same node."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonlin._errors import InputError
from nonlin.expr.infix import infix
from nonlin.expr.nodes import build, constant, symbol, where
from nonlin.expr.parse import parse
from nonlin.expr.primitives import TABLE

x, a = symbol("x"), symbol("a")
UNARY = [n for n, row in TABLE.items() if row.arity == 1 and not n.startswith("row_")]
BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "squareplus"]
numbers = st.one_of(
    st.integers(-20, 20),
    st.fractions(-3, 3, max_denominator=12),
    st.decimals(-100, 100, places=4),
)


def combined(inner):
    return st.one_of(
        st.builds(build, st.sampled_from(UNARY), inner),
        st.builds(build, st.sampled_from(BINARY), inner, inner),
        st.builds(lambda b, n: build("power", b, n), inner, st.sampled_from([2, 3, -1, "0.5", a])),
        st.builds(lambda c, d, p, q: where(c > d, p, q), inner, inner, inner, inner),
    )


leaves = st.one_of(st.just(x), st.just(a), st.just(build("pi")), numbers.map(constant))
expressions = st.recursive(leaves, combined, max_leaves=12)


@settings(max_examples=300)
@given(st.data())
def test_round_trip(data):
    with suppress(InputError):  # division by the constant 0, or a limit of the parser
        root = data.draw(expressions)
        assert parse(infix(root), ["a"]) is root


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "-x",
        "x * sigmoid(a * x)",
        "x - (a - x)",
        "x / (a * x)",
        "-x**2",
        "(-x)**2",
        "-(x * a)",
        "(x + 1)**0.5",
        "(x**2)**3",
        "x**a**2",
        "x**-1",
        "x - (-3)",
        "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))",
        "where(x > 0, x, a * (exp(x) - 1))",
        "max(x, 0) - abs(x)",
        "1/3 * x",
        "x / (1/3)",
        "x * (-2)",
        "1e-20 + x",
        "1.0507009873554804934193349852946 * x",
    ],
)
def test_minimal_spelling_is_kept(text):
    assert infix(parse(text, ["a"])) == text


def test_numbers_are_exact():
    assert infix(constant(Fraction(2, 3))) == "2/3"
    assert infix(constant("0.100")) == "0.1"
    assert infix(constant(Fraction(1, 1024))) == "1/1024"
    assert infix(constant(10**30)) == "1e30"
    assert infix(constant(1000)) == "1000"
