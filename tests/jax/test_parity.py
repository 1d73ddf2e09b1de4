"""Every entry gives on arrays of JAX what the kernels give: values, gradients, both modes."""

import numpy as np
import pytest

import nonlin as nl

jax = pytest.importorskip("jax")

import nonlin.jax as nj  # noqa: E402 - jax first


@pytest.fixture(autouse=True)
def _double():
    """Without compilation, which takes nearly all the time."""
    with jax.enable_x64(True), jax.disable_jit():
        yield


def close(found, expected, factor=1):
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=5e-14 * factor, atol=2e-15 * factor)


def test_values_and_gradients(entry, inputs):
    activation = nl.get(entry)
    x = inputs(activation)
    y, pull = jax.vjp(getattr(nj, entry), jax.numpy.asarray(x))
    expected = activation(x, precision="exact")
    close(y, expected)
    grad = np.random.default_rng(2).standard_normal(expected.shape)
    (found,) = pull(jax.numpy.asarray(grad))
    close(found, activation.backward(grad, x, precision="exact"), 20)
