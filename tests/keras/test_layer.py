"""Layers, functions and initialisers in models: trained, saved, loaded, refused."""

import math
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

keras = pytest.importorskip("keras")

import nonlin.keras as nk  # noqa: E402 - keras first
from nonlin.keras.initializers import ForActivation, for_activation  # noqa: E402

MINE = nl.activation("mine", "x * sigmoid(b * x)", b=2.0)
X = np.random.default_rng(0).standard_normal((3, 6)).astype(np.float32)
# Keras's own, of its torch back end
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def model():
    """Everything of ours that a model may hold."""
    given = keras.Input((6,))
    x = keras.layers.Dense(
        8, activation=nk.get("elu", alpha=0.5), kernel_initializer=for_activation("mish", seed=1)
    )(given)
    for each in (nk.Layer("pelu", channels=8), nk.LeakyReLU(alpha=0.3), nl.gelu, nk.get("softmax"),
                 nk.Layer("swiglu"), nk.Layer("rrelu", seed=3), nk.Layer(MINE)):  # fmt: skip
        x = each(x)
    return keras.Model(given, keras.layers.Dense(1)(x))


def test_saved_and_loaded(tmp_path):
    """With weights that have been changed; every number is what it was."""
    first = model()
    first.layers[2].set_weights([np.linspace(-1, 1, 8), np.linspace(0, 1, 8)])
    first.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), first.predict(X, verbose=0))
    names = [each.activation.name for each in again.layers if isinstance(each, nk.Layer)]
    assert names == ["pelu", "leaky_relu", "swiglu", "rrelu", "mine"]
    assert again.layers[1].activation.activation.values == {"alpha": 0.5}
    assert again.layers[1].kernel_initializer.activation.name == "mish"


def test_trained():
    """Learned parameters move, and stay in their range."""
    layer = nk.Layer("pelu")
    net = keras.Sequential([layer, keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(10.0), "mse")
    net.fit(X, np.ones((3, 1), np.float32), epochs=2, verbose=0)
    values = {n: float(keras.ops.convert_to_numpy(v)) for n, v in layer.learned_values().items()}
    assert values != nl.pelu.values
    assert min(values.values()) > 0


def test_modes():
    layer = nk.Layer("rrelu", seed=0)
    np.testing.assert_allclose(numbers(layer(X)), nl.rrelu(X), rtol=1e-6)
    noisy = [numbers(layer(X, training=True)) for _ in range(2)]
    assert (noisy[0] != noisy[1]).any()
    again = nk.Layer("rrelu", seed=0)(X, training=True)
    np.testing.assert_array_equal(numbers(again), noisy[0])
    pair = nk.Layer("glu")([X, X[::-1].copy()])
    np.testing.assert_allclose(numbers(pair), nl.glu(X, X[::-1]), rtol=1e-5)
    half, whole = nk.Layer("mish", dtype="mixed_bfloat16")(X), nk.mish(np.arange(3))
    kinds = [keras.backend.standardize_dtype(each.dtype) for each in (half, whole)]
    assert kinds == ["bfloat16", "float32"]


def test_symbols_and_variables():
    """Never an array of NumPy."""
    symbol = keras.Input((6,))
    for found, width in ((nl.mish(symbol), 6), (nl.glu(symbol), 3), (nl.crelu(symbol), 12)):
        assert isinstance(found, keras.KerasTensor)
        assert found.shape == (None, width)
    found = nl.mish(keras.Variable(X))
    assert keras.ops.is_tensor(found)
    np.testing.assert_allclose(numbers(found), nl.mish(X), rtol=1e-5, atol=1e-6)
    slope = nl.mish.derivative(keras.Variable(X))
    np.testing.assert_allclose(numbers(slope), nl.mish.derivative(X), rtol=1e-5, atol=1e-6)


def test_initialisers():
    drawn = for_activation("mish", "fan_out", "uniform", seed=1)
    weights = numbers(drawn((200, 100)))
    variance = nl.mish.gain_backward**2 / 100
    np.testing.assert_allclose(weights.std(), math.sqrt(variance), rtol=0.02)
    np.testing.assert_allclose(np.abs(weights).max(), math.sqrt(3 * variance), rtol=0.01)
    again = ForActivation.from_config(drawn.get_config())
    np.testing.assert_array_equal(numbers(again((200, 100))), weights)
    assert drawn((5,)).shape == (5,)


@pytest.mark.slow
def test_relu_is_he():
    theirs = keras.initializers.HeNormal(seed=2)((3, 3, 4, 5))
    ours = for_activation("relu", seed=2)((3, 3, 4, 5))
    np.testing.assert_allclose(numbers(ours), numbers(theirs), rtol=1e-6)


REFUSED = (
    (lambda: nk.Layer("mish", alhpa=2), "alhpa"),
    (lambda: nk.Layer("mish", channels=3), "channels is 3"),
    (lambda: nk.get("mihs"), "mish"),
    (lambda: nk.mish("text"), "arrays of Keras"),
    (lambda: nk.mish(np.ones(2, complex)), "complex"),
    (lambda: nk.Layer("glu")(X[:, :5]), "length 5"),
    (lambda: nl.mish(keras.Input((6,)), precision="exact"), "precision"),
    (lambda: nl.mish.derivative(keras.Input((6,))), "KerasTensor"),
    (lambda: nl.prelu.parameter_gradients(keras.Variable(X), X), "Keras"),
    (lambda: for_activation("softmax"), "softmax"),
    (lambda: for_activation("mish", "fanin"), "fan_in"),
)


@pytest.mark.parametrize(("call", "told"), REFUSED)
def test_what_is_refused(call, told):
    with pytest.raises(InputError, match=told):
        call()


def test_names():
    assert {"get", "mish", "Layer", "initializers"} <= set(dir(nk))
    with pytest.raises(AttributeError, match="Did you mean"):
        nk.Mihs  # noqa: B018 - asked for


def test_without_keras(monkeypatch):
    monkeypatch.setattr("nonlin._public.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"nonlin\[keras\]"):
        nk.__getattr__("get")


@pytest.mark.slow
def test_without_a_back_end():
    """Keras asks for TensorFlow unless told otherwise."""
    if find_spec("tensorflow") is not None:
        return
    code = "import nonlin.keras as nk; nk.get"
    env = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert "InputError: Keras needs tensorflow" in ran.stderr


@pytest.mark.slow
def test_on_torch(tmp_path):
    """A process has one back end: this file again, on another."""
    pytest.importorskip("torch")
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", __file__]
    ran = subprocess.run(
        [*command, "--basetemp", str(tmp_path / "own")],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
