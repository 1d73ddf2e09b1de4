"""The compiled losses on logits: known values, stability, and the reference in conftest."""

import math

import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin.network import LOSSES, Network, gradient, pinball


def _loss(output, logits, y, loss=None, dtype=np.float64):
    """Loss and its derivative by the logits, summed over the samples (that of the biases)."""
    logits = np.asarray(logits, dtype)
    count = logits.shape[1]
    passes_on = Network([count, count], output=output, dtype=dtype).with_weights([np.eye(count)])
    found = gradient(passes_on, logits, y, loss=loss)
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


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("outputs", [1, 3, 4])
def test_values_against_the_textbook(name, outputs, reference_loss, targets_for):
    if outputs != 3 and name == "pinball":
        return  # of three levels
    random = np.random.default_rng(0)
    logits = 3 * random.standard_normal((5, outputs))
    given = targets_for(name, (5, outputs), random)
    y = LOSSES[name].prepare(given, 5, outputs)
    assert _loss(LOSSES[name].output, logits, given, name)[0] == pytest.approx(
        reference_loss(name, logits, y), rel=1e-13
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [50, 100, 1e4])
@pytest.mark.parametrize("name", LOSSES)
def test_no_logit_overflows(name, size, dtype, targets_for):
    """The loss and its slope are finite, and the slope is that of the loss out there, too."""
    outputs = 3
    targets = targets_for(name, (4, outputs), np.random.default_rng(3))
    for sign in (-1, 1):
        logits = np.full((4, outputs), sign * size, dtype)
        loss, slope = _loss(LOSSES[name].output, logits, targets, name, dtype)
        assert np.isfinite(loss)
        assert np.isfinite(slope).all()
        if dtype is np.float64:
            step = size * 1e-6
            up, down = (
                _loss(LOSSES[name].output, logits + d, targets, name)[0] for d in (step, -step)
            )
            assert slope.sum() == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("logit", "y", "loss", "slope"),
    [
        (-800.0, 2.0, 1600.0, -2.0),  # log(1 + e^z) is 0 in float64, its logarithm is not
        (-800.0, 0.0, 0.0, 0.0),
        (1e6, 3.0, 1e6 - 3 * math.log(1e6), 1 - 3e-6),
        (-40.5, 1.0, 40.5, -1.0),
        (-39.5, 1.0, 39.5, -1.0),
    ],
)
def test_softplus_of_a_mean_far_out(logit, y, loss, slope):
    found, derivative = _loss("softplus", [[logit]], [y])
    assert (found, derivative[0]) == pytest.approx((loss, slope), rel=1e-12)


def test_huber_by_hand():
    loss, slope = _loss("identity", [[1.0], [-10.0]], [0.0, 0.0], "huber")
    assert loss == pytest.approx((0.5 + 1.345 * (10 - 1.345 / 2)) / 2)
    assert slope[0] == pytest.approx((1 - 1.345) / 2)


def test_constant_predictions_that_a_loss_likes_best():
    """Squared error the mean, Huber between, pinball the quantiles: the slope vanishes there."""
    y = np.random.default_rng(1).exponential(size=101)
    best = np.quantile(y, [0.105, 0.5, 0.895])  # inside the steps of the empirical quantiles
    counts = np.full((101, 3), best)
    _, slope = _loss("identity", counts, y, "pinball")
    assert np.abs(slope).max() < 1 / 101
    for output, z in (("exponential", np.log(y.mean())), ("softplus", np.log(np.expm1(y.mean())))):
        assert _loss(output, np.full((101, 1), z), y)[1][0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("loss", "output", "y", "sentence"),
    [
        ("hubber", "identity", [0.0], "no loss 'hubber'.*Did you mean huber"),
        ("huber", "sigmoid", [0.0], "loss huber needs the output identity, not sigmoid"),
        ("poisson", "exponential", [-1.0], "y contains -1.0: .* not negative"),
        ("fractional_cross_entropy", "sigmoid", [1.5], "y contains 1.5: .* from 0 to 1"),
        ("corn", "sigmoid", [2], "class indices, integers from 0 to 1"),
        ("pinball", "identity", [0.0], "3 quantiles need as many outputs, and the network has 1"),
        (None, "relu", [0.0], "No loss belongs to the output activation 'relu'"),
    ],
)
def test_what_does_not_fit(loss, output, y, sentence):
    with pytest.raises(InputError, match=sentence):
        _loss(output, [[0.0]], y, loss)


@pytest.mark.parametrize("levels", [(), (0.5, 0.5), (0.9, 0.1), (0.0, 0.5), (0.5, 1.0), (np.nan,)])
def test_levels_of_quantiles(levels):
    with pytest.raises(InputError, match="levels of quantiles"):
        pinball(levels)
