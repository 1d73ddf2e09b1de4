"""Simplification never changes the value."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nonlin._errors import InputError
from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.infix import infix
from nonlin.expr.nodes import build, constant, symbol
from nonlin.expr.parse import parse
from nonlin.expr.simplify import simplify
from nonlin.expr.walk import postorder

x, a = symbol("x"), symbol("a")
leaves = st.one_of(
    st.sampled_from([x, a, build("exp", x), build("sin", x), build("cos", x)]),
    st.fractions(-3, 3, max_denominator=10).map(constant),
)


def combined(inner):
    operators = st.sampled_from(["add", "subtract", "multiply", "divide"])
    return st.one_of(
        st.builds(build, operators, inner, inner),
        st.builds(lambda u: -u, inner),
        st.builds(lambda u, n: u**n, inner, st.sampled_from([2, 3, -1, -2])),
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_value_is_kept(data):
    try:
        root = data.draw(st.recursive(leaves, combined, max_leaves=10))
        simple = simplify(root)
    except InputError:
        assume(False)
    before = compile_mpmath(root, "x", "a")(0.7, 1.3)
    assume(abs(before) < 1e50)
    after = compile_mpmath(simple, "x", "a")(0.7, 1.3)
    assert abs(before - after) <= 1e-40 * (1 + abs(before))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x + x", "2 * x"),
        ("x*x", "x**2"),
        ("x - x", "0"),
        ("x*a/x", "a"),
        ("2*x*3", "6 * x"),
        ("x**2*x**-1", "x"),
        ("a + x - a", "x"),
        ("2*sin(x)*cos(x)", "sin(2 * x)"),
        ("x/2*3", "3 * x / 2"),
        ("-(-x)*1", "x"),
        ("2 - 2*x**2/(1 + x**2)", "2 / (1 + x**2)"),  # nothing cancels far out
        ("2 - x**2/(1 + x**2)", "2 - x**2 / (1 + x**2)"),
    ],
)
def test_known(before, after):
    assert infix(simplify(parse(before, ["a"]))) == after


def test_it_settles():
    root = parse("(x + a)*(x + a)/(x + a) + 3*x - x/2", ["a"])
    once = simplify(root)
    assert simplify(once) is once
    assert len(postorder(once)) <= len(postorder(root))


def test_roots_of_squares_are_not_cancelled():
    root = simplify((x**2) ** Fraction(1, 2))
    assert compile_mpmath(root, "x")(-3) == 3
