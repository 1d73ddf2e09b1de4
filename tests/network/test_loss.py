"""Losses on logits: known values, stability, and gradients against finite differences."""

import math

import numpy as np
import pytest

from nonlin.network import LOSSES


def test_squared_error_is_a_mean_over_samples_and_outputs():
    loss = LOSSES["identity"]
    assert loss.value(np.array([[1.0], [3.0]]), np.array([[0.0], [0.0]])) == 5.0
    assert loss.value(np.array([[1.0, 3.0]]), np.zeros((1, 2))) == 5.0


def test_cross_entropies_of_even_odds():
    assert LOSSES["sigmoid"].value(np.zeros((3, 1)), np.array([[0], [1], [1]])) == pytest.approx(
        math.log(2)
    )
    even = LOSSES["softmax"].value(np.full((2, 4), 7.0), np.array([0, 3]))
    assert even == pytest.approx(math.log(4))


def test_huge_logits_neither_overflow_nor_lose_the_loss():
    binary, several = LOSSES["sigmoid"], LOSSES["softmax"]
    logits = np.array([[1000.0], [-1000.0]])
    assert binary.value(logits, np.array([[1.0], [0.0]])) == 0.0
    assert binary.value(logits, np.array([[0.0], [1.0]])) == 1000.0
    np.testing.assert_array_equal(
        binary.gradient(logits, np.array([[0.0], [1.0]])), [[0.5], [-0.5]]
    )
    assert several.value(np.array([[1000.0, 0, -1000]]), np.array([2])) == 2000.0
    np.testing.assert_array_equal(
        several.gradient(np.array([[1000.0, 0, -1000]]), np.array([2])), [[1.0, 0, -1]]
    )


@pytest.mark.parametrize(
    ("output", "outputs"), [("identity", 3), ("identity", 1), ("sigmoid", 1), ("softmax", 4)]
)
def test_gradient_against_finite_differences(output, outputs):
    random = np.random.default_rng(0)
    loss = LOSSES[output]
    logits = 3 * random.standard_normal((5, outputs))
    given = {
        "identity": random.standard_normal((5, outputs)),
        "sigmoid": random.integers(0, 2, 5),
        "softmax": random.integers(0, outputs, 5),
    }[output]
    y = loss.prepare(given, 5, outputs)
    gradient = loss.gradient(logits, y)
    for index in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[index] += 1e-6
        down[index] -= 1e-6
        slope = (loss.value(up, y) - loss.value(down, y)) / 2e-6
        assert gradient[index] == pytest.approx(slope, abs=1e-8)
