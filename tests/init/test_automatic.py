"""What auto picks: signals and gradients of the core thirty over 5, 20 and 60 layers."""

from pathlib import Path

import numpy as np
import pytest

import nonlin as nl
from nonlin.init.automatic import DEEP, pick
from nonlin.keep.code.facts import scales
from nonlin.network import Initialisation, Network

CORE = (
    "sigmoid", "log_sigmoid", "hard_sigmoid", "tanh", "hard_tanh", "softsign", "arctan", "erf",
    "identity", "relu", "leaky_relu", "prelu", "relu6", "relu_squared", "elu", "selu", "softplus",
    "squareplus", "softshrink", "hardshrink", "tanhshrink", "gelu", "gelu_tanh", "quick_gelu",
    "silu", "hard_swish", "mish", "sine", "snake", "gaussian",
)  # fmt: skip
ACCURACY = Path(__file__).parents[2] / "docs" / "accuracy.md"
NONE_LASTS = {"relu_squared"}
DEPTHS = (5, 20, 60)
WIDTH, ROWS, SEEDS = 128, 32, 4


def by_layer(name, depth, seed):
    """Mean z^2 over that of layer 1, and squared gradient over that of the last hidden layer."""
    activation = nl.get(name)
    network = Network([WIDTH] * (depth + 1) + [1], activation, seed=seed)
    random = np.random.default_rng(seed)
    layers = network.trace(random.standard_normal((ROWS, WIDTH))).layers[:-1]
    sizes = [np.square(each.preactivations.astype(float)).mean() for each in layers]
    gradient = random.standard_normal((ROWS, WIDTH))
    gradients = [np.square(gradient).mean()]
    for here, behind in zip(layers[-2::-1], layers[:0:-1], strict=True):
        gradient = activation.backward(gradient @ behind.weights.T, here.preactivations)
        gradients.append(np.square(gradient, dtype=float).mean())
    return np.array(sizes) / sizes[0], np.array(gradients)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", [name for name in CORE if name not in NONE_LASTS])
def test_signals_and_gradients_of_the_core_stay_within_a_factor_of_ten(name, depth):
    """In every layer, by the geometric mean over networks of width 128."""
    assert pick(nl.get(name), depth).lasts
    found = np.array([by_layer(name, depth, seed) for seed in range(SEEDS)])
    typical = np.exp(np.log(found).mean(axis=0))
    assert typical.min() > 0.1
    assert typical.max() < 10


@pytest.mark.parametrize("name", sorted(NONE_LASTS))
def test_what_cannot_last_is_said(name):
    for depth in DEPTHS:
        assert not pick(nl.get(name), depth).lasts
        why = str(Initialisation("auto", depth=depth).reason(name))
        assert f"no size of signals was found at which {name} keeps both" in why
        assert f"over {depth} layers" in why
    assert "no size" not in str(Initialisation("auto", depth=DEEP - 1).reason(name))


def test_the_core_is_what_was_measured_on_all_inputs():
    """Rows of docs/accuracy.md marked with "all": thirty, or fewer after kernels have changed."""
    table = ACCURACY.read_text("utf-8").partition("## float32")[2].partition("\n## ")[0]
    rows = {line.split()[1] for line in table.splitlines() if line.endswith("| all |")}
    assert len(set(CORE)) == 30
    assert rows <= set(CORE)


def test_first_and_last_layer_lead_to_the_size_and_back():
    network = Network([400] * 7 + [1], "tanh", seed=1)
    assert network.weights[0].std() ** 2 == pytest.approx(0.3 / 400, rel=0.05)
    edge = nl.critical("tanh", q=0.3)
    assert network.weights[3].std() ** 2 == pytest.approx(edge.weight_variance / 400, rel=0.05)
    assert network.biases[3].std() ** 2 == pytest.approx(edge.bias_variance, rel=0.25)
    last = nl.moments("tanh", std=0.3**0.5).gain ** 2
    assert network.weights[-1].std() ** 2 == pytest.approx(last / 400, rel=0.2)
    assert not network.biases[-1].any()


def test_each_activation_of_a_mixed_network_gets_sums_of_its_size():
    hidden = ["tanh", "tanh", "gelu", "gelu", "relu", "relu"]
    network = Network([500] * 7 + [1], hidden, seed=0)
    trace = network.trace(np.random.default_rng(0).standard_normal((200, 500)))
    sizes = [float(np.square(each.preactivations, dtype=float).mean()) for each in trace.layers]
    q = [pick(nl.get(name), 6).q for name in hidden]
    np.testing.assert_allclose(sizes[:-1], q, rtol=0.15)


def test_the_scales_of_saved_code_are_those_that_were_drawn():
    network = Network([300] * 7 + [300], "gelu", seed=0)
    weights, biases = scales(network)
    np.testing.assert_allclose([each.std() for each in network.weights], weights, rtol=0.02)
    np.testing.assert_allclose([each.std() for each in network.biases], biases, rtol=0.15)


def test_shallow_networks_have_the_forward_gain():
    for name in CORE:
        assert pick(nl.get(name), DEEP - 1) == ("forward", 1.0, True)


def test_the_deeper_the_closer_to_a_line():
    found = [pick(nl.get("tanh"), depth).q for depth in (5, 20, 21, 60, 61, 200)]
    assert found == [0.3, 0.3, 0.1, 0.1, 0.03, 0.03]


def test_homogeneous_functions_have_the_forward_gain_at_any_depth():
    for name in ("relu", "leaky_relu", "identity", "absolute"):
        assert pick(nl.get(name), 1000) == ("forward", 1.0, True)
