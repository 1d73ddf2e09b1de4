"""Initialisation: variances, orthogonality, paired noise, and the second moment kept by auto."""

import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin.catalogue import get
from nonlin.network import Network
from nonlin.network.initialise import INITIALISATIONS, usable_gain

FAN_IN, FAN_OUT = 300, 200
VARIANCES = {
    "glorot_normal": 2 / (FAN_IN + FAN_OUT),
    "glorot_uniform": 2 / (FAN_IN + FAN_OUT),
    "he_normal": 2 / FAN_IN,
    "he_uniform": 2 / FAN_IN,
    "lecun_normal": 1 / FAN_IN,
    "lecun_uniform": 1 / FAN_IN,
    "zeros": 0.0,
}


@pytest.mark.parametrize("name", VARIANCES)
def test_variance_of_the_weights(name):
    weights = Network([FAN_IN, FAN_OUT], init=name, seed=1).weights[0].astype(float)
    assert weights.var() == pytest.approx(VARIANCES[name], rel=0.03)
    assert abs(weights.mean()) <= 4 * np.sqrt(VARIANCES[name] / weights.size)
    if name.endswith("uniform"):
        assert np.abs(weights).max() <= np.sqrt(3 * VARIANCES[name]) * (1 + 1e-6)


@pytest.mark.parametrize("hidden", ["relu", "tanh", "gelu", "sigmoid"])
def test_auto_scales_by_the_gain_of_the_activation_that_feeds_the_layer(hidden):
    first, second = Network([FAN_IN, 400, FAN_OUT], hidden, seed=2).weights
    gain = get(hidden).gain
    assert first.var() == pytest.approx(1 / FAN_IN, rel=0.03)
    assert second.var() == pytest.approx(gain**2 / 400, rel=0.03)


@pytest.mark.parametrize("sizes", [(40, 40), (60, 20), (20, 60)])
def test_orthogonal(sizes):
    weights = Network(sizes, init="orthogonal", dtype=np.float64).weights[0]
    product = weights.T @ weights if sizes[0] >= sizes[1] else weights @ weights.T
    np.testing.assert_allclose(product, np.eye(min(sizes)), atol=1e-12)


def test_orthogonal_is_scaled_by_the_gain():
    second = Network([10, 30, 30], "relu", init="orthogonal", dtype=np.float64).weights[1]
    np.testing.assert_allclose(second.T @ second, get("relu").gain ** 2 * np.eye(30), atol=1e-12)


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_same_seed_same_weights_and_zero_biases(name):
    first, again = (Network([5, 7, 3], init=name, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.parameters, again.parameters)
    assert not np.concatenate(first.biases).any()
    other = Network([5, 7, 3], init=name, seed=5)
    assert name == "zeros" or not np.array_equal(first.parameters, other.parameters)


def test_the_noise_does_not_depend_on_the_activation():
    relu, tanh = (Network([5, 7, 3], hidden, seed=6).weights for hidden in ("relu", "tanh"))
    np.testing.assert_array_equal(relu[0], tanh[0])
    ratio = get("relu").gain / get("tanh").gain
    np.testing.assert_allclose(relu[1], ratio * tanh[1], rtol=1e-5)


def test_the_noise_of_a_layer_does_not_depend_on_the_other_layers():
    short = Network([5, 7, 3], seed=6, init="he_normal").weights
    long = Network([5, 7, 3, 2], seed=6, init="he_normal").weights
    np.testing.assert_array_equal(short[1], long[1])
    wide = Network([9, 7, 3], seed=6, init="he_normal").weights
    np.testing.assert_array_equal(short[1], wide[1])
    assert not np.array_equal(
        Network([4, 4, 4], seed=6, init="he_normal").weights[0],
        Network([4, 4, 4], seed=6, init="he_normal").weights[1],
    )


@pytest.mark.parametrize("hidden", ["relu", "tanh", "gelu", "sigmoid", "sine"])
def test_auto_keeps_the_second_moment_through_ten_layers(hidden):
    rows = np.random.default_rng(0).standard_normal((100, 512))
    moments = []
    for seed in range(3):
        trace = Network([512] * 12, hidden, seed=seed).trace(rows)
        moments.append(
            [float(np.mean(layer.preactivations.astype(float) ** 2)) for layer in trace.layers[:11]]
        )
    np.testing.assert_allclose(np.mean(moments, axis=0), 1.0, rtol=0.1)


@pytest.mark.parametrize("gain", [np.inf, np.nan, 0.0, 1e-20, 1e20])
def test_a_gain_that_cannot_scale_is_refused(gain):
    with pytest.raises(InputError) as caught:
        usable_gain("flat", gain)
    assert caught.value.key == "no_gain"
    assert "flat" in str(caught.value)
