"""Exported TensorFlow: values and derivatives to order 2, in a graph and out of one."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.exported import Exported

tf = pytest.importorskip("tensorflow")


@pytest.fixture
def function(space):
    """An exported function."""

    def make(name, **parameters):
        return space(nl.export(name, to="tensorflow", **parameters))[Exported(nl.get(name)).name]

    return make


def slopes(run, x, grad=None):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = run(x)
    return y, tape.gradient(y, x, output_gradients=grad)


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_every_entry(entry, kind, judge, grid, function):
    activation = nl.get(entry)
    x = grid(activation, kind)
    y, slope = slopes(tf.function(function(entry)), tf.constant(x))
    assert y.dtype == slope.dtype == kind
    judge("tensorflow").check(activation, 0, x, y.numpy())
    judge("tensorflow").check(activation, 1, x, slope.numpy())


def test_the_gradient_has_a_gradient(entry, function):
    x = np.linspace(-9.3, 9.3, 63)
    run, at = function(entry), tf.constant(x)
    _, second = slopes(lambda each: slopes(run, each)[1], at)
    found = np.zeros_like(x) if second is None else second.numpy()
    expected = nl.get(entry).derivative(x, 2, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


def test_half_precision(function):
    assert function("mish")(tf.ones(3, tf.float16)).dtype == tf.float16


def test_rows(rows, sample, function):
    x, grad = sample
    y, found = slopes(function(rows), tf.constant(x), tf.constant(grad))
    activation = nl.get(rows)
    expected = activation(x, precision="exact")
    np.testing.assert_allclose(y, expected, rtol=1e-13, atol=1e-14)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
