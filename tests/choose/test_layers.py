"""Layers of the networks of the race: the same weights, the same rows, beside theory."""

import numpy as np
import pytest
from sklearn.datasets import load_wine

import nonlin as nl
from nonlin.trials.contest import Arm

WINE = load_wine(return_X_y=True)


@pytest.fixture(scope="module")
def result():
    options = {"activations": ["relu", "tanh"], "hidden": (32, 32), "rates": [0.01], "seeds": 2}
    return nl.choose(*WINE, **options, full=True)


def test_candidates_before_training_and_the_recommended_one_after(result):
    found = result.layers
    before = [each.label for each in found if not each.trained]
    assert before == [row.label for row in result.standings]
    assert [each.label for each in found if each.trained] == [result.recommendation.label]
    assert all(len(each.stability.layers) == 3 for each in found)


def test_they_are_the_networks_of_the_first_split(result):
    """What the race itself saw of its first round: dead units, and the ratio of gradients."""
    for each in result.layers:
        if each.trained:
            continue
        candidate = result.plan.candidates[result.plan.labels.index(each.label)]
        arm = Arm(candidate, result.plan.rates[0])
        start = result.race.rounds[0].outcomes[arm].measures
        layers = each.stability.layers
        dead = np.mean([layer.dead_share for layer in layers[:-1]])
        assert dead == pytest.approx(start["dead_before"])
        assert each.stability.gradient_ratio == start["gradient_ratio"]


def test_theory_is_of_the_same_quantity(result):
    """Before training the two agree, as far as the 32 neurons of a hidden layer can."""
    for each in result.layers:
        if not each.trained:
            for layer in each.stability.hidden:
                assert layer.gradient == pytest.approx(layer.predicted_gradient, rel=0.35)
                assert layer.second == pytest.approx(layer.predicted_second, rel=0.35)


def test_after_training_it_is_the_network_that_is_taken_away(result):
    trained = next(each.stability for each in result.layers if each.trained)
    inputs, _ = result.final.sample
    sums = inputs.astype(np.float64) @ result.network.weights[0] + result.network.biases[0]
    assert trained.layers[0].second == pytest.approx(float(np.mean(sums**2)), rel=1e-4)


def test_what_is_kept_is_small():
    X = np.random.default_rng(0).standard_normal((4000, 3))
    options = {"activations": ["relu"], "hidden": (4,), "rates": [0.01], "seeds": 1, "quick": True}
    result = nl.choose(X, X[:, 0], **options)
    for inputs, target in (result.sample, result.final.sample):
        assert inputs.shape == (1024, 3)
        assert inputs.base is None  # no part of an array with all rows
        assert target.base is None
