"""lsuv and autoinit as init of a network: weights start from the rows of the first training."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.network import Initialisation, Job, Network, Settings, train_many
from nonlin.sklearn import MLPClassifier

SIZES = [6, 30, 30, 3]


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    return random.standard_normal((300, 6)) * 5 + 2, random.integers(0, 3, 300)


def still(network, X, y, **more):
    """Train so slowly that nothing moves."""
    network.fit(X, y, learning_rate=1e-12, epochs=1, **more)
    return network


@pytest.mark.parametrize("name", ["lsuv", "autoinit"])
def test_the_first_fit_starts_from_the_rows(name, data):
    X, y = data
    network = still(Network(SIZES, "gelu", "softmax", name, seed=1), X, y)
    drawn = Network(SIZES, "gelu", "softmax", "forward", seed=1)
    expected = Initialisation(name).fitted(drawn, X[::2])
    np.testing.assert_allclose(network.parameters, expected.parameters, atol=1e-5)
    assert network.init == name


def test_sums_have_variance_one_after_the_first_fit(data):
    X, y = data
    network = still(Network(SIZES, "gelu", "softmax", "lsuv"), X, y)
    for layer in network.trace(X).layers:
        assert layer.weighted_sums.astype(float).var() == pytest.approx(1, abs=0.15)


def test_before_it_weights_are_orthogonal(data):
    network = Network(SIZES, "gelu", "softmax", "lsuv", seed=3)
    other = Network(SIZES, "gelu", "softmax", "orthogonal", seed=3)
    np.testing.assert_array_equal(network.parameters, other.parameters)
    assert np.isfinite(network.forward(data[0])).all()


def test_a_second_fit_goes_on(data):
    X, y = data
    network = Network(SIZES, "gelu", "softmax", "lsuv")
    network.fit(X, y, learning_rate=1e-2, epochs=3)
    trained = network.parameters.copy()
    still(network, X * 100, y)
    np.testing.assert_allclose(network.parameters, trained, atol=1e-6)
    again = Network.of(
        SIZES, network.hidden, network.output, "lsuv", 0, network.weights, network.biases
    )
    again.begin(np.asarray(X, np.float32))
    np.testing.assert_array_equal(again.parameters, network.parameters)


def test_everything_that_trains_does_so(data):
    X, y = data
    job = Job(Network(SIZES, "relu", "softmax", "lsuv"), X, y, settings=Settings(epochs=1))
    start = job.network.parameters.copy()
    list(train_many([job]))
    assert np.abs(job.network.parameters - start).max() > 0.05
    (profile,) = nl.stability.profiles(["gelu"], X, y, depth=2, width=20, init="lsuv", seeds=1)
    assert profile.second.mean == pytest.approx(1, rel=0.3)
    model = MLPClassifier((20,), init="lsuv", max_iter=1, learning_rate=1e-9).fit(X, y)
    sums = model.network_.trace(X).layers[0].weighted_sums
    assert sums.astype(float).var() == pytest.approx(1, abs=0.2)
