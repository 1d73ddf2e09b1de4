"""Kernels of infinitely wide networks against closed forms and a wide network."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError


@pytest.fixture(scope="module")
def rows():
    X = np.random.default_rng(0).standard_normal((12, 5))
    return X / np.linalg.norm(X, axis=1, keepdims=True) * math.sqrt(5)


WILD = nl.activation("wild", "exp(x**2)")


def arc_cosine(K, w, b):
    """Cho and Saul 2009: value and slope of relu."""
    d = np.sqrt(np.diag(K))
    scale = np.outer(d, d)
    angle = np.arccos(np.clip(K / scale, -1, 1))
    value = scale * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
    return w * value + b, w * (np.pi - angle) / (2 * np.pi)


def williams(K, w, b):
    """Williams 1997: value and slope of erf."""
    d = np.diag(K)
    outer = np.sqrt(np.outer(1 + 2 * d, 1 + 2 * d))
    slope = 4 / np.pi / np.sqrt(outer**2 - 4 * K**2)
    return w * 2 / np.pi * np.arcsin(2 * K / outer) + b, w * slope


def sines(K, w, b):
    d = np.diag(K)
    flat = np.exp(-np.add.outer(d, d) / 2)
    return w * flat * np.sinh(K) + b, w * flat * np.cosh(K)


def linear(K, w, b):
    return w * K + b, w * np.ones_like(K)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("relu", arc_cosine), ("erf", williams), ("sine", sines), ("identity", linear)],
)
def test_closed_forms(rows, name, rule):
    w, b = 1.7, 0.2
    kernel = w * rows @ rows.T / 5 + b
    tangent = kernel.copy()
    for _ in range(3):
        kernel, slope = rule(kernel, w, b)
        tangent = kernel + tangent * slope
    given = {"depth": 3, "weight_variance": w, "bias_variance": b}
    np.testing.assert_allclose(nl.nngp(name, rows, **given), kernel, rtol=1e-8)
    np.testing.assert_allclose(nl.ntk(name, rows, **given), tangent, rtol=1e-6)


def test_relu_takes_rows_of_any_length(rows):
    X = rows * np.linspace(0.1, 3, 12)[:, None]
    kernel, _ = arc_cosine(2.0 * X @ X.T / 5, 2.0, 0.0)
    np.testing.assert_allclose(nl.nngp("relu", X), kernel, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("relu", arc_cosine), ("erf", williams), ("sine", sines), ("identity", linear)],
)
def test_closed_forms_for_rows_of_any_length(rows, name, rule):
    """Two of them parallel, two nearly alike, two alike."""
    X = rows * np.linspace(0.1, 2, 12)[:, None]
    X[1], X[2], X[3] = 3 * X[0], X[0] * (1 + 1e-5), X[4]
    w, b = 1.7, 0.2
    kernel = w * X @ X.T / 5 + b
    tangent = kernel.copy()
    for _ in range(2):
        kernel, slope = rule(kernel, w, b)
        tangent = kernel + tangent * slope
    given = {"depth": 2, "weight_variance": w, "bias_variance": b}
    np.testing.assert_allclose(nl.nngp(name, X, **given), kernel, rtol=1e-9)
    np.testing.assert_allclose(nl.ntk(name, X, **given), tangent, rtol=2e-6)


@pytest.mark.parametrize("name", ["gelu", "hard_tanh", "selu", "tanh", "binary_step"])
def test_rows_of_different_length_against_sampling(rows, name):
    X = rows[:4] * np.array([[0.2], [0.7], [1.5], [3.0]])
    random = np.random.default_rng(2)
    weights = random.standard_normal((5, 200_000)) * math.sqrt(2 / 5)
    products = nl.get(name)(X @ weights)
    sampled = 2 * products @ products.T / 200_000
    found = nl.nngp(name, X)
    size = np.sqrt(np.outer(np.diag(found), np.diag(found)))
    assert np.abs(found - sampled).max() < 0.02 * size.max()
    np.testing.assert_array_equal(found, found.T)


def test_different_lengths_become_one(rows):
    """Rows whose lengths differ by hardly anything, by both ways."""
    scales = 1 + np.linspace(0, 5e-6, 12)[:, None]
    for name in ("gelu", "hard_tanh"):
        one, two = nl.ntk(name, rows, depth=2), nl.ntk(name, rows * scales, depth=2)
        np.testing.assert_allclose(one, two, rtol=3e-5)


def test_a_row_of_zeros(rows):
    """f(0) E[f(v)], and no tangent of the first layer."""
    X = np.concatenate([np.zeros((1, 5)), rows[:3] * np.array([[1.0], [2.0], [2.5]])])
    found = nl.nngp("softplus", X, weight_variance=1.0)
    lengths = np.square(X).mean(axis=1)
    means = [math.log(2), *(nl.moments("softplus", std=q**0.5).mean for q in lengths[1:])]
    np.testing.assert_allclose(found[0], math.log(2) * np.array(means), rtol=1e-10)
    assert not nl.nngp("relu", X)[0].any()
    np.testing.assert_allclose(nl.nngp("relu", X)[1:, 1:], nl.nngp("relu", X[1:]))
    np.testing.assert_allclose(nl.ntk("softplus", X, weight_variance=1.0)[0], found[0])


def test_a_kernel_is_symmetric_and_positive(rows):
    for name in ("gelu", "hard_tanh", "selu"):
        for kernel in (nl.nngp(name, rows, depth=2), nl.ntk(name, rows, depth=2)):
            np.testing.assert_array_equal(kernel, kernel.T)
            assert np.linalg.eigvalsh(kernel).min() > -1e-9 * kernel.max()


def test_against_a_wide_network(rows):
    random = np.random.default_rng(2)
    weights = random.standard_normal((5, 400_000)) * math.sqrt(2 / 5)
    hidden = nl.get("silu")(rows @ weights)
    sampled = 2 * hidden @ hidden.T / 400_000
    np.testing.assert_allclose(nl.nngp("silu", rows), sampled, atol=0.04)


def test_what_is_refused(rows):
    cases = [
        ("kernel_moments", lambda: nl.nngp(WILD, rows * np.arange(1, 13)[:, None])),
        ("kernel_moments", lambda: nl.nngp(WILD, rows)),
        ("kernel_rows", lambda: nl.nngp("tanh", [1.0, 2.0])),
        ("kernel_rows", lambda: nl.nngp("tanh", [[math.nan]])),
        ("no_tangent_kernel", lambda: nl.ntk("binary_step", rows)),
        ("bad_integer", lambda: nl.nngp("tanh", rows, depth=0)),
        ("bad_number", lambda: nl.nngp("tanh", rows, weight_variance=0)),
        ("only_elementwise", lambda: nl.nngp("softmax", rows)),
    ]
    for key, call in cases:
        with pytest.raises(nl.NonlinError) as caught:
            call()
        assert caught.value.key == key


@pytest.mark.parametrize("given", ["abc", [["a", "b"]], [[1, 2], [3]], None, 3])
def test_what_is_no_table(given):
    for kernel in (nl.nngp, nl.ntk):
        with pytest.raises(InputError, match="a table of finite numbers is needed"):
            kernel("relu", given)
