"""Initialisation: variances, orthogonality, paired noise, and the second moment kept by auto."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.catalogue import get
from nonlin.init.fitted import FITS
from nonlin.init.rules import RULES, usable_gain
from nonlin.network import Initialisation, Network

FAN_IN, FAN_OUT = 300, 200
PLAIN = [name for name, rule in RULES.items() if not rule.from_data]
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


@pytest.mark.parametrize("name", PLAIN)
def test_same_seed_same_weights(name):
    first, again = (Network([5, 7, 3], "tanh", init=name, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.parameters, again.parameters)
    assert np.concatenate(first.biases).any() == (name == "critical")
    other = Network([5, 7, 3], "tanh", init=name, seed=5)
    constant = name in ("zeros", "constant")
    assert np.array_equal(first.parameters, other.parameters) == constant
    alone = Initialisation(name)
    np.testing.assert_array_equal(
        alone.weights(5, 7, "tanh", seed=3), alone.weights(5, 7, "tanh", seed=3)
    )


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
    q = Initialisation("auto", depth=10).chosen(hidden).q
    moments = []
    for seed in range(3):
        trace = Network([512] * 12, hidden, seed=seed).trace(rows)
        moments.append(
            [float(np.mean(layer.preactivations.astype(float) ** 2)) for layer in trace.layers]
        )
    np.testing.assert_allclose(np.mean(moments, axis=0), [q] * 10 + [1.0], rtol=0.1)


@pytest.mark.parametrize("gain", [np.inf, np.nan, 0.0, 1e-20, 1e20])
def test_a_gain_that_cannot_scale_is_refused(gain):
    with pytest.raises(InputError) as caught:
        usable_gain("flat", gain)
    assert caught.value.key == "no_gain"
    assert "flat" in str(caught.value)


@pytest.mark.parametrize("feeding", ["relu", "gelu", "tanh", "sigmoid"])
def test_derived_variances(feeding):
    second, slope = (getattr(nl.moments(feeding), n) for n in ("second", "slope_second"))
    expected = {
        "forward": 1 / (FAN_IN * second),
        "backward": 1 / (FAN_OUT * slope),
        "balanced": 2 / (FAN_IN * second + FAN_OUT * slope),
        "sparse": 1 / (FAN_IN * second),
    }
    for name, variance in expected.items():
        rule = Initialisation(name)
        assert rule.std(FAN_IN, FAN_OUT, feeding) ** 2 == pytest.approx(variance, rel=1e-12)
        assert rule.weights(FAN_IN, FAN_OUT, feeding).var() == pytest.approx(variance, rel=0.05)


def test_published_rules_are_special_cases():
    """backward and forward of relu are those of He et al., balanced of a line is Glorot's."""
    he = Initialisation("he_normal").std(30, 40)
    assert Initialisation("forward").std(30, 40, "relu") == pytest.approx(he, rel=1e-14)
    assert Initialisation("backward").std(40, 30, "relu") == pytest.approx(he, rel=1e-14)
    glorot = Initialisation("glorot_normal").std(30, 40)
    assert Initialisation("balanced").std(30, 40, "identity") == pytest.approx(glorot, rel=1e-14)
    assert Initialisation("xavier_normal") == Initialisation("glorot_normal")


def test_critical_weights_and_biases():
    rule = Initialisation("critical", q=2.0)
    weights, biases = nl.critical("tanh", q=2.0)
    drawn = rule.weights(400, 500, "tanh", seed=1)
    assert drawn.var() == pytest.approx(weights / 400, rel=0.02)
    assert rule.biases(20_000, "tanh", seed=1).var() == pytest.approx(biases, rel=0.05)
    assert not rule.biases(10, None).any()
    with pytest.raises(InputError) as caught:
        Initialisation("critical").weights(5, 5, "sigmoid")
    assert caught.value.key == "no_critical"


@pytest.mark.parametrize("q", [0.5, 2.0])
def test_critical_keeps_lengths_at_q_through_sixty_layers(q):
    rows = np.random.default_rng(0).standard_normal((50, 512))
    init = Initialisation("critical", q=q)
    trace = Network([512] * 61, "tanh", init=init, seed=3).trace(rows)
    sizes = [float(np.mean(each.preactivations.astype(float) ** 2)) for each in trace.layers[:-1]]
    np.testing.assert_allclose(sizes, q, rtol=0.35)


def test_sparse_columns_have_fifteen_entries():
    drawn = Initialisation("sparse").weights(100, 40, "relu")
    assert ((drawn != 0).sum(axis=0) == 15).all()
    assert (Initialisation("sparse").weights(6, 4) != 0).all()


def test_constant():
    assert (Initialisation("constant", value=0.25).weights(3, 2) == 0.25).all()
    assert not Initialisation("zeros").weights(3, 2).any()


def test_delta_orthogonal_is_an_isometry_at_the_centre():
    drawn = Initialisation("delta_orthogonal").convolution((3, 5), 4, 6)
    assert drawn.shape == (3, 5, 4, 6)
    centre = drawn[1, 2]
    np.testing.assert_allclose(centre @ centre.T, np.eye(4), atol=1e-12)
    assert np.count_nonzero(drawn) == np.count_nonzero(centre)
    with pytest.raises(InputError) as caught:
        Initialisation("delta_orthogonal").convolution((3, 3), 6, 4)
    assert caught.value.key == "delta_channels"
    he = Initialisation("he_normal").convolution((3, 3), 50, 60)
    assert he.var() == pytest.approx(2 / 450, rel=0.05)


def test_lsuv_gives_every_layer_variance_one():
    X = np.random.default_rng(1).standard_normal((300, 20)) * 7 + 3
    net = Network([20, 60, 60, 60, 5], "gelu", seed=2)
    fitted = Initialisation("lsuv").fitted(net, X)
    for layer in fitted.trace(X).layers:
        assert layer.weighted_sums.astype(float).var() == pytest.approx(1, abs=0.05)
    assert fitted.hidden == net.hidden
    assert not np.array_equal(fitted.parameters, net.parameters)


def test_autoinit_tracks_mean_and_variance():
    """The mean square of the inputs, 58, is measured; behind gelu it is computed."""
    X = np.random.default_rng(1).standard_normal((400, 300)) * 7 + 3
    fitted = Initialisation("autoinit").fitted(Network([300, 400, 400], "gelu", seed=2), X)
    first, second = fitted.weights
    assert first.var() == pytest.approx(1 / (300 * (X**2).mean()), rel=0.03)
    assert second.var() == pytest.approx(nl.get("gelu").gain ** 2 / 400, rel=0.03)


def test_all_that_starts_from_data_is_fitted_and_drawn_until_then():
    assert set(FITS) == set(RULES) - set(PLAIN)
    for name in FITS:
        drawn = Network([5, 7, 3], "tanh", init=RULES[name].before, seed=4)
        np.testing.assert_array_equal(
            Network([5, 7, 3], "tanh", init=name, seed=4).parameters, drawn.parameters
        )


def test_what_starts_from_data_needs_data():
    net, X = Network([3, 4, 2]), np.ones((5, 3))
    cases = [
        ("needs_data", lambda: Initialisation("lsuv").weights(3, 4)),
        ("needs_no_data", lambda: Initialisation("he_normal").fitted(net, X)),
        ("layer_without_variance", lambda: Initialisation("autoinit").fitted(net, 0 * X)),
        ("layer_without_variance", lambda: Initialisation("lsuv").fitted(net, 0 * X)),
        ("wrong_columns", lambda: Initialisation("lsuv").fitted(net, X[:, :2])),
        ("unknown_initialisation", lambda: Initialisation("hee")),
        ("unknown_initialisation", lambda: Initialisation(3)),
        ("bad_number", lambda: Initialisation("critical", q=0)),
        ("bad_size", lambda: Initialisation("he_normal").weights(0, 3)),
        ("no_gain", lambda: Initialisation("forward").weights(2, 3, nl.activation("z", "0*x"))),
    ]
    for key, call in cases:
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.key == key


def test_auto_picks_and_says_why():
    """Shallow: forward. Deep tanh: the edge of chaos, nearly a line; relu is homogeneous."""
    auto = Initialisation("auto")
    assert auto.chosen("tanh").name == "forward"
    deep = Initialisation("auto", depth=50)
    assert (deep.chosen("tanh").name, deep.chosen("tanh").q) == ("critical", 0.1)
    assert deep.chosen("relu").name == "forward"
    assert (deep.chosen("gelu").name, deep.chosen("gelu").q) == ("critical", 0.001)
    assert (deep.chosen("softplus").name, deep.chosen("softplus").q > 100) == ("forward", True)
    assert "0.3943" in str(auto.reason("tanh"))
    assert "1.178" in str(deep.reason("tanh"))
    assert "mean square 0.1" in str(deep.reason("tanh"))
    for name in PLAIN:
        assert str(Initialisation(name).reason("gelu")).startswith(
            "forward" if name == "auto" else name
        )


def test_auto_says_that_its_fixed_point_is_unstable():
    """Squared relu: V(q) is q^2 times a constant, so the slope at 1 is 2; 2^60 = 1.2e18."""
    why = str(Initialisation("auto", depth=60).reason("relu_squared"))
    assert "2 in each layer, 1.2×10¹⁸ over 60 layers" in why
    assert "unstable" in why
    assert "nl.shape" in why
    assert "keep the size" not in why


def test_auto_says_that_gradients_vanish_or_that_all_is_well():
    """A staircase has no slope; relu keeps both; a shallow network is as before."""
    deep = Initialisation("auto", depth=60)
    assert "the factor 0 in each layer, 0 over 60 layers" in str(deep.reason("binary_step"))
    assert "no size of signals was found" in str(deep.reason("binary_step"))
    assert "nl.shape" not in str(deep.reason("relu"))
    assert "nl.shape" not in str(Initialisation("auto", depth=4).reason("relu_squared"))


def test_auto_says_how_softplus_keeps_its_gradients():
    """Close to relu, with sums so large that the bend does not matter."""
    why = str(Initialisation("auto", depth=60).reason("softplus"))
    assert "weights of variance 2 / fan-in keep sums of mean square 3160" in why
    assert "by the factor 0.9858 in each layer" in why


def test_forward_keeps_other_sizes_and_leads_to_them():
    """q / E[f(sqrt(q) z)^2], and target / E[f(sqrt(q) z)^2]."""
    second = nl.moments("tanh", std=2.0).second
    there = Initialisation("forward", q=4.0)
    back = Initialisation("forward", q=4.0, target=1.0)
    assert there.std(50, 50, "tanh") ** 2 == pytest.approx(4 / (50 * second), rel=1e-12)
    assert back.std(50, 50, "tanh") ** 2 == pytest.approx(1 / (50 * second), rel=1e-12)
    assert there.std(50, 50) ** 2 == pytest.approx(4 / 50, rel=1e-12)
    with pytest.raises(InputError, match="target"):
        Initialisation("forward", target=0.0)


def test_auto_keeps_the_gradients_of_a_deep_network():
    """Depth 60, tanh: 60 layers of the forward gain would multiply them by 1.18^60 = 22,000."""
    weights = Network([200] * 62, "tanh", seed=0, dtype=np.float64)
    x = np.random.default_rng(0).standard_normal((40, 200))
    trace = weights.trace(x)
    grad = np.random.default_rng(1).standard_normal((40, 200))
    start = np.square(grad).mean()
    for layer in reversed(trace.layers[1:-1]):
        grad = layer.activation.backward(grad, layer.preactivations) @ layer.weights.T
    assert 0.1 < np.square(grad).mean() / start < 10
    biases = nl.critical("tanh", q=0.1).bias_variance
    assert math.isclose(weights.biases[3].std(), biases**0.5, rel_tol=0.2)


@pytest.mark.parametrize("name", [name for name in PLAIN if name != "constant"])
def test_what_is_drawn_has_the_variance_of_the_rule(name):
    weights = Network([300, FAN_IN, FAN_OUT], "tanh", init=name, seed=1).weights[1].astype(float)
    expected = Initialisation(name).std(FAN_IN, FAN_OUT, get("tanh"))
    assert np.sqrt(np.mean(weights**2)) == pytest.approx(expected, rel=0.02)
