"""What the race asks of a network: dead and saturated units, the ratio of gradients."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.layers.network_passes import looked_at, starting
from nonlin.network import Network

X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], np.float32)


def dead_units(network, inputs):
    return looked_at(network, inputs)[0]


def saturated_share(network, inputs):
    return looked_at(network, inputs)[1]


def gradient_ratio(network, inputs, target):
    return starting(network, inputs, target)[1]


def one_layer(activation, weights, biases=None):
    """Two inputs, as many hidden neurons as there are columns, one output."""
    first = np.asarray(weights, np.float32)
    network = Network([2, first.shape[1], 1], activation, "identity", seed=0)
    second = np.ones((first.shape[1], 1), np.float32)
    if biases is not None:
        biases = [np.asarray(biases, np.float32), np.zeros(1, np.float32)]
    return network.with_weights([first, second], biases)


def test_dead_units_are_counted():
    # neuron 1: z < 0 on every row; 2: z > 0 on two rows; 3: z = 0 everywhere, relu'(0) = 0;
    # 4: z > 0 on the last row only
    network = one_layer("relu", [[-1, 1, 0, 1], [-2, -1, 0, 1]], [0, 0, 0, -1.5])
    assert dead_units(network, X) == 0.5
    assert dead_units(network, X[:2]) == 0.75
    alike = one_layer("leaky_relu", [[-1, 1, 0, 1], [-2, -1, 0, 1]], [0, 0, 0, -1.5])
    assert dead_units(alike, X) == 0.0


def test_saturated_share_of_tanh():
    # tanh'(z) = 1 - tanh(z)^2 < 0.01 from |z| = 2.993 on
    network = one_layer("tanh", [[2.9, -3.1], [2.9, 3.1]])
    # z: (2.9, -3.1), (2.9, 3.1), (5.8, 0): 3 of 6 are saturated
    assert saturated_share(network, X) == pytest.approx(0.5)


def test_saturation_is_relative_to_the_steepest_slope():
    # sigmoid' is at most 1/4: saturated below 0.0025, from |z| = 5.98 on
    assert saturated_share(one_layer("sigmoid", [[5.9], [5.9]]), X[:2]) == 0.0
    assert saturated_share(one_layer("sigmoid", [[6.1], [6.1]]), X[:2]) == 1.0


def test_a_leak_of_one_per_cent_is_not_saturation():
    left = [[-1.0], [-1.0]]
    assert saturated_share(one_layer("leaky_relu", left), X) == 0.0
    assert saturated_share(one_layer(nl.leaky_relu.bind(alpha=0.009), left), X) == 1.0
    assert saturated_share(one_layer("relu", left), X) == 1.0


def test_a_slope_without_bound_is_compared_with_the_largest_one_met():
    square = nl.activation("square", "x * x")
    network = Network([2, 2, 1], square, "identity", "he_normal", seed=0)
    weights = [np.array([[1, 0.001], [1, 0.001]], np.float32), np.ones((2, 1), np.float32)]
    assert saturated_share(network.with_weights(weights), X) == 0.5


def test_a_step_is_all_dead_and_all_saturated():
    network = one_layer("binary_step", [[1.0], [1.0]])
    assert dead_units(network, X) == 1.0
    assert saturated_share(network, X) == 1.0


def test_gradient_ratio_by_hand():
    """z2 = w2 z1 + b2, so dL/dz1 = w2 dL/dz2, whatever comes before and behind."""
    network = Network([1, 1, 1, 1], "identity", "identity", seed=0)
    network = network.with_weights([np.array([[2.0]]), np.array([[0.25]]), np.array([[3.0]])])
    rows, target = np.array([[1.0], [5.0]], np.float32), np.zeros(2)
    assert gradient_ratio(network, rows, target) == pytest.approx(0.25)


def test_of_one_hidden_layer_the_ratio_is_1():
    assert gradient_ratio(one_layer("tanh", [[2.9, -3.1], [2.9, 3.1]]), X, np.ones(3)) == 1.0


@pytest.mark.parametrize("name", ["relu", "sigmoid", "gelu"])
def test_it_is_the_ratio_that_stability_tells(name):
    random = np.random.default_rng(0)
    inputs, target = random.normal(size=(64, 16)).astype(np.float32), random.integers(0, 3, 64)
    network = Network([16, 20, 20, 20, 3], name, "softmax")
    seen = nl.stability(network, inputs, target)
    dead, ratio = starting(network, inputs, target)
    assert ratio == seen.gradient_ratio
    assert dead == np.mean([layer.dead_share for layer in seen.hidden])
    assert looked_at(network, inputs)[0] == dead
    saturated = np.mean([layer.saturated_share for layer in seen.hidden])
    assert looked_at(network, inputs)[1] == pytest.approx(saturated)


def test_deep_sigmoids_vanish_and_relu_does_not():
    random = np.random.default_rng(0)
    inputs, target = random.normal(size=(64, 16)).astype(np.float32), random.normal(size=64)
    sizes = [16, *[16] * 12, 1]
    sigmoid = Network(sizes, "sigmoid", init="glorot_normal", seed=1)
    relu = Network(sizes, "relu", init="he_normal", seed=1)
    assert gradient_ratio(sigmoid, inputs, target) < 1e-6
    assert 0.05 < gradient_ratio(relu, inputs, target) < 20


def test_no_gradient_at_all_is_no_division_by_zero():
    network = Network([2, 3, 4, 1], "relu", init="zeros", seed=0)
    assert gradient_ratio(network, X, np.zeros(3)) == 1.0
    assert math.isfinite(gradient_ratio(network, X, np.ones(3)))


def test_ratios_are_held_where_their_logarithms_have_a_mean():
    inputs = np.ones((3, 2), np.float32)
    network = Network([2, 3, 4, 1], "relu", init="zeros", seed=0)
    network.weights[2][:] = network.biases[1][:] = 1  # a gradient in the last hidden layer only
    assert gradient_ratio(network, inputs, np.zeros(3)) == pytest.approx(1e-30, rel=1e-9)
    network.weights[1][:] = np.nan
    assert math.isnan(gradient_ratio(network, inputs, np.zeros(3)))


@pytest.mark.parametrize("rows", [X[:0], X[:, :1], X * np.nan])
def test_unusable_rows_are_refused(rows):
    network = one_layer("relu", [[1.0], [1.0]])
    for look in (looked_at, lambda *given: starting(*given, np.ones(len(rows)))):
        with pytest.raises(InputError):
            look(network, rows)
