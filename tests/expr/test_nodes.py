"""Nodes are interned, exact and immutable."""

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from nonlin._errors import InputError
from nonlin.expr.nodes import absolute, add, build, call, constant, negate, symbol, value_of, where
from nonlin.expr.walk import postorder, rewrite, substitute, symbols

x, a = symbol("x"), symbol("a")


def test_equal_expressions_are_the_same_object():
    assert x * build("tanh", x + 1) is symbol("x") * build("tanh", symbol("x") + 1)
    assert constant(0.5) is constant("0.5") is constant(Decimal("0.50")) is constant(Fraction(1, 2))


def test_floats_mean_the_decimal_they_print_as():
    assert value_of(constant(0.1)) == Fraction(1, 10)


def test_identities():
    assert x + 0 is x
    assert 0 + x is x
    assert x * 1 is x
    assert x - 0 is x
    assert negate(-x) is x
    assert x / 1 is x
    assert x**1 is x
    assert value_of(x**0) == 1
    assert value_of(0 * x) == 0
    assert x - (-a) is x + a
    assert x + (-a) is x - a
    assert absolute(-x) is absolute(x)
    assert value_of(constant(2) ** -2) == Fraction(1, 4)


def test_conditions():
    assert where(constant(1) > 0, x, a) is x
    assert where(x > 0, a, a) is a
    assert (-x > 0) is (x < 0)
    assert (x > 0) + 1 is where(x > 0, 1, 0) + 1


def test_refusals():
    with pytest.raises(InputError, match=r"truth value|无法用 if"):
        bool(x > 0)
    for wrong in ("nan", float("inf"), "ten"):
        with pytest.raises(InputError):
            constant(wrong)
    with pytest.raises(InputError):
        add(x, [1])
    with pytest.raises(InputError):
        x / 0
    with pytest.raises(InputError):
        where(x, 1, 0)
    with pytest.raises(AttributeError):
        x.name = "y"


def test_walking():
    shared = build("exp", x)
    root = shared * shared + a
    assert postorder(root)[-1] is root
    assert len(postorder(root)) == 5
    assert symbols([root]) == ("x", "a")
    assert substitute(root, {"a": 0}) is shared * shared
    assert rewrite(root, lambda node: x if node is shared else node) is x * x + a


def test_deep_graphs_need_no_recursion():
    root = x
    for _ in range(20_000):
        root = call("exp", root)
    assert len(postorder(root)) == 20_001


def test_pickle_keeps_identity():
    root = where(x > 0, x * constant("0.1"), a)
    assert pickle.loads(pickle.dumps(root)) is root  # noqa: S301 - our own bytes
