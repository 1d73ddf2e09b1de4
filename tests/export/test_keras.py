"""Exported Keras: values and gradients with one back end, saved and loaded again."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.spelling import runner
from nonlin.export.exported import Exported
from nonlin.export.keras import SPELLINGS

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="the gradients here are JAX's"
)


@pytest.fixture
def layer(space):
    """An exported layer."""

    def make(name, **parameters):
        found = space(nl.export(name, to="keras", **parameters))
        return found[Exported(nl.get(name)).class_name]

    return make


def pulled_back(function, x, grad):
    """The value at x, and the gradient by x."""
    with jax.enable_x64(True):
        y, back = jax.vjp(function, jax.numpy.asarray(x))
        (slope,) = back(jax.numpy.asarray(grad))
        return np.asarray(y), np.asarray(slope)


@pytest.mark.parametrize("kind", ["float32"])  # on JAX, Keras computes some functions in float32
def test_every_entry(entry, kind, judge, grid, layer):
    activation = nl.get(entry)
    x = grid(activation, kind)
    x = np.concatenate([x, np.zeros(1100 - x.size, kind)])  # of one shape: JAX compiles for each
    y, slope = pulled_back(lambda given: layer(entry)(dtype=kind)(given), x, np.ones_like(x))
    judge("keras").check(activation, 0, x, y)
    judge("keras").check(activation, 1, x, slope)


def test_the_functions_of_the_table_do_what_the_code_does(entry, space):
    subject = Exported(nl.get(entry))
    given = [np.array([*np.linspace(-9, 9, 61), -np.inf, 0.0, 1e4, np.inf, np.nan], "float32")]
    given += [np.asarray(subject.activation.values[n], "float32") for n in subject.others]
    given = [jax.numpy.asarray(each) for each in given]
    code = space(nl.export(entry, to="keras"))
    roots, names = subject.graphs((0, 1), subject.others), ["x", *subject.others]
    run = runner(roots, names, SPELLINGS, keras, fill_all=True)
    for found, name in zip(run(*given), ("_value", "_slope"), strict=True):
        assert np.asarray(found).tobytes() == np.asarray(code[name](*given)).tobytes()


def test_rows(rows, sample, layer):
    x, grad = sample
    y, slope = pulled_back(lambda given: layer(rows)(dtype="float64")(given), x, grad)
    activation = nl.get(rows)
    expected = activation(x, precision="exact")
    np.testing.assert_allclose(y, expected, rtol=1e-13, atol=1e-14)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(slope, expected, rtol=1e-9, atol=1e-12)


# Keras's own, of its torch back end
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_saved_and_loaded(layer, tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), layer("mish")()])
    model.save(tmp_path / "model.keras")
    x = np.ones((1, 3), np.float32)
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
