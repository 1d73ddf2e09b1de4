"""One interpreter for numbers of any sort: what computes a primitive comes from a table."""

from fractions import Fraction

import pytest

from nonlin.expr.interpret import OPERATORS, interpreter
from nonlin.expr.nodes import build, constant, symbol, where
from nonlin.expr.parse import parse

x, a = symbol("x"), symbol("a")


def test_numbers_of_any_sort():
    run = interpreter([x * a - 1, x / a], ["x", "a"], OPERATORS)
    assert run(3.0, 2.0) == [5.0, 1.5]
    assert run(Fraction(1, 2), 2 + 0j) == [0.0, 0.25 + 0j]


def test_texts_show_the_order_of_steps():
    table = {name: lambda *given, name=name: f"{name}({', '.join(map(str, given))})"
             for name in (*OPERATORS, "where", "exp")}  # fmt: skip
    (written,) = interpreter([parse("where(x > 0, exp(x), 2)")], ["x"], table)("X")
    assert written == "where(greater(X, 0.0), exp(X), 2.0)"


def test_shared_parts_are_computed_once():
    calls = []
    e = build("exp", x)
    table = {**OPERATORS, "exp": lambda v: calls.append(v) or v}
    assert interpreter([e * e, e + 1], ["x"], table)(3.0) == [9.0, 4.0]
    assert calls == [3.0]


def test_symbols_that_do_not_occur_and_roots_without_any():
    run = interpreter([constant(7), x], ["unused", "x"], OPERATORS)
    assert run("whatever", 2) == [7.0, 2]


def test_what_the_table_lacks_is_told_at_once():
    with pytest.raises(KeyError, match="where"):
        interpreter([where(x > 0, x, a)], ["x", "a"], OPERATORS)
