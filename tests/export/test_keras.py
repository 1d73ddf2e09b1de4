"""Exported Keras: values and gradients with one back end, saved and loaded again."""

import os

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.subject import Subject

torch = pytest.importorskip("torch")
os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="the gradients here are torch's"
)


@pytest.fixture
def layer(space):
    """An exported layer."""

    def make(name, **parameters):
        found = space(nl.export(name, to="keras", **parameters))
        return found[Subject(nl.get(name)).class_name]

    return make


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_every_entry(entry, kind, judge, grid, layer):
    activation = nl.get(entry)
    x = grid(activation, kind)
    at = torch.tensor(x, requires_grad=True)
    y = layer(entry)(dtype=kind)(at)
    (slope,) = torch.autograd.grad(y.sum(), at)
    judge("keras").check(activation, 0, x, y.detach().numpy())
    judge("keras").check(activation, 1, x, slope.numpy())


def test_rows(rows, sample, layer):
    x, grad = sample
    at = torch.tensor(x, requires_grad=True)
    y = layer(rows)(dtype="float64")(at)
    y.backward(torch.tensor(grad))
    activation = nl.get(rows)
    expected = activation(x, precision="exact")
    np.testing.assert_allclose(y.detach(), expected, rtol=1e-13, atol=1e-14)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(at.grad, expected, rtol=1e-9, atol=1e-12)


# Keras's own, of its torch back end
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_saved_and_loaded(layer, tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), layer("mish")()])
    model.save(tmp_path / "model.keras")
    x = np.ones((1, 3), np.float32)
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
