"""Measured during training: what was seen belongs to the weights of that epoch."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.network import Settings

RNG = np.random.default_rng(0)
X = RNG.standard_normal((120, 5)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(np.int64)


def net():
    return nl.Network([5, 16, 16, 2], "tanh", "softmax")


def test_before_during_and_after():
    network = net()
    start = nl.stability(network, X, Y)
    seen = nl.stability.watch(network, X, Y, every=4, settings=Settings(epochs=10))
    assert seen.epochs == (0, 4, 8, 10)
    assert seen.divergence is None
    assert seen.stability[0].loss == start.loss
    assert seen.stability[-1].loss == pytest.approx(nl.stability(network, X, Y).loss)
    losses = [each.loss for each in seen.stability]
    assert losses == sorted(losses, reverse=True)


def test_it_learns_as_fit_does():
    watched, fitted = net(), net()
    found = nl.stability.watch(watched, X, Y, settings=Settings(epochs=40, learning_rate=3e-3))
    fitted.fit(X, Y, epochs=40, learning_rate=3e-3)
    assert found.stability[-1].loss == pytest.approx(nl.stability(fitted, X, Y).loss, abs=0.1)


def test_updates_are_those_of_the_optimizer_as_it_stands():
    seen = nl.stability.watch(net(), X, Y, every=20, settings=Settings(epochs=20))
    fresh, later = (each.layers[1].update for each in seen.stability)
    assert 0 < later < fresh  # at first, every weight moves by the learning rate


def test_a_divergence_ends_it():
    seen = nl.stability.watch(
        nl.Network([5, 16, 2], "relu", "softmax"),
        X,
        Y,
        settings=Settings(optimizer="sgd", learning_rate=1e6, epochs=5),
    )
    assert seen.divergence is not None
    assert len(seen.stability) == seen.divergence.epoch


def test_refusals():
    with pytest.raises(InputError):
        nl.stability.watch(net(), X, Y, every=0)
