"""Planted faults are found, named by layer and cause, and mended; healthy networks pass."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import nonlin as nl
from nonlin._text import speaking
from nonlin.network import Initialisation, Settings
from nonlin.stability.diagnosis import MOST_ROWS
from nonlin.stability.verdicts import Finding

RAW, Y = load_digits(return_X_y=True)
RAW = RAW.astype(np.float32)
X = (RAW - RAW.mean(axis=0)) / (RAW.std(axis=0) + 1e-9)


def net(hidden="relu", depth=5, init="auto", width=32):
    return nl.Network([64, *[width] * depth, 10], hidden, "softmax", init)


def scaled(network, factor, layers):
    for number in layers:
        network.weights[number - 1][:] *= factor
    return network


def dead(network):
    network.biases[3][:] = -20
    return network


def broken(network):
    network.weights[2][3, 4] = np.nan
    return network


def alike(network):
    network.weights[1][:] = network.weights[1][:, :1]
    return network


def ordered():
    random = np.random.default_rng(0)
    network = scaled(net("tanh", 30, "lecun_normal"), 0.9, range(1, 32))
    for biases in network.biases:
        biases[:] = random.normal(0, 0.7, biases.shape)
    return network


ALL = range(1, 7)
FAST, WILD = Settings(learning_rate=1.0), Settings(learning_rate=20.0, optimizer="sgd")
FAULTS = {  # network, inputs, settings; cause, what is found, its first layer, layers of the cause
    "large weights": (lambda: scaled(net(), 20, ALL), X, None, "layers", "exploding", 1, ALL),
    "one large layer": (lambda: scaled(net(), 30, [3]), X, None, "layers", "exploding", 3, [3]),
    "small weights": (lambda: scaled(net(), 0.02, ALL), X, None, "layers", "vanishing", 1, ALL),
    "dead biases": (lambda: dead(net()), X, None, "layers", "dying", 4, [4]),
    "saturated": (
        lambda: scaled(net("tanh", 4), 20, range(1, 6)), X, None,
        "layers", "saturated", 1, range(1, 6),
    ),
    "unscaled inputs": (net, X * 1000, None, "inputs", "exploding", 1, [1]),
    "shifted inputs": (net, X + 1000, None, "inputs", "exploding", 1, [1]),
    "deep sigmoid": (
        lambda: net("sigmoid", 20, "glorot_normal"), X, None, "activation", "vanishing", 1, None,
    ),
    "fast adamw": (net, X, FAST, "learning_rate", "exploding", None, []),
    "fast sgd": (net, X, WILD, "learning_rate", None, None, []),
    "zeros": (lambda: net(init="zeros"), X, None, "layers", "dying", 1, ALL),
    "equal neurons": (
        lambda: net("tanh", init=Initialisation("constant", value=0.1)), X, None,
        "layers", "vanishing", 1, ALL,
    ),
    "ordered phase": (ordered, X, None, "initialisation", "vanishing", 1, []),
    "faint inputs": (net, X * 1e-4, None, "inputs", "dying", 1, [1]),
    "not a number": (lambda: broken(net()), X, None, "layers", "not_finite", 3, [3]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_mended(fault):
    make, rows, settings, cause, kind, first, where = FAULTS[fault]
    found = nl.diagnose(make(), rows.astype(np.float32), Y, settings=settings)
    assert not found.healthy
    assert found.causes == (cause,)
    assert found.repaired
    assert found.learns
    if kind is None:
        assert "diverged" in str(found)
    else:
        places = [each.layers[0] for each in found.findings if each.kind == kind]
        assert places
        assert first in (None, places[0])
    if where is not None:
        assert found.changes[0].layers == tuple(where)
    if cause == "learning_rate":
        assert found.settings.learning_rate < settings.learning_rate
    assert "rows held out" in str(found)
    with speaking("zh"):
        assert "留出的样本" in str(found)


HEALTHY = [
    ("relu", 5, "he_normal"), ("relu", 20, "he_normal"), ("gelu", 5, "auto"), ("gelu", 20, "auto"),
    ("selu", 20, "lecun_normal"), ("tanh", 5, "glorot_normal"), ("tanh", 20, "auto"),
    ("silu", 5, "auto"), ("sigmoid", 1, "auto"), ("leaky_relu", 10, "auto"), ("sine", 5, "auto"),
]  # fmt: skip


@pytest.mark.parametrize(("hidden", "depth", "init"), HEALTHY)
def test_a_healthy_network_gets_no_alarm(hidden, depth, init):
    rate = 1e-3 if depth < 20 else 3e-4
    found = nl.diagnose(net(hidden, depth, init, 64), X, Y, settings=Settings(learning_rate=rate))
    assert found.healthy, str(found)
    assert {each.kind for each in found.verdicts} == {"healthy"}
    assert found.changes == ()


def test_nor_does_a_trained_one_or_one_on_raw_pixels():
    network = net("gelu", 3)
    network.fit(X, Y, epochs=20)
    assert nl.diagnose(network, X, Y).healthy
    assert nl.diagnose(net(), RAW, Y).healthy


def test_noise_is_not_blamed_on_the_network():
    random = np.random.default_rng(0)
    rows = random.standard_normal((3000, 20)).astype(np.float32)
    found = nl.diagnose(net_of(20), rows, random.integers(0, 2, 3000))
    assert found.healthy is None, str(found)
    assert found.changes == ()
    assert "on these rows the network learnt nothing" in str(found)


def net_of(inputs):
    return nl.Network([inputs, 4, 2], "relu", "softmax")


def test_equal_rows_are_named_and_cannot_be_mended():
    found = nl.diagnose(net(), np.ones_like(X), Y)
    assert not found.repaired
    assert "all rows of the inputs are equal" in str(found)


@pytest.mark.parametrize("rate", [1e-6, 1e-9])
def test_a_learning_rate_that_is_too_small(rate):
    found = nl.diagnose(net(), X, Y, settings=Settings(learning_rate=rate))
    assert found.causes == ("learning_rate",)
    assert found.settings.learning_rate > rate
    assert "too small" in str(found)


def test_the_learning_rate_that_is_proposed_trains():
    for rate in (1.0, 100.0):
        found = nl.diagnose(net(), X, Y, settings=Settings(learning_rate=rate))
        network = net()
        network.fit(X, Y, learning_rate=found.settings.learning_rate, epochs=10)
        assert np.mean(network.predict(X) == Y) > 0.9


def test_the_gain_of_relu_is_none_for_gelu():
    """Either weights of its own mend it, or an activation that stays nearer to a line."""
    settings = Settings(learning_rate=1e-4, epochs=8)
    found = nl.diagnose(net("gelu", 60, "he_normal"), X, Y, settings=settings)
    assert found.causes[0] in ("initialisation", "activation"), str(found)
    assert (found.findings[0].kind, found.findings[0].layers[0]) == ("vanishing", 1)
    assert found.repaired


OVERCOME = {  # network, what is found, in which layer; training mends it all the same
    "one small layer": (lambda: scaled(net(), 0.01, [2]), "vanishing", 2),
    "one layer of equal neurons": (lambda: alike(net("tanh")), "collapsed", 2),
}


@pytest.mark.parametrize("case", OVERCOME)
def test_what_training_overcomes_is_told_and_is_no_fault(case):
    make, kind, layer = OVERCOME[case]
    found = nl.diagnose(make(), X, Y)
    assert found.healthy
    assert found.changes == ()
    assert (kind, layer) in [(each.kind, each.layers[0]) for each in found.findings]
    assert "Training overcomes this" in str(found)
    with speaking("zh"):
        assert "训练能够克服这一点" in str(found)


def test_where_no_change_helps(monkeypatch):
    monkeypatch.setattr("nonlin.stability.diagnosis.suspects", lambda *_: [])
    found = nl.diagnose(scaled(net(), 0.02, ALL), X, Y)
    assert not found.repaired
    assert found.healthy is False
    assert found.findings
    assert "No change that was tried helps" in str(found)


A = np.random.default_rng(0).standard_normal((1000, 6)).astype(np.float32)
WAVES = np.sin(2 * A[:, 0]) + A[:, 1]
CIRCLE = (A[:, 0] ** 2 + A[:, 2] > 1).astype(int)


def sgd(**options):
    return Settings(optimizer="sgd", learning_rate=0.02, **options)


TRAINING = {  # network, X, y, settings; cause
    "rate in ten layers": (
        lambda: net(depth=10, width=64),
        X,
        Y,
        Settings(learning_rate=0.02),
        "learning_rate",
    ),
    "identity": (
        lambda: nl.Network([6, 32, 32, 2], "identity", "softmax"),
        A,
        CIRCLE,
        None,
        "activation",
    ),
    "momentum": (net, X, Y, sgd(momentum=0.999), "momentum"),
    "decay": (net, X, Y, Settings(weight_decay=100), "weight_decay"),
    "one batch": (net, X, Y, Settings(batch_size=len(X)), "batch_size"),
    "one epoch": (net, X, Y, Settings(epochs=1), "epochs"),
    "bottleneck": (
        lambda: nl.Network([64, 64, 64, 1, 64, 10], "relu", "softmax"),
        X,
        Y,
        None,
        "width",
    ),
}


@pytest.mark.parametrize("case", TRAINING)
def test_what_only_training_shows(case):
    """A rate that is ten times too large learns, and worse than it could; and so on."""
    make, rows, target, settings, cause = TRAINING[case]
    found = nl.diagnose(make(), rows, target, settings=settings)
    assert found.causes == (cause,), str(found)
    change = found.changes[0]
    assert found.repaired
    assert change.after > change.before + 0.15
    assert (change.helped, change.repeats) == (3, 3)
    assert f"{100 * change.after:.0f} % of the error of a constant output is gone" in str(found)


def test_two_causes_that_cannot_be_told_apart_are_both_told():
    found = nl.diagnose(net(), X, Y, settings=Settings(batch_size=len(X)))
    assert [cause for cause, _ in found.changes[0].others] == ["epochs"]
    assert "nothing tells which was the cause: Change: train for" in str(found)


def test_what_takes_too_long_is_told(monkeypatch):
    for limit in ("LONGEST", "LONG"):
        monkeypatch.setattr(f"nonlin.stability.repeats.{limit}", 0.0)
    found = nl.diagnose(net(depth=1), X, Y, settings=Settings(epochs=1))
    assert "epochs" not in found.causes
    assert "Not tried, since it would take too long here: Change: train for 8 epochs" in str(found)
    with speaking("zh"):
        assert "未尝试" in str(found)


@pytest.mark.parametrize("seed", range(3))
def test_memorising_noise_is_not_learning(seed):
    random = np.random.default_rng(seed)
    rows = random.standard_normal((600, 20)).astype(np.float32)
    found = nl.diagnose(nl.Network([20, 64, 64, 1], "relu"), rows, random.standard_normal(600))
    assert found.healthy is None, str(found)
    assert found.changes == ()


def test_outlying_rows_are_no_scale():
    """One row far outside: standardising would squeeze all others."""
    rows = A.copy()
    rows[::100] *= 1e6
    found = nl.diagnose(nl.Network([6, 32, 32, 2], "relu", "softmax"), rows, CIRCLE)
    assert found.causes == ("outliers",), str(found)
    rows = X.copy()
    rows[5] = 1e5
    assert nl.diagnose(net(), rows, Y).healthy


def test_one_odd_layer_is_named():
    random = np.random.default_rng(0)
    network = net("tanh", 4)
    network.weights[2][:] = np.outer(random.standard_normal(32), random.standard_normal(32)) / 5
    found = nl.diagnose(network, X, Y)
    assert [(each.kind, each.layers) for each in found.findings] == [("collapsed", (3,))]
    assert found.healthy  # training overcomes it


@pytest.mark.parametrize("hidden", ["relu", "tanh"])
@pytest.mark.parametrize("distinct", [3, 4])
def test_copied_neurons_are_counted(hidden, distinct):
    """Into them and out of them go the same weights, so that training cannot draw them apart."""
    network, kept = net(hidden, 4), np.arange(32) % distinct
    for before, after in ((1, 2), (2, 3)):
        network.weights[before][:] = network.weights[before][:, kept]
        network.weights[after][:] = network.weights[after][kept]
    found = nl.diagnose(network, X, Y)
    first = found.findings[0]
    assert (first.kind, first.layers[0], first.value) == ("copied", 2, distinct)
    assert found.causes == ("layers",)
    assert found.changes[0].layers == (2, 3)
    assert f"({distinct} distinct ones" in str(found)


def test_a_layer_widened_by_one_copy_of_each_neuron_is_no_fault():
    network = net()
    network.weights[1][:, 16:] = network.weights[1][:, :16]
    assert nl.diagnose(network, X, Y).healthy


def test_an_output_layer_of_zeros_is_no_fault():
    network = net()
    network.weights[-1][:] = 0
    assert nl.diagnose(network, X, Y).healthy
    assert "all weights are 0" not in str(nl.diagnose(scaled(network, 30, [3]), X, Y))


def test_what_is_good_already_is_not_drawn_anew():
    network = net("gelu", 3)
    network.biases[1][:20] = -40  # dying, and good all the same
    network.fit(X, Y, epochs=20)
    assert np.mean(network.predict(X) == Y) > 0.95
    found = nl.diagnose(network, X, Y)
    assert not {"layers", "initialisation", "activation", "inputs"} & set(found.causes)
    assert "anew" not in str(found)
    assert "Dying: in layer 2" in str(found)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("exploding", 3e3, "are larger than"), ("exploding", 1e9, "are far larger"),
        ("vanishing", 5e-4, "little signal"), ("vanishing", 1e-9, "hardly any"),
    ],
)  # fmt: skip
def test_severity_follows_the_numbers(kind, value, words):
    assert words in str(Finding(kind, (2,), value))


def test_what_auto_would_not_have_drawn_is_not_blamed_on_auto():
    found = nl.diagnose(scaled(net(), 4, ALL), X, Y)
    assert "are not those that init" in str(found)


def test_biases_that_are_all_on_one_side_are_named():
    network = net()
    for biases in network.biases[:-1]:
        biases[:] = -3
    found = nl.diagnose(network, X, Y)
    assert found.causes == ("layers",)
    assert "biases reach -3" in str(found)


def test_two_faults_are_both_found():
    found = nl.diagnose(scaled(net(), 30, [3]), (X * 1000).astype(np.float32), Y)
    assert set(found.causes) == {"inputs", "layers"}
    assert found.repaired


def test_many_rows_are_thinned():
    rows = np.tile(X, (6, 1))
    assert nl.diagnose(net(depth=1), rows, np.tile(Y, 6)).stability.rows <= MOST_ROWS


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
def test_other_losses(output):
    y = X[:, 20] if output == "identity" else (Y > 4).astype(int)
    network = nl.Network([64, 32, 32, 1], "relu", output)
    assert nl.diagnose(network, X, y).healthy
    assert nl.diagnose(scaled(network, 40, [2]), X, y).causes == ("layers",)


@pytest.mark.parametrize("unit", [1e-3, 1e4])
def test_targets_in_another_unit(unit):
    found = nl.diagnose(nl.Network([6, 32, 32, 1], "relu", "identity"), A, unit * WAVES)
    assert found.causes == ("targets",), str(found)
    assert found.repaired


UNEVEN = A * np.float32([1e-3, 1e-3, 1, 1, 1, 1])


def test_an_offset_hides_small_targets():
    y = 0.3 + 0.01 * (np.sin(2 * A[:, 0]) + A[:, 1])
    found = nl.diagnose(nl.Network([6, 32, 32, 1], "relu", "identity"), A, y)
    assert found.causes == ("targets",), str(found)
    assert found.repaired


def test_columns_that_are_small_beside_others():
    y = (A[:, 0] * A[:, 1] > 0).astype(int)
    found = nl.diagnose(nl.Network([6, 32, 32, 2], "relu", "softmax"), UNEVEN, y)
    assert found.causes == ("inputs",), str(found)
    assert found.repaired
    assert "one column varies 1," in str(found)


def test_a_target_that_is_small_beside_another_one():
    y = np.column_stack([np.sin(2 * A[:, 0]) + A[:, 1], 1000 * A[:, 2] * A[:, 3]])
    found = nl.diagnose(nl.Network([6, 32, 32, 2], "relu", "identity"), A, y)
    assert found.causes == ("targets",), str(found)
    assert found.repaired
    assert "hides that of the other" in str(found)


@pytest.mark.parametrize("output", ["exponential", "softplus"])
def test_counts_far_from_one_are_divided_by_their_mean(output):
    """Of Poisson outputs targets have a unit, too; subtracting would make them negative."""
    y = np.random.default_rng(1).poisson(1e4 * np.exp(WAVES / 2))
    found = nl.diagnose(nl.Network([6, 32, 32, 1], "relu", output), A, y)
    assert found.causes == ("targets",), str(found)
    assert found.repaired
    assert "divide the targets by their mean" in str(found)


@pytest.mark.parametrize("loss", ["poisson", "huber"])
def test_a_loss_that_is_not_the_usual_one(loss):
    output = {"poisson": "exponential", "huber": "identity"}[loss]
    y = np.exp(X[:, 20]) if loss == "poisson" else X[:, 20] ** 3
    network = nl.Network([64, 32, 32, 1], "relu", output)
    assert nl.stability(network, X, y, loss=loss).loss > 0
    assert nl.diagnose(network, X, y, loss=loss).healthy
    assert nl.diagnose(scaled(network, 40, [2]), X, y, loss=loss).causes == ("layers",)


@pytest.mark.parametrize("given", [None, 3])
def test_targets_are_needed(given):
    with pytest.raises(nl.NonlinError, match="one target for each row of X") as caught:
        nl.diagnose(net(), X, given)
    assert caught.value.key == "diagnose_targets"
