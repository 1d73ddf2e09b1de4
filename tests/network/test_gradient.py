"""Back-propagation of the compiled loop against finite differences, in float64."""

import numpy as np
import pytest

from nonlin.network import LOSSES, Network, gradient

ACTIVATIONS = ["tanh", "sigmoid", "gelu", "silu", "softplus", "relu", "leaky_relu", "sine"]
OUTPUTS = {"binary_cross_entropy": 1, "cross_entropy": 4, "pinball": 3, "corn": 3}  # others: 2


@pytest.fixture
def data(targets_for):
    """data(loss): inputs (6, 3) and targets that suit it."""

    def made(name):
        random = np.random.default_rng(1)
        return random.standard_normal((6, 3)), targets_for(name, (6, OUTPUTS.get(name, 2)), random)

    return made


def network_for(name, hidden, between=(), seed=0):
    sizes = [3, *between, OUTPUTS.get(name, 2)]
    network = Network(sizes, hidden, LOSSES[name].output, seed=seed, dtype=np.float64)
    network.parameters[:] += 0.1 * np.random.default_rng(2).standard_normal(network.parameters.size)
    return network


def assert_slopes(network, name, data, reference_loss):
    """Every derivative against a finite difference of the textbook's loss."""
    inputs, targets = data(name)
    y = LOSSES[name].prepare(targets, 6, network.sizes[-1])
    found = gradient(network, inputs, targets, loss=name)

    def loss(network):
        return reference_loss(name, network.logits(inputs), y)

    assert found.loss == pytest.approx(loss(network), rel=1e-12)
    expected = network.copy()
    for k in range(network.parameters.size):
        up, down = network.copy(), network.copy()
        up.parameters[k] += 1e-5
        down.parameters[k] -= 1e-5
        expected.parameters[k] = (loss(up) - loss(down)) / 2e-5
    for mine, slope in zip(
        found.weights + found.biases, expected.weights + expected.biases, strict=True
    ):
        np.testing.assert_allclose(mine, slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["squared_error", "binary_cross_entropy", "cross_entropy"])
@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_every_derivative(hidden, depth, name, data, reference_loss):
    network = network_for(name, hidden, (5, 4, 3)[:depth], depth)
    assert_slopes(network, name, data, reference_loss)


@pytest.mark.parametrize("name", LOSSES)
def test_every_derivative_of_every_loss(name, data, reference_loss):
    assert_slopes(network_for(name, "tanh", (5,)), name, data, reference_loss)


@pytest.mark.parametrize("name", LOSSES)
def test_float32_agrees_with_float64_for_every_loss(name, data):
    inputs, targets = data(name)
    double = network_for(name, "tanh", (5,))
    single = Network(double.sizes, "tanh", double.output).with_weights(
        double.weights, double.biases
    )
    mine, exact = (gradient(each, inputs, targets, loss=name) for each in (single, double))
    assert mine.loss == pytest.approx(exact.loss, rel=1e-5)
    for found, slope in zip(mine.weights, exact.weights, strict=True):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, slope, rtol=1e-4, atol=1e-6)


def test_each_layer_uses_its_own_activation(data):
    inputs, targets = data("squared_error")
    targets = targets[:, :1]
    mixed = Network([3, 4, 4, 1], ["tanh", "relu"], dtype=np.float64, seed=3)
    found = gradient(mixed, inputs, targets)
    hidden = np.tanh(inputs @ mixed.weights[0])
    sums = hidden @ mixed.weights[1]
    errors = 2 / 6 * (np.maximum(sums, 0) @ mixed.weights[2] - targets)
    back = (errors @ mixed.weights[2].T) * (sums > 0)
    np.testing.assert_allclose(found.weights[2], np.maximum(sums, 0).T @ errors, rtol=1e-10)
    np.testing.assert_allclose(found.weights[1], hidden.T @ back, rtol=1e-10)
    front = (back @ mixed.weights[1].T) * (1 - hidden**2)
    np.testing.assert_allclose(found.weights[0], inputs.T @ front, rtol=1e-10)


def test_float32_agrees_with_float64(data):
    inputs, targets = data("cross_entropy")
    double = Network([3, 8, 4], "gelu", "softmax", dtype=np.float64)
    single = Network([3, 8, 4], "gelu", "softmax")
    for mine, exact in zip(
        gradient(single, inputs, targets).weights,
        gradient(double, inputs, targets).weights,
        strict=True,
    ):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, exact, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_weights_count_rows_as_often_as_they_say(name, data):
    inputs, targets = data(name)
    network = network_for(name, "tanh", (5,))
    times = [2, 0, 1, 3, 1, 1]
    rows = np.repeat(np.arange(6), times)
    repeated = gradient(network, inputs[rows], targets[rows], loss=name)
    weighted = gradient(network, inputs, targets, times, loss=name)
    assert weighted.loss == pytest.approx(repeated.loss, rel=1e-13)
    for mine, slope in zip(weighted.weights, repeated.weights, strict=True):
        np.testing.assert_allclose(mine, slope, rtol=1e-12, atol=1e-15)


def test_several_sigmoids_are_as_many_networks(data):
    inputs, _ = data("squared_error")
    targets = np.random.default_rng(4).integers(0, 2, (6, 3))
    network = Network([3, 3], output="sigmoid", dtype=np.float64)
    found = gradient(network, inputs, targets)
    for k in range(3):
        one = Network([3, 1], output="sigmoid", dtype=np.float64)
        one = one.with_weights([network.weights[0][:, k : k + 1]])
        alone = gradient(one, inputs, targets[:, k])
        np.testing.assert_allclose(found.weights[0][:, k : k + 1], alone.weights[0], rtol=1e-13)
