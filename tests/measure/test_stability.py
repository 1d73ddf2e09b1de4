import math

import numpy as np
import pytest

import nonlin as nl
from nonlin.measure.stability import dead_units, gradient_ratio, saturated_share
from nonlin.network import Network

X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], np.float32)


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
    assert dead_units(network, X).value == 0.5
    assert dead_units(network, X[:2]).value == 0.75
    alike = one_layer("leaky_relu", [[-1, 1, 0, 1], [-2, -1, 0, 1]], [0, 0, 0, -1.5])
    assert dead_units(alike, X).value == 0.0


def test_saturated_share_of_tanh():
    # tanh'(z) = 1 - tanh(z)^2 < 0.01 from |z| = 2.993 on
    network = one_layer("tanh", [[2.9, -3.1], [2.9, 3.1]])
    # z: (2.9, -3.1), (2.9, 3.1), (5.8, 0): 3 of 6 are saturated
    assert saturated_share(network, X).value == pytest.approx(0.5)


def test_saturation_is_relative_to_the_steepest_slope():
    # sigmoid' is at most 1/4: saturated below 0.0025, from |z| = 5.98 on
    assert saturated_share(one_layer("sigmoid", [[5.9], [5.9]]), X[:2]).value == 0.0
    assert saturated_share(one_layer("sigmoid", [[6.1], [6.1]]), X[:2]).value == 1.0


def test_a_leak_of_one_per_cent_is_not_saturation():
    left = [[-1.0], [-1.0]]
    assert saturated_share(one_layer("leaky_relu", left), X).value == 0.0
    assert saturated_share(one_layer(nl.leaky_relu.bind(alpha=0.009), left), X).value == 1.0
    assert saturated_share(one_layer("relu", left), X).value == 1.0


def test_a_slope_without_bound_is_compared_with_the_largest_one_met():
    square = nl.activation("square", "x * x")
    network = Network([2, 2, 1], square, "identity", "he_normal", seed=0)
    weights = [np.array([[1, 0.001], [1, 0.001]], np.float32), np.ones((2, 1), np.float32)]
    assert saturated_share(network.with_weights(weights), X).value == 0.5


def test_a_step_is_all_dead_and_all_saturated():
    network = one_layer("binary_step", [[1.0], [1.0]])
    assert dead_units(network, X).value == 1.0
    assert saturated_share(network, X).value == 1.0


def test_gradient_ratio_by_hand():
    """L = (x w v)^2 for y = 0: dL/dw = 2 (x w v) x v, dL/dv = 2 (x w v) x w; ratio v / w."""
    network = Network([1, 1, 1], "identity", "identity", seed=0)
    network = network.with_weights([np.array([[2.0]]), np.array([[0.5]])])
    found = gradient_ratio(network, np.ones((1, 1), np.float32), np.zeros(1))
    assert found.value == pytest.approx(0.25)
    assert found.standard_error is None


def test_deep_sigmoids_vanish_and_relu_does_not():
    random = np.random.default_rng(0)
    inputs, target = random.normal(size=(64, 16)).astype(np.float32), random.normal(size=64)
    sizes = [16, *[16] * 12, 1]
    sigmoid = Network(sizes, "sigmoid", init="glorot_normal", seed=1)
    relu = Network(sizes, "relu", init="he_normal", seed=1)
    assert gradient_ratio(sigmoid, inputs, target).value < 1e-6
    assert 0.05 < gradient_ratio(relu, inputs, target).value < 20


def test_no_gradient_at_all_is_no_division_by_zero():
    network = Network([2, 3, 1], "relu", init="zeros", seed=0)
    assert gradient_ratio(network, X, np.zeros(3)).value == 1.0
    assert math.isfinite(gradient_ratio(network, X, np.ones(3)).value)
