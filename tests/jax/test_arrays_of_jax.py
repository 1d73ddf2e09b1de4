"""An Activation called on an array of JAX gives one, with derivatives; never a NumPy array."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

jax = pytest.importorskip("jax")
jnp = jax.numpy

X = np.random.default_rng(0).standard_normal((2, 6)).astype(np.float32)
CLOSE = {"rtol": 2e-6, "atol": 1e-6}


def test_array_in_array_out():
    y = nl.mish(jnp.asarray(X))
    assert isinstance(y, jax.Array)
    np.testing.assert_allclose(y, nl.mish(X), **CLOSE)


def test_transformed(compiled):
    """An Activation itself is what JAX transforms."""
    slope = compiled(jax.vmap(jax.grad(nl.mish)))(X[0])
    np.testing.assert_allclose(slope, nl.mish.derivative(X[0]), **CLOSE)


CALLS = {
    "elu": lambda x: nl.elu(x, alpha=0.5),
    "rrelu": lambda x: nl.rrelu(x),
    "rows": lambda x: nl.softmax(x, axis=0),
    "second": lambda x: nl.mish.derivative(x, 2),
    "back": lambda x: nl.softmax.backward(x, x),
    "gate": lambda x: nl.silu.gate(x, x[::-1]),
    "pair": lambda x: nl.glu(x, x[::-1]),
}


def test_calls(compiled):
    found = compiled(lambda x: {name: run(x) for name, run in CALLS.items()})(X)
    for name, run in CALLS.items():
        np.testing.assert_allclose(found[name], run(X), **CLOSE, err_msg=name)


def test_pairs_of_results(compiled):
    x = X[::-1].copy()
    calls = (nl.mish.value_and_derivative, lambda x: nl.glu.backward(x, x, x[::-1]))
    found = compiled(lambda x: [run(x) for run in calls])(x)
    for pair, call in zip(found, calls, strict=True):
        for each, true in zip(pair, call(x), strict=True):
            np.testing.assert_allclose(each, true, **CLOSE)


def test_halves():
    value, slope = nl.relu.value_and_derivative(jnp.asarray(X, "bfloat16"))
    assert value.dtype == slope.dtype == "bfloat16"


def test_what_does_not_fit():
    x = jnp.asarray(X)
    with pytest.raises(InputError, match="softmax"):
        nl.softmax.derivative(x)
    with pytest.raises(InputError, match="same shape"):
        nl.silu.gate(x, x[:1])


def test_what_only_numpy_has():
    x = jnp.asarray(X)
    for call in (
        lambda: nl.mish(x, precision="exact"),
        lambda: nl.mish(x, out=X.copy()),
        lambda: nl.prelu.parameter_gradients(x, x),
        lambda: nl.rrelu.sample(x, seed=0),
        lambda: nl.sigmoid.backward_from_output(x, x),
        lambda: nl.silu.gate_backward(x, x, x),
    ):
        with pytest.raises(InputError, match="JAX"):
            call()
