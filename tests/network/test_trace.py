"""The trace: its numbers agree with the forward pass, its text with its numbers."""

import numpy as np
import pytest

from nonlin._text import speaking
from nonlin.network import Network


@pytest.fixture
def small():
    network = Network([2, 2, 1], "relu", dtype=np.float64)
    return network.with_weights([[[0.5, 1.0], [-0.3, 2.0]], [[3.0], [0.5]]], [[0.1, 0.0], [-1.0]])


def test_every_number_of_every_layer(small):
    trace = small.trace([[0.1, 0.7], [1.0, 0.0]])
    first, last = trace.layers
    np.testing.assert_allclose(first.weighted_sums, [[-0.16, 1.5], [0.5, 1.0]])
    np.testing.assert_allclose(first.preactivations, [[-0.06, 1.5], [0.6, 1.0]])
    np.testing.assert_allclose(first.activations, [[0, 1.5], [0.6, 1.0]])
    np.testing.assert_array_equal(last.inputs, first.activations)
    np.testing.assert_allclose(last.weighted_sums, [[0.75], [2.3]])
    np.testing.assert_allclose(trace.output, [[-0.25], [1.3]])
    np.testing.assert_array_equal(last.weights, small.weights[1])
    np.testing.assert_array_equal(last.biases, small.biases[1])


def test_text_tells_the_sums_number_by_number(small):
    with speaking("en"):
        lines = small.trace([[0.1, 0.7]]).text().splitlines()
    assert lines == [
        "Forward pass of sample 1 of 1 (calculated with all digits, shown with four)",
        "Inputs (2): 0.1, 0.7",
        "",
        "Layer 1, hidden (relu): inputs 2, neurons 2",
        "  z_1 = 0.5*0.1 + (-0.3)*0.7 + 0.1 = -0.06; a_1 = relu(-0.06) = 0",
        "  z_2 = 1*0.1 + 2*0.7 + 0 = 1.5; a_2 = relu(1.5) = 1.5",
        "",
        "Layer 2, output (identity): inputs 2, neurons 1",
        "  z_1 = 3*0 + 0.5*1.5 + (-1) = -0.25; a_1 = identity(-0.25) = -0.25",
    ]


def test_text_is_chinese_where_chinese_is_spoken(small):
    with speaking("zh"):
        told = str(small.trace([[0.1, 0.7]]))
    assert "前向传播" in told
    assert "隐藏层" in told
    assert "z_1 = 0.5*0.1 + (-0.3)*0.7 + 0.1 = -0.06" in told
    assert "neurons" not in told


def test_softmax_shows_the_row():
    network = Network([3, 3], output="softmax").with_weights([np.eye(3)])
    with speaking("en"):
        told = str(network.trace([[3, 1, 0.2]]))
    assert told.endswith("softmax(3, 1, 0.2) = (0.836, 0.1131, 0.05084)")
    assert "a_1" not in told


def test_wide_layers_are_cut_and_say_so():
    trace = Network([20, 12, 2], "relu").trace(np.ones((1, 20)))
    with speaking("en"):
        told = trace.text(terms=3, neurons=5)
        everything = trace.text(terms=20, neurons=20)
    assert told.count("a_") == 5 + 2
    assert "Inputs (20): 1, 1, 1, 1, 1, [15 more]" in told
    assert "[17 more terms]" in told
    assert "[7 more neurons]" in told
    assert "more" not in everything
    assert everything.count("a_") == 12 + 2


def test_the_sample_asked_for_is_told(small):
    with speaking("en"):
        told = small.trace([[0.1, 0.7], [1.0, 0.0]]).text(1)
    assert "Forward pass of sample 2 of 2" in told
    assert "0.5*1 + (-0.3)*0 + 0.1 = 0.6" in told


def test_trace_agrees_with_forward_and_keeps_its_own_weights():
    network = Network([4, 6, 3], "gelu", "softmax", seed=1)
    inputs = np.random.default_rng(0).standard_normal((5, 4))
    trace = network.trace(inputs)
    np.testing.assert_array_equal(trace.output, network.forward(inputs))
    before = trace.layers[0].weights.copy()
    network.parameters[:] = 0
    np.testing.assert_array_equal(trace.layers[0].weights, before)


def test_a_trace_of_no_samples_can_be_printed():
    with speaking("en"):
        assert str(Network([2, 1]).trace(np.empty((0, 2)))) == "Forward pass of no samples."


@pytest.mark.parametrize(("name", "outputs"), [("glu", 2), ("crelu", 8)])
def test_outputs_that_are_not_one_for_each_neuron_are_told_together(name, outputs):
    trace = Network([3, 4], output=name).trace([[1.0, 2.0, 3.0]])
    *_, neuron, together = str(trace).splitlines()
    assert neuron.startswith("  z_4 = ")
    assert "a_4" not in neuron
    assert together.startswith(f"  {name}(")
    assert len(together.partition(" = ")[2].split(", ")) == outputs
