"""Exported JAX: values and derivatives to order 2, under jit and vmap."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.subject import Subject

jax = pytest.importorskip("jax")


@pytest.fixture
def function(space):
    """An exported function."""

    def make(name, **parameters):
        return space(nl.export(name, to="jax", **parameters))[Subject(nl.get(name)).name]

    return make


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_every_entry(entry, kind, judge, grid, function):
    activation = nl.get(entry)
    x = grid(activation, kind)
    with jax.enable_x64(kind == "float64"):
        y, pull = jax.vjp(jax.jit(function(entry)), x)
        (slope,) = pull(np.ones_like(x))
        assert y.dtype == slope.dtype == x.dtype
    judge("jax").check(activation, 0, x, y)
    judge("jax").check(activation, 1, x, slope)


def test_grad_of_grad(entry, function):
    x = np.linspace(-9.3, 9.3, 62)  # not 0, where JAX takes the mean of the branches of max
    with jax.enable_x64(True):
        found = jax.vmap(jax.grad(jax.grad(function(entry))))(x)
    expected = nl.get(entry).derivative(x, 2, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


def test_half_precision(function):
    y = function("mish")(jax.numpy.linspace(-3, 3, 7, dtype="bfloat16"))
    assert y.dtype == "bfloat16"


def test_rows(rows, sample, function):
    x, grad = sample
    activation = nl.get(rows)
    with jax.enable_x64(True):
        y, pull = jax.vjp(function(rows), x)
        (found,) = pull(grad)
    np.testing.assert_allclose(y, activation(x, precision="exact"), rtol=1e-13, atol=1e-14)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
