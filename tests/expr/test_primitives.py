"""What other files know of primitives: costs, parities, what vanishes at infinity."""

import math

import pytest

from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.analyse import properties
from nonlin.expr.analyse.costs import cost
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import build, symbol
from nonlin.expr.primitives import TABLE
from nonlin.expr.properties import Cost
from nonlin.expr.stable import stabilise

X = symbol("x")
FREE = ("pi", "absolute", "negate", "where", "surrogate")  # constants, single instructions, none
NUMBERS = [name for name in TABLE if not name.startswith("row_")]
UNARY = [name for name in NUMBERS if TABLE[name].arity == 1]


@pytest.mark.parametrize("name", [name for name in NUMBERS if name not in FREE])
def test_it_costs_something(name):
    arguments = (X, X**2)[: TABLE[name].arity]
    assert cost(build(name, *arguments), 0) != Cost()


@pytest.mark.parametrize("name", UNARY)
def test_a_parity_that_is_seen_is_proven(name):
    found = properties(build(name, X))
    assert not found.parity or "parity" in found.proven


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("end", [-math.inf, math.inf])
def test_what_vanishes_beats_infinity(name, end):
    root = X * build(name, X)
    expected = float(compile_mpmath(root, "x")(end))
    assert as_function(stabilise(root), "x")(end) == pytest.approx(expected, nan_ok=True)
