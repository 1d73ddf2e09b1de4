"""Every entry gives on tensors of Keras what the kernels give: also by keras.ops alone, which is
what back ends without a leaf of their own have."""

import numpy as np
import pytest

import nonlin as nl

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")

import nonlin.keras as nk  # noqa: E402 - keras first
from nonlin.keras import function  # noqa: E402

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="the gradients here are JAX's"
)
ENDS = (np.inf, -np.inf, np.nan, 50.0, -50.0, 1e-8, 0.0, -0.0)
BY_OPS = ("mish", "prelu", "softmax", "glu", "maxout")


def inputs(activation):
    found = 3 * np.random.default_rng(1).standard_normal(24)
    if activation.kind == "elementwise":
        found[: len(ENDS)] = ENDS
    return found.reshape(4, 6).astype(np.float32)


def check(activation, y, slope, x, factor=1):
    close = {"rtol": 2e-5 * factor, "atol": 2e-6 * factor}
    np.testing.assert_allclose(y, activation(x), **close)
    np.testing.assert_allclose(slope, activation.backward(np.ones_like(y), x), **close)


def both(run):
    """Value and gradient."""

    def call(x):
        y, pull = jax.vjp(run, x)
        return y, pull(jax.numpy.ones_like(y))[0]

    return jax.jit(call, compiler_options={"xla_backend_optimization_level": 0})


@pytest.mark.parametrize("name", BY_OPS)
def test_by_the_back_end(name):
    """By nonlin.jax here, whose tests try every entry."""
    activation = nl.get(name)
    x = inputs(activation)
    y = nk.get(name)(keras.ops.convert_to_tensor(x))
    assert keras.ops.is_tensor(y)
    np.testing.assert_allclose(y, activation(x), rtol=2e-5, atol=2e-6)


def test_by_ops(entry, monkeypatch, request):
    if entry not in BY_OPS and not request.config.getoption("thorough"):
        return  # nearly all time goes into compiling
    monkeypatch.setattr(function, "_has_leaf", lambda _: False)
    activation = nl.get(entry)
    x = inputs(activation)
    check(activation, *map(np.asarray, both(nk.get(entry))(x)), x, 4)


@pytest.mark.slow
def test_second_order_by_ops(monkeypatch):
    """Reverse mode of reverse mode."""
    monkeypatch.setattr(function, "_has_leaf", lambda _: False)
    x = np.linspace(-2, 2, 6, dtype=np.float32)
    total = jax.grad(lambda x: (nk.softmax(x) * np.arange(6)).sum())
    mish = jax.grad(lambda x: nk.mish(x).sum())
    runs = jax.grad(lambda x: mish(x).sum()), lambda x: jax.vjp(total, x)[1](x)[0]
    found = jax.jit(lambda x: [run(x) for run in runs])(x)
    np.testing.assert_allclose(found[0], nl.mish.derivative(x, 2), rtol=1e-5, atol=1e-6)
    step = 1e-3 * x  # the Hessian times x
    grad = np.arange(6, dtype=np.float32)
    ends = [nl.softmax.backward(grad, end) for end in (x + step, x - step)]
    np.testing.assert_allclose(found[1], (ends[0] - ends[1]) / 2e-3, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_parameters_by_ops(monkeypatch):
    """A gradient by what was broadcast."""
    monkeypatch.setattr(function, "_has_leaf", lambda _: False)
    x = np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)
    alpha = np.array([0.1, 0.2, 0.3], np.float32)
    slope = jax.jit(jax.grad(lambda a: nk.prelu(x, alpha=a, axis=1).sum()))(alpha)
    expected = nl.prelu.parameter_gradients(np.ones_like(x), x, alpha=alpha, axis=1)
    np.testing.assert_allclose(slope, expected["alpha"], rtol=1e-5)
