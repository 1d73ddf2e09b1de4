"""Dual activations against closed forms, plain sampling and another rule."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin.theory.dual import dual
from nonlin.theory.pairs import expect_pairs
from nonlin.theory.propagation import nonlinearity

C = np.concatenate([np.linspace(-1, 1, 81), [1 - 1e-12, -1 + 1e-12, 1 - 1e-6]])
ANGLE = np.arccos(C)

CLOSED = {  # E[f(u) f(v)] and E[f'(u) f'(v)] as functions of the variance
    "relu": (
        lambda q: q * (np.sin(ANGLE) + (np.pi - ANGLE) * C) / (2 * np.pi),  # Cho and Saul 2009
        lambda q: (np.pi - ANGLE) / (2 * np.pi),
    ),
    "erf": (  # Williams 1997
        lambda q: 2 / np.pi * np.arcsin(2 * q * C / (1 + 2 * q)),
        lambda q: 4 / np.pi / np.sqrt((1 + 2 * q) ** 2 - (2 * q * C) ** 2),
    ),
    "sine": (lambda q: np.exp(-q) * np.sinh(q * C), lambda q: np.exp(-q) * np.cosh(q * C)),
    "cosine": (lambda q: np.exp(-q) * np.cosh(q * C), lambda q: np.exp(-q) * np.sinh(q * C)),
    "identity": (lambda q: q * C, lambda q: np.ones_like(C)),
    "exponential": (lambda q: np.exp(q + q * C), lambda q: np.exp(q + q * C)),
    "binary_step": (lambda q: (np.pi - ANGLE) / (2 * np.pi), lambda q: np.zeros_like(C)),
}


@pytest.mark.parametrize("q", [1e-4, 0.3, 1.0, 2.0, 6.0])
@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms(name, q):
    table = dual(nonlinearity(name, "dual"), q)
    for found, exact in zip(table(C), CLOSED[name], strict=True):
        scale = np.abs(exact(q)).max()
        np.testing.assert_allclose(found, exact(q), rtol=0, atol=(table.error + 2e-13) * scale)
    assert table.error < 1e-9


@pytest.mark.parametrize("name", ["hard_tanh", "relu6", "selu", "gelu", "hard_swish", "tanh"])
@pytest.mark.parametrize("q", [0.5, 20.0])
def test_the_error_is_honest_with_kinks_away_from_zero(name, q):
    """A finer rule at angles that are no nodes of the table."""
    f = nonlinearity(name, "dual")
    table = dual(f, q)
    scale = expect_pairs(f, (math.sqrt(q),), 0.0, reach=14.0, points=20)[:, 0, 0]
    for angle in (0.02, 0.777, 2.5, 3.1):
        finer = expect_pairs(f, (math.sqrt(q),), angle, reach=14.0, points=20)[:, 0, 0]
        assert (np.abs(np.stack(table(math.cos(angle))) - finer) <= table.error * scale).all()
    assert table.error < 1e-9


def test_different_standard_deviations():
    """relu is homogeneous; sine: exp(-(a^2 + b^2) / 2) sinh(a b c)."""
    a, b, c = 0.4, 1.7, -0.3
    found = expect_pairs(nonlinearity("sine", "dual"), (a, b), math.acos(c), reach=9.0)
    assert found[0, 0, 1] == pytest.approx(math.exp(-(a * a + b * b) / 2) * math.sinh(a * b * c))
    relu = nonlinearity("relu", "dual")
    one = expect_pairs(relu, (1.0,), 1.0, reach=9.0)[:, 0, 0]
    both = expect_pairs(relu, (a, b), 1.0, reach=9.0)[:, 0, 1]
    assert both == pytest.approx([a * b * one[0], one[1]], rel=1e-12)


@pytest.mark.parametrize("name", ["tanh", "gelu", "mish", "softplus", "gcu"])
@pytest.mark.parametrize("q", [0.3, 4.0])
def test_circles_and_the_plane_agree(name, q):
    """Two rules for smooth functions: Fourier series on circles, panels in the plane."""
    f = nonlinearity(name, "dual")
    table = dual(f, q)
    scale = expect_pairs(f, (math.sqrt(q),), 0.0, reach=10.0, points=20)[:, 0, 0]
    for angle in (0.0, 0.05, 1.2, 2.9):
        plane = expect_pairs(f, (math.sqrt(q),), angle, reach=10.0, points=20)[:, 0, 0]
        assert np.abs(np.stack(table(math.cos(angle))) - plane).max() < 1e-11 * scale.max()


def test_what_changes_within_a_hundredth_is_followed():
    """soft_modulus_t is nearly |x|, whose duals are known, and off it by the width of its bend."""
    table = dual(nonlinearity("soft_modulus_t", "dual"), 1.0)
    assert table.error < 1e-10
    c = np.array([-0.9, -0.3, 0.2, 0.8])
    value, slope = table(c)
    np.testing.assert_allclose(value, 2 / np.pi * (np.sqrt(1 - c**2) + c * np.arcsin(c)), atol=1e-4)
    np.testing.assert_allclose(slope, 2 / np.pi * np.arcsin(c), atol=2e-4)


def test_the_rate_is_the_slope_also_of_a_jump():
    smooth = dual(nonlinearity("tanh", "dual"), 1.3)
    assert smooth.rate(0.4) == pytest.approx(1.3 * float(smooth(0.4).slope), rel=1e-8)
    jump = dual(nonlinearity("binary_step", "dual"), 1.0)
    assert jump.rate(0.4) == pytest.approx(1 / (2 * math.pi * math.sqrt(1 - 0.16)), rel=1e-10)


def test_against_sampling():
    random = np.random.default_rng(1)
    u = random.standard_normal(400_000)
    v = 0.6 * u + 0.8 * random.standard_normal(400_000)
    activation = nl.get("mish")
    products = activation(u) * activation(v)
    found = float(dual(nonlinearity("mish", "dual"), 1.0)(0.6).value)
    assert abs(products.mean() - found) < 4 * products.std() / math.sqrt(products.size)
