"""Gaussian moments against values computed independently at 30 digits."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl
from nonlin.expr.recognise import recognise
from nonlin.gaussian_moments.moments import gaussian_moments
from nonlin.gaussian_moments.quadrature import expect

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
    assert 1e-10 < abs(found.value - exact) <= found.error < 1e-6


PI = math.pi


def closed(name, s):
    """Mean, second, slope_second, curvature_second, product at z ~ N(0, s^2), by hand."""
    q = s * s
    match name:
        case "identity":
            return 0, q, 1, 0, 0
        case "relu":
            return s / math.sqrt(2 * PI), q / 2, 1 / 2, 0, s / math.sqrt(2 * PI)
        case "leaky_relu":
            a = 0.01
            ends = (1 + a * a) / 2
            lean = s / math.sqrt(2 * PI)
            return (1 - a) * lean, q * ends, ends, 0, (1 - a * a) * lean
        case "absolute":
            return s * math.sqrt(2 / PI), q, 1, 0, 0
        case "sine":
            second = -math.expm1(-2 * q) / 2
            return 0, second, 1 - second, second, 0
        case "exponential":
            second = math.exp(2 * q)
            return math.exp(q / 2), second, second, second, second
        case "erf":
            slope_second = 4 / PI / math.sqrt(1 + 4 * q)
            bend = 16 / PI * q * (1 + 4 * q) ** -1.5
            return 0, 2 / PI * math.asin(2 * q / (1 + 2 * q)), slope_second, bend, 0
        case "gaussian":
            slope_second = 4 * q * (1 + 4 * q) ** -1.5
            bend = (4 - 16 * q / (1 + 4 * q) + 48 * q * q / (1 + 4 * q) ** 2) / math.sqrt(1 + 4 * q)
            return 1 / math.sqrt(1 + 2 * q), 1 / math.sqrt(1 + 4 * q), slope_second, bend, 0
    raise AssertionError(name)


@pytest.mark.parametrize("s", [1e-6, 0.3, 1.0, 2.5])
@pytest.mark.parametrize(
    "name",
    ["identity", "relu", "leaky_relu", "absolute", "sine", "exponential", "erf", "gaussian"],
)
def test_closed_forms_at_any_standard_deviation(name, s):
    found = nl.moments(name, std=s)
    values = (
        found.mean, found.second, found.slope_second, found.curvature_second, found.product
    )  # fmt: skip
    for value, exact, error in zip(values, closed(name, s), found.errors, strict=True):
        assert abs(value - exact) <= error + 3e-15 * abs(exact)
        assert error <= 1e-13 * max(1, abs(exact))


def test_gelu_in_closed_form():
    """E[gelu] = 1 / (2 sqrt(pi)) and E[gelu^2] = 1/3 + 1 / (2 sqrt(3) pi)."""
    found = nl.moments("gelu")
    assert found.mean == pytest.approx(0.5 / math.sqrt(PI), rel=1e-14)
    assert found.second == pytest.approx(1 / 3 + 1 / (2 * math.sqrt(3) * PI), rel=1e-14)


def test_another_mean_shifts_the_kink():
    """relu at N(m, s^2): m Phi(m/s) + s phi(m/s)."""
    m, s = 0.7, 1.9
    cdf = math.erfc(-m / s / math.sqrt(2)) / 2
    density = math.exp(-((m / s) ** 2) / 2) / math.sqrt(2 * PI)
    found = nl.moments("relu", mean=m, std=s)
    assert found.mean == pytest.approx(m * cdf + s * density, rel=1e-14)
    assert found.second == pytest.approx((m * m + s * s) * cdf + m * s * density, rel=1e-14)


@pytest.mark.parametrize("name", [n for n in nl.names() if nl.get(n).elementwise])
def test_every_entry_has_moments(name):
    """Finite, with an honest bound: another partition of the line agrees within both bounds."""
    found = nl.moments(name)
    activation = nl.get(name)
    assert all(error < 1e-10 for error in found.errors)
    shifted = [*activation.properties.breakpoints, 0.1234, -1.7, 2.001]
    other = gaussian_moments(recognise(activation.graph), shifted)
    for field, error, again in zip(found.errors._fields, found.errors, other.errors, strict=True):
        assert abs(getattr(found, field) - getattr(other, field)) <= error + again


def test_growth_and_narrow_features():
    """E[exp(2 s z)] = exp(2 s^2) while it is a number; a narrow bump is not overlooked."""
    assert nl.moments("exponential", std=10).second == pytest.approx(math.exp(200), rel=1e-12)
    assert nl.moments("exponential", std=30).second == math.inf
    wide = nl.moments("gaussian", std=1e5)
    assert wide.mean == pytest.approx(1 / math.sqrt(1 + 2e10), rel=1e-12)
    far = nl.moments("gaussian", mean=30.0, std=10.0)
    assert far.mean == pytest.approx(math.exp(-900 / 201) / math.sqrt(201), rel=1e-12)


def test_fast_waves_are_followed_or_the_bound_says_that_they_are_not():
    for speed in (10, 300, 20_000, 10**7):
        found = nl.moments(nl.activation("wave", "sin(k*x)", k=speed))
        exact = (1 - math.exp(-2.0 * speed**2)) / 2
        assert abs(found.second - exact) <= found.errors.second
    assert nl.moments(nl.activation("wave", "sin(10*x)")).errors.second < 1e-13


@pytest.mark.parametrize("bad", [0, -1, math.inf, math.nan, "1", None])
def test_a_standard_deviation_that_is_none_is_refused(bad):
    with pytest.raises(nl.NonlinError) as caught:
        nl.moments("relu", std=bad)
    assert caught.value.key == "bad_number"


def test_moments_are_for_element_wise_functions():
    with pytest.raises(nl.NonlinError) as caught:
        nl.moments("softmax")
    assert caught.value.key == "only_elementwise"


def test_gains_beside_those_of_pytorch():
    """Exact where PyTorch's are; its 5/3, 1 and 3/4 for tanh, sigmoid and selu are conventions."""
    torch = pytest.importorskip("torch")
    same = torch.nn.init.calculate_gain
    assert nl.gain("identity") == pytest.approx(same("linear"), rel=1e-14)
    assert nl.gain("relu") == pytest.approx(same("relu"), rel=1e-14)
    for slope in (0.01, 0.2, 0.7):
        leaky = nl.leaky_relu.bind(alpha=slope)
        assert nl.gain(leaky) == pytest.approx(same("leaky_relu", slope), rel=1e-14)
    assert nl.gain("tanh") == pytest.approx(same("tanh"), rel=0.05)
    assert nl.gain("selu") == pytest.approx(1.0, rel=1e-12)
    assert nl.gain("gelu", backward=True) == nl.get("gelu").gain_backward
