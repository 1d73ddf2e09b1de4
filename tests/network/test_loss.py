"""The compiled losses on logits: known values, stability, and the reference in conftest."""

import math

import numpy as np
import pytest

from nonlin.network import LOSSES, Network, gradient


def _loss(output, logits, y):
    """Loss and its derivative by the logits, summed over the samples (that of the biases)."""
    logits = np.asarray(logits, np.float64)
    count = logits.shape[1]
    passes_on = Network([count, count], output=output, dtype=np.float64).with_weights(
        [np.eye(count)]
    )
    found = gradient(passes_on, logits, y)
    return found.loss, found.biases[0]


def test_squared_error_is_a_mean_over_samples_and_outputs():
    loss, slope = _loss("identity", [[1.0], [3.0]], [[0.0], [0.0]])
    assert (loss, *slope) == (5.0, 4.0)
    loss, slope = _loss("identity", [[1.0, 3.0]], np.zeros((1, 2)))
    assert (loss, *slope) == (5.0, 1.0, 3.0)


def test_cross_entropies_of_even_odds():
    loss, slope = _loss("sigmoid", np.zeros((4, 1)), [0, 1, 1, 1])
    assert (loss, slope[0]) == pytest.approx((math.log(2), -0.25))
    loss, slope = _loss("softmax", np.full((2, 4), 7.0), [0, 3])
    assert loss == pytest.approx(math.log(4))
    np.testing.assert_allclose(slope, [-0.25, 0.25, 0.25, -0.25])


@pytest.mark.parametrize(
    ("logit", "label", "loss", "slope"),
    [(1000.0, 1, 0.0, 0.0), (-1000.0, 0, 0.0, 0.0), (1000.0, 0, 1000.0, 1.0), (-900.0, 1, 900, -1)],
)
def test_huge_logits_neither_overflow_nor_lose_the_binary_loss(logit, label, loss, slope):
    found, derivative = _loss("sigmoid", [[logit]], [label])
    assert (found, derivative[0]) == (loss, slope)


def test_huge_logits_neither_overflow_nor_lose_the_loss_of_several_classes():
    loss, slope = _loss("softmax", [[1000.0, 0, -1000]], [2])
    assert loss == 2000.0
    np.testing.assert_array_equal(slope, [1.0, 0, -1])


@pytest.mark.parametrize(
    ("output", "outputs"), [("identity", 3), ("identity", 1), ("sigmoid", 1), ("softmax", 4)]
)
def test_values_against_the_textbook(output, outputs, reference_loss):
    random = np.random.default_rng(0)
    logits = 3 * random.standard_normal((5, outputs))
    given = {
        "identity": random.standard_normal((5, outputs)),
        "sigmoid": random.integers(0, 2, 5),
        "softmax": random.integers(0, outputs, 5),
    }[output]
    y = LOSSES[output].prepare(given, 5, outputs)
    assert _loss(output, logits, given)[0] == pytest.approx(
        reference_loss(output, logits, y), rel=1e-13
    )
