"""Every entry gives on arrays of JAX what the kernels give: values and gradients, under jit."""

from functools import cache

import numpy as np
import pytest

import nonlin as nl

jax = pytest.importorskip("jax")

import nonlin.jax as nj  # noqa: E402 - jax first

ENDS = (np.inf, -np.inf, np.nan, 1e4, -1e4, 50.0, -50.0, 9.5, -9.5, 1e-8, -1e-8, 0.0, -0.0)
TOGETHER = 12  # entries that are compiled at once, which is quicker than one by one


def inputs(activation):
    """Near 0, and for functions of one number the ends and the breakpoints: shape (8, 6)."""
    found = 3 * np.random.default_rng(1).standard_normal(48)
    if activation.kind == "elementwise":
        points = [*ENDS, *activation.properties.breakpoints][:24]
        found[-len(points) :] = points
    return found.reshape(8, 6)


def grad_of(y):
    return 1 + np.random.default_rng(2).random(y.shape)


@cache
def results(names, compiled):
    """Value and gradient of each."""

    def one(name, x):
        y, pull = jax.vjp(getattr(nj, name), x)
        return y, pull(jax.numpy.asarray(grad_of(y)))[0]

    def every(given):
        return {name: one(name, x) for name, x in given.items()}

    with jax.enable_x64(True):
        given = {name: jax.numpy.asarray(inputs(nl.get(name))) for name in names}
        return compiled(every)(given)


@pytest.fixture
def found(entry, request, compiled):
    """Value and gradient of the entry, compiled with others of this run."""
    names = list(dict.fromkeys(item.callspec.params["entry"] for item in own(request)))
    first = names.index(entry) // TOGETHER * TOGETHER
    return results(tuple(names[first : first + TOGETHER]), compiled)[entry]


def own(request):
    """The tests of this file that are run, one for each entry."""
    mine = request.node.function
    return [item for item in request.session.items if item.function is mine]


def close(found, expected, factor=1):
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=5e-14 * factor, atol=2e-15 * factor)


def test_values_and_gradients(entry, found):
    activation = nl.get(entry)
    x = inputs(activation)
    y, back = found
    expected = activation(x, precision="exact")
    close(y, expected)
    close(back, activation.backward(grad_of(y), x, precision="exact"), 20)
