"""Back-propagation of the compiled loop against finite differences, in float64."""

import numpy as np
import pytest

from nonlin.network import LOSSES, Network, gradient

ACTIVATIONS = ["tanh", "sigmoid", "gelu", "silu", "softplus", "relu", "leaky_relu", "sine"]
OUTPUTS = {"identity": 2, "sigmoid": 1, "softmax": 4}


def _data(output, outputs):
    random = np.random.default_rng(1)
    inputs = random.standard_normal((6, 3))
    targets = {
        "identity": random.standard_normal((6, outputs)),
        "sigmoid": random.integers(0, 2, 6),
        "softmax": random.integers(0, outputs, 6),
    }
    return inputs, targets[output]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_every_derivative(hidden, depth, output, reference_loss):
    outputs = OUTPUTS[output]
    inputs, targets = _data(output, outputs)
    sizes = [3, *(5, 4, 3)[:depth], outputs]
    network = Network(sizes, hidden, output, seed=depth, dtype=np.float64)
    network.parameters[:] += 0.1 * np.random.default_rng(2).standard_normal(network.parameters.size)
    y = LOSSES[output].prepare(targets, 6, outputs)
    found = gradient(network, inputs, targets)

    def loss(network):
        return reference_loss(output, network.logits(inputs), y)

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


def test_each_layer_uses_its_own_activation():
    inputs, targets = _data("identity", 1)
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


def test_float32_agrees_with_float64():
    inputs, targets = _data("softmax", 4)
    double = Network([3, 8, 4], "gelu", "softmax", dtype=np.float64)
    single = Network([3, 8, 4], "gelu", "softmax")
    for mine, exact in zip(
        gradient(single, inputs, targets).weights,
        gradient(double, inputs, targets).weights,
        strict=True,
    ):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, exact, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("output", OUTPUTS)
def test_weights_count_rows_as_often_as_they_say(output):
    inputs, targets = _data(output, OUTPUTS[output])
    network = Network([3, 5, OUTPUTS[output]], "tanh", output, dtype=np.float64)
    times = [2, 0, 1, 3, 1, 1]
    repeated = gradient(network, np.repeat(inputs, times, 0), np.repeat(targets, times, 0))
    weighted = gradient(network, inputs, targets, times)
    assert weighted.loss == pytest.approx(repeated.loss, rel=1e-13)
    for mine, slope in zip(weighted.weights, repeated.weights, strict=True):
        np.testing.assert_allclose(mine, slope, rtol=1e-12, atol=1e-15)


def test_several_sigmoids_are_as_many_networks():
    inputs, _ = _data("identity", 1)
    targets = np.random.default_rng(4).integers(0, 2, (6, 3))
    network = Network([3, 3], output="sigmoid", dtype=np.float64)
    found = gradient(network, inputs, targets)
    for k in range(3):
        one = Network([3, 1], output="sigmoid", dtype=np.float64)
        one = one.with_weights([network.weights[0][:, k : k + 1]])
        alone = gradient(one, inputs, targets[:, k])
        np.testing.assert_allclose(found.weights[0][:, k : k + 1], alone.weights[0], rtol=1e-13)
