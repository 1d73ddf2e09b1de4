"""Learned parameters: torch and Keras hold them, and they have gradients."""

from dataclasses import fields, replace

import numpy as np
import pytest

import nonlin as nl
from nonlin.parameter import Parameter

pytestmark = pytest.mark.skipif(
    "learned" not in {each.name for each in fields(Parameter)}, reason="no parameter is learned"
)
AT = np.linspace(-3, 3, 7)


def learning():
    """Snake with its frequency learned."""
    rows = tuple(replace(row, learned=True) for row in nl.snake.parameters)
    return replace(nl.snake, name="learned_snake", parameters=rows)


def by_frequency(a):
    """d/da (x + sin(a x)^2 / a)"""
    return (AT * np.sin(2 * a * AT) - np.sin(a * AT) ** 2 / a) / a


def test_torch_holds_a_parameter(space):
    torch = pytest.importorskip("torch")
    layer = space(nl.export(learning(), to="torch", exact=True))["LearnedSnake"](a=2.0)
    assert [name for name, _ in layer.named_parameters()] == ["a"]
    x = torch.tensor(AT, requires_grad=True)
    layer(x).sum().backward()
    np.testing.assert_allclose(layer.a.grad, by_frequency(2.0).sum(), rtol=1e-6)
    np.testing.assert_allclose(x.grad, 1 + np.sin(4 * AT), rtol=1e-12, atol=1e-15)


def test_keras_holds_a_weight(space):
    jax, keras = pytest.importorskip("jax"), pytest.importorskip("keras")
    if keras.backend.backend() != "jax":
        pytest.skip("Keras was imported with another back end")
    layer, x = space(nl.export(learning(), to="keras"))["LearnedSnake"](), AT.astype(np.float32)
    layer(x)
    assert [weight.name for weight in layer.trainable_weights] == ["a"]

    def total(weights):
        return layer.stateless_call(weights, [], x)[0].sum()

    (found,) = jax.grad(total)([weight.value for weight in layer.trainable_weights])
    np.testing.assert_allclose(found, by_frequency(1.0).sum(), rtol=1e-5)


def test_jax_has_an_argument(space):
    jax = pytest.importorskip("jax")
    run = space(nl.export(learning(), to="jax"))["learned_snake"]
    with jax.enable_x64(True):
        found = jax.vmap(jax.grad(run, 1), (0, None))(AT, 2.0)
    np.testing.assert_allclose(found, by_frequency(2.0), rtol=1e-10, atol=1e-14)


def test_tensorflow_has_an_argument(space):
    tf = pytest.importorskip("tensorflow")
    run, a = space(nl.export(learning(), to="tensorflow"))["learned_snake"], tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(run(tf.constant(AT, tf.float32), a))
    np.testing.assert_allclose(tape.gradient(y, a), by_frequency(2.0).sum(), rtol=1e-5)


def test_the_head_says_so():
    assert "Parameter: a, learned, 1 at first" in nl.export(learning(), to="torch", exact=True)
