import numpy as np
import pytest

import nonlin as nl
from nonlin._text import catalogue, speaking

RNG = np.random.default_rng(0)
X = RNG.standard_normal((64, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int64)


def fit(network, **options):
    return network.fit(X, Y, batch_size=16, epochs=5, **options).divergence


def test_a_sound_run_has_none():
    assert fit(nl.Network([4, 8, 2], "relu", "softmax")) is None


def test_too_large_steps_are_told_with_the_losses_before():
    network = nl.Network([4, 8, 8, 2], "relu", "softmax")
    record = network.copy().fit(X, Y, batch_size=16, learning_rate=1e6, optimizer="sgd")
    found = record.divergence
    assert found.step == record.diverged_at > 1
    assert found.epoch == 1 + (found.step - 1) // 4
    assert found.where in ("sums", "parameters")
    assert 1 <= found.layer <= 3
    assert found.losses[-1] != found.losses[-1] or found.losses[-1] > 1e6
    assert max(found.growth) > 10
    assert "smaller learning rate than 1e+06" in str(found)
    # the losses are those that training really saw: the first one is that of the first batch
    assert found.losses[0] < 10


def test_the_layer_is_the_first_whose_sums_break():
    network = nl.Network([4, 8, 8, 8, 2], "relu", "softmax")
    network.weights[1][:] = 1e25
    network.weights[2][:] = 1e25
    found = fit(network)
    assert (found.step, found.layer, found.where) == (1, 3, "sums")
    assert "inputs, are too large" in str(found)


def test_activations_can_break_where_sums_do_not():
    network = nl.Network([4, 8, 2], nl.activation("bang", "exp(x * x)"), "softmax", "he_normal")
    network.biases[0][:] = 20
    found = fit(network)
    assert (found.step, found.layer, found.where) == (1, 1, "activations")


def test_parameters_that_an_update_breaks():
    network = nl.Network([4, 8, 2], "tanh", "softmax")
    found = fit(network, learning_rate=1e38, optimizer="sgd", momentum=0.0)
    assert found.where in ("parameters", "sums")
    assert found.layer in (1, 2)


@pytest.mark.parametrize("layer", [1, 3])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_parameters_that_were_broken_before_training(layer, value):
    network = nl.Network([4, 8, 8, 2], "relu", "softmax")
    network.weights[layer - 1][0, 0] = value
    found = fit(network)
    assert (found.step, found.layer, found.where) == (1, layer, "start")
    assert str(found).endswith(f"biases of layer {layer} were not finite before training.")
    with speaking("zh"):
        assert str(found).endswith(f"第 {layer} 层的权重或偏置在训练之前就已是非有限值。")


def test_large_float64_parameters_are_finite_before_training():
    network = nl.Network([4, 8, 2], "relu", "softmax", dtype="float64")
    network.weights[1][:] = 1e200
    assert fit(network).where != "start"


def test_a_loss_can_break_alone():
    network = nl.Network([4, 8, 1], "relu", "identity")
    found = network.fit(X, np.full(64, 1e30), batch_size=16).divergence
    assert (found.layer, found.where) == (None, "loss")
    assert found.growth == pytest.approx((1.0, 1.0))


def test_the_network_keeps_its_best_parameters():
    network = nl.Network([4, 8, 2], "relu", "softmax")
    before = network.parameters.copy()
    assert fit(network, learning_rate=1e30, optimizer="sgd") is not None
    assert np.array_equal(network.parameters, before)


def test_it_is_told_in_chinese_without_blanks():
    network = nl.Network([4, 8, 2], "relu", "softmax")
    found = fit(network, learning_rate=1e30, optimizer="sgd")
    with speaking("zh"):
        assert "。 " not in str(found)
        assert "发散" in str(found)
    assert "divergence.sums" in catalogue("zh")
