"""The four demonstrations of docs/stability.md, at a size that is quick."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_deep_networks_train_where_theory_says_so():
    deep = load("deep_networks")
    critical = deep.Initialisation("critical", q=0.1)
    chosen = [
        deep.Case("sigmoid", "glorot_normal", 20),
        deep.Case("relu", "he_normal", 20),
        deep.Case("selu", "lecun_normal", 20),
        deep.Case("tanh", critical, 40),
        deep.Case("tanh", deep.ORDERED, 40),
    ]
    found = deep.measure(chosen, width=64, epochs=6)
    sigmoid, relu, selu, edge, ordered = (accuracy for *_, accuracy in found)
    assert max(sigmoid, ordered) < 0.25  # ten classes
    assert min(relu, selu, edge) > 0.5
    assert deep.ordered_reach() < 40


def test_variance_by_layer():
    variance = load("variance_by_layer")
    found = variance.measure(("relu", "tanh", "gelu"), width=160, depth=4, seeds=6)
    for what in (0, 1):
        pairs = [(variance.measured(one), one.activation.name) for one in found]
        wide = [variance.theory(name, 4, 10**12)[what] for _, name in pairs]
        here = [variance.theory(name, 4, 160)[what] for _, name in pairs]
        told = [(seen[what], h / w) for (seen, _), h, w in zip(pairs, here, wide, strict=True)]
        shares, errors = zip(*(variance.agreement(*each) for each in told), strict=True)
        assert np.mean(shares) > 0.6
        assert max(errors) < 0.25


def test_relu_loses_neurons_and_the_counts_are_exact():
    dying = load("dying_neurons")
    X = dying.digits()[0]
    calm, wild = (dying.trained("relu", rate, 5) for rate in (1e-3, 1e-1))
    assert sum(dying.dead(calm)) < sum(dying.dead(wild))
    sums = [layer.preactivations for layer in wild.trace(X).layers[:-1]]
    assert dying.dead(wild) == [int((z <= 0).all(axis=0).sum()) for z in sums]
    assert sum(dying.dead(dying.trained("leaky_relu", 1e-1, 5))) == 0
    lost = [sum(dying.dead(dying.biased("relu", bias))) for bias in dying.BIASES]
    assert lost == sorted(lost)
    assert lost[-1] > 10
    for name in ("leaky_relu", "gelu"):
        assert sum(dying.dead(dying.biased(name, dying.BIASES[-1]))) == 0


def test_the_gain_of_relu_collapses_gelu():
    wrong = load("wrong_gain")
    assert wrong.fixed_point("gelu") == pytest.approx((0.0, 0.5), abs=1e-6)
    found = {one.label: one.second.mean[-1] for one in wrong.measure(48, 30, 2)}
    assert found["gelu, he_normal"] < 0.2 * found["gelu, forward"]
    assert found["silu, he_normal"] < 1e-2 * found["silu, forward"]
    assert 0.1 < found["shaped_gelu_30, lecun_normal"] < 10
