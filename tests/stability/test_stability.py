"""What is measured in each layer, against definitions written out in NumPy."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.layers.network_passes import BLOCK
from nonlin.network import Memory, Settings, gradient

RNG = np.random.default_rng(1)
X = RNG.standard_normal((300, 6))
Y = (X[:, 0] + X[:, 1] > 0).astype(np.int64)


def net(hidden="tanh", sizes=(6, 16, 12, 2), output="softmax", **options):
    return nl.Network(sizes, hidden, output, dtype=np.float64, **options)


def test_moments_are_those_of_the_forward_pass():
    network = net()
    seen = nl.stability(network, X, Y)
    for layer, trace in zip(seen.layers, network.trace(X).layers, strict=True):
        z = trace.preactivations
        assert layer.means == pytest.approx(z.mean(axis=0))
        assert layer.variances == pytest.approx(z.var(axis=0))
        assert layer.mean == pytest.approx(z.mean())
        assert layer.variance == pytest.approx(z.var())
        assert layer.second == pytest.approx(np.square(z).mean())
        assert layer.signal == pytest.approx(z.var(axis=0).mean() / np.square(z).mean())


def test_a_few_long_rows_count_in_the_prediction():
    rows = RNG.standard_normal((300, 400))
    rows[:3] *= 30  # 90 % of all squares
    for hidden in ("relu", "tanh"):
        layers = nl.stability(net(hidden, (400, 1500, 1500, 2)), rows, Y).layers
        for layer in layers[:2]:
            assert layer.second == pytest.approx(layer.predicted_second, rel=0.1)
    few = nl.stability(net(sizes=(400, 1500, 2)), rows[:2], Y[:2]).layers[0]
    assert few.second == pytest.approx(few.predicted_second, rel=0.1)


def test_blocks_are_merged_exactly(monkeypatch):
    network = net("relu")
    whole = nl.stability(network, X, Y)
    monkeypatch.setattr("nonlin.layers.network_passes.BLOCK", 7 * sum(network.sizes))
    pieces = nl.stability(network, X, Y)
    assert len(X) * sum(network.sizes) < BLOCK
    for one, other in zip(whole.layers, pieces.layers, strict=True):
        assert other.variances == pytest.approx(one.variances)
        assert np.array_equal(other.dead, one.dead)
        assert other.saturated == pytest.approx(one.saturated)
        assert other.gradient == pytest.approx(one.gradient)
        assert other.weight_gradient == pytest.approx(one.weight_gradient)
    assert pieces.loss == pytest.approx(whole.loss)


def test_offsets_do_not_spoil_the_variance():
    network = net(sizes=(6, 4, 2)).with_weights([np.eye(6)[:, :4], np.ones((4, 2))])
    seen = nl.stability(network, X + 1e6).layers[0]
    assert seen.variances == pytest.approx(X[:, :4].var(axis=0), rel=1e-6)


@pytest.mark.parametrize(
    ("output", "y"), [("softmax", Y), ("sigmoid", Y), ("identity", X[:, 0] * 3)]
)
def test_gradients_are_those_of_training(output, y):
    network = net("gelu", (6, 16, 12, 2 if output == "softmax" else 1), output)
    seen = nl.stability(network, X, y)
    found = gradient(network, X, y)
    assert seen.loss == pytest.approx(found.loss)
    for layer, weights in zip(seen.layers, found.weights, strict=True):
        assert layer.weight_gradient == pytest.approx(np.linalg.norm(weights))
    # of a single row, dL/db is dL/dz
    rows = [gradient(network, X[i : i + 1], y[i : i + 1]).biases[1] for i in range(50)]
    lengths = np.sqrt(np.mean([np.square(each).sum() for each in rows]))
    assert nl.stability(network, X[:50], y[:50]).layers[1].gradient == pytest.approx(lengths)


def test_an_update_is_one_real_step():
    network = net()
    settings = Settings(optimizer="sgd", learning_rate=0.1, momentum=0.0, batch_size=40)
    found = nl.stability(network, X, Y, settings=settings)
    step = gradient(network, X[:40], Y[:40]).weights
    for layer, change, weights in zip(found.layers, step, network.weights, strict=True):
        expected = 0.1 * np.linalg.norm(change) / np.linalg.norm(weights)
        assert layer.update == pytest.approx(expected)


def test_memory_counts_and_stays_as_it_is():
    network, settings = net(), Settings()
    memory = Memory.of(network)
    memory.second[:] = 1.0  # large gradients so far: small steps
    kept = memory.second.copy()
    slow = nl.stability(network, X, Y, settings=settings, memory=memory)
    fast = nl.stability(network, X, Y, settings=settings)
    assert slow.layers[0].update < fast.layers[0].update
    assert np.array_equal(memory.second, kept)


def test_dead_and_saturated_neurons_are_counted_exactly():
    network = net("relu", (6, 4, 2))
    network.weights[0][:] = 0
    network.biases[0][:] = (-1, 1, 0, 1e-9)
    layer = nl.stability(network, X, Y).layers[0]
    assert layer.dead.tolist() == [True, False, True, False]
    assert layer.saturated.tolist() == [1, 0, 1, 0]
    assert layer.dead_share == 0.5
    assert nl.stability(network, X).layers[-1].dead_share == 0


def test_without_a_target_nothing_is_said_of_gradients():
    seen = nl.stability(net(), X)
    assert seen.loss is None
    assert seen.gradient_ratio is None
    assert {layer.gradient for layer in seen.layers} == {None}
    assert {layer.update for layer in seen.layers} == {None}
    assert "tanh" in str(seen)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "selu", "sigmoid", "hard_swish", "sine"])
def test_theory_beside_the_measurement(name):
    """Wide layers and inputs of one length: the prediction holds within sampling error."""
    rows = RNG.standard_normal((64, 40))
    rows *= np.sqrt(40) / np.linalg.norm(rows, axis=1)[:, None]
    y = RNG.integers(0, 2, 64)
    found = [
        nl.stability(net(name, (40, *[300] * 4, 2), seed=seed), rows, y).layers for seed in range(8)
    ]
    for place in range(4):
        ratios = [each[place].second / each[place].predicted_second for each in found]
        error = np.std(ratios, ddof=1) / np.sqrt(len(ratios))
        assert abs(np.mean(ratios) - 1) < 5 * error + 0.01
        slopes = [(each[place].gradient / each[place].predicted_gradient) ** 2 for each in found]
        error = np.std(slopes, ddof=1) / np.sqrt(len(slopes))
        assert abs(np.mean(slopes) - 1) < 5 * error + 0.02


def test_sums_that_are_not_finite_are_found():
    network = net("identity")
    network.weights[1][3, 4] = np.inf
    seen = nl.stability(network, X, Y)
    assert seen.first_not_finite == 2
    assert seen.layers[0].finite
    assert nl.stability(net(), X).first_not_finite is None


def test_the_network_is_not_changed():
    network = net()
    before = network.parameters.copy()
    nl.stability(network, X, Y)
    nl.diagnose(network, X, Y)
    assert np.array_equal(network.parameters, before)


@pytest.mark.parametrize(
    ("rows", "y"), [(X[:, :3], Y), (X, Y[:5]), (X[:0], Y[:0]), (X * np.nan, Y), (X, Y + 7)]
)
def test_unusable_data_is_refused(rows, y):
    with pytest.raises(InputError):
        nl.stability(net(), rows, y)
