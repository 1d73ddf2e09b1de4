"""Graphs as machines will see them, before an instruction is written."""

from fractions import Fraction

import pytest

import nonlin as nl
from nonlin.expr.infix import infix
from nonlin.expr.machine.exponents import Argument
from nonlin.expr.machine.modes import MODES, lowered
from nonlin.expr.nodes import absolute, symbol
from nonlin.expr.paths import roots_of

X = symbol("x")
ARGUMENTS = [
    (-(X**2) / 2, ((Fraction(-1, 2) * X, X), True)),
    (-absolute(2 * X), ((-2 * absolute(X),), True)),
    (X / -4, ((Fraction(-1, 4) * X,), False)),
    (absolute(X) * absolute(X), ((absolute(X), absolute(X)), False)),
    (3 * X, None),
    (X**3, None),
    (-absolute(X**2), None),
    (symbol("beta") * X, None),
    (X + 1, None),
]


@pytest.mark.parametrize(("node", "parts"), ARGUMENTS)
def test_arguments_that_are_exact(node, parts):
    """x, |x| and their squares, times a power of two, are one or two words of the format."""
    assert Argument.of(node) == parts


def test_nothing_subnormal_is_multiplied():
    """It would take a hundred times as long: only sums with 1, and a last scaling, see it."""
    roots = roots_of(nl.softplus.graph, (0,))
    (graph,) = lowered(roots, MODES["float32", "fast"])
    ratio = "log1p_ratio(exp_floor(-abs(x)))"
    assert infix(graph) == f"where(x > 0, x, 0) + late_multiply(exp(-abs(x)), {ratio})"
    tiny = nl.activation("tiny", "1e-30 * (1e-30 + exp(-x))")
    (graph,) = lowered(roots_of(tiny.graph, (0,)), MODES["float32", "fast"])
    assert "exp_floor" not in infix(graph)


def test_factors_that_cancel_are_wide():
    """Polynomials that change their sign, whatever the host; but not 3 - x**2, rounded once."""
    slopes = {"(3 * x**2 - 9) * exp(x)": True, "(3 - x**2) * exp(x)": False, "3 * x**2 - 9": False}
    for formula, wide in slopes.items():
        graph = nl.activation("f", formula).graph
        found = infix(lowered([graph], MODES["float32", "fast"])[0])
        assert ("rounded_once" in found) is wide
