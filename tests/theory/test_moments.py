"""Gaussian moments against values computed independently at 30 digits."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl
from nonlin.expr.recognise import recognise
from nonlin.theory.moments import gaussian_moments
from nonlin.theory.quadrature import expect

REFERENCE = Path(__file__).parents[1] / "data" / "gaussian_moments.csv"
ROWS = {row["name"]: row for row in csv.DictReader(REFERENCE.read_text().splitlines())}


@pytest.mark.parametrize("name", ROWS)
def test_against_the_reference(name):
    activation, row = nl.get(name), ROWS[name]
    found = gaussian_moments(recognise(activation.graph), activation.properties.breakpoints)
    expected = [float(row[column]) for column in ("E[f]", "E[f^2]", "E[f'^2]")]
    values = [found.mean, found.second, found.slope_second]
    np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-12)
    assert found.error < 1e-12
    assert activation.gain == pytest.approx(float(row["gain_forward"]), rel=1e-12)
    assert activation.gain_backward == pytest.approx(float(row["gain_backward"]), rel=1e-12)


def test_known_closed_forms():
    assert nl.relu.gain == pytest.approx(math.sqrt(2), rel=1e-15)
    slope = 0.2
    leaky = nl.leaky_relu.bind(alpha=slope)
    assert leaky.gain == pytest.approx(math.sqrt(2 / (1 + slope**2)), rel=1e-14)
    assert nl.binary_step.gain == pytest.approx(math.sqrt(2), rel=1e-14)


def test_functions_without_a_gain():
    assert nl.binary_step.gain_backward == math.inf
    assert nl.activation("zero", "0 * x").gain == math.inf
    assert nl.activation("wild", "exp(x**2)").gain == 0


def test_error_bound_is_honest():
    """A kink that is not announced is found by refinement, and the bound says how well."""
    found = expect(lambda z: np.abs(z - 0.123), ())
    density = math.exp(-(0.123**2) / 2) / math.sqrt(2 * math.pi)
    exact = 2 * density + 0.123 * math.erf(0.123 / math.sqrt(2))
    assert abs(found.value - exact) <= 4 * found.error
    announced = expect(lambda z: np.abs(z - 0.123), (0.123,))
    assert announced.value == pytest.approx(exact, abs=1e-15)


@pytest.mark.parametrize(
    ("formula", "second", "slope_second"),
    [
        ("exp(x**2 / 5)", math.sqrt(5), 4 / 25 * 5 * math.sqrt(5)),
        ("exp(x**2 / 4)", math.inf, math.inf),
        ("1/x", math.inf, math.inf),
        ("1/(x - 0.3)", math.inf, math.inf),
        ("sqrt(abs(x))", math.sqrt(2 / math.pi), math.inf),
        ("abs(x)**-0.5", math.inf, math.inf),
        ("sqrt(x)", math.nan, math.nan),
    ],
)
def test_slow_decay_and_singularities(formula, second, slope_second):
    own = nl.activation("own", formula)
    found = gaussian_moments(recognise(own.graph), own.properties.breakpoints)
    assert found.second == pytest.approx(second, rel=1e-13, nan_ok=True)
    assert found.slope_second == pytest.approx(slope_second, rel=1e-13, nan_ok=True)


def test_a_singularity_that_can_be_integrated_has_an_honest_bound():
    """E[|z|^-1/2] = 2^(-1/4) Gamma(1/4) / sqrt(pi)"""
    found = expect(lambda z: np.abs(z) ** -0.5, (0.0,))
    exact = 2**-0.25 * math.gamma(0.25) / math.sqrt(math.pi)
    assert 1e-6 < abs(found.value - exact) <= found.error < 0.02
