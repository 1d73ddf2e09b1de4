"""Gated activations: functions of two arrays, with a gradient by each."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.expr import vocabulary as f
from nonlin.expr.nodes import symbol

X, VALUE = symbol("x"), symbol("value")
PAIR = Activation("pair", f.tanh(VALUE) * X * f.sigmoid(X))
AT, BESIDE = np.linspace(-4, 4, 9), np.linspace(2, -1, 9)


def expected():
    """f, its derivative by x, and by the value."""
    value, slope = nl.silu.value_and_derivative(AT, precision="exact")
    tanh, sech = nl.tanh.value_and_derivative(BESIDE, precision="exact")
    return tanh * value, tanh * slope, sech * value


def test_numbers(space):
    for target in ("python", "numpy"):
        found = space(nl.export(PAIR, to=target))
        for name, true in zip(
            ("pair", "pair_derivative", "pair_by_value"), expected(), strict=True
        ):
            got = [float(found[name](x, v)) for x, v in zip(AT, BESIDE, strict=True)]
            np.testing.assert_allclose(got, true, rtol=1e-13, atol=1e-300)


def test_torch(space):
    torch = pytest.importorskip("torch")
    x, v = (torch.tensor(each, requires_grad=True) for each in (AT, BESIDE))
    y = space(nl.export(PAIR, to="torch", exact=True))["Pair"]()(x, v)
    gradients = torch.autograd.grad(y.sum(), (x, v))
    for got, true in zip((y.detach(), *gradients), expected(), strict=True):
        np.testing.assert_allclose(got, true, rtol=1e-13, atol=1e-300)


def test_jax(space):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        y, pull = jax.vjp(space(nl.export(PAIR, to="jax"))["pair"], AT, BESIDE)
        gradients = pull(np.ones(9))
    for got, true in zip((y, *gradients), expected(), strict=True):
        np.testing.assert_allclose(got, true, rtol=1e-13, atol=1e-300)


def test_tensorflow(space):
    tf = pytest.importorskip("tensorflow")
    x, v = tf.constant(AT), tf.constant(BESIDE)
    with tf.GradientTape() as tape:
        tape.watch([x, v])
        y = space(nl.export(PAIR, to="tensorflow"))["pair"](x, v)
    for got, true in zip((y, *tape.gradient(y, [x, v])), expected(), strict=True):
        np.testing.assert_allclose(got, true, rtol=1e-13, atol=1e-300)


def test_onnx():
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(nl.export(PAIR, to="onnx"))
    given = {"x": AT.astype(np.float32), "value": BESIDE.astype(np.float32)}
    found = session.run(["y", "derivative", "by_value"], given)
    for got, true in zip(found, expected(), strict=True):
        np.testing.assert_allclose(got, true, rtol=1e-5, atol=1e-7)


def test_text():
    assert "double nonlin_pair_by_value(double x, double value)" in nl.export(PAIR, to="c")
    assert "export function pair_by_value(x, value)" in nl.export(PAIR, to="js")
    with pytest.raises(InputError, match="is gated"):
        nl.export(PAIR, to="lut")
