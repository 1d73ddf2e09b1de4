"""Skill against scikit-learn where it has the same, and against what a constant gets."""

import numpy as np
import pytest
from sklearn import metrics

from nonlin.tasks import skill

RANDOM = np.random.default_rng(0)
Y = RANDOM.exponential(size=60)
PREDICTED = RANDOM.exponential(size=60) + 0.01
LEVELS = (0.1, 0.5, 0.9)


def test_absolute_errors():
    expected = metrics.d2_absolute_error_score(Y, PREDICTED)
    assert skill.d2_absolute(PREDICTED, Y) == pytest.approx(expected)
    expected = metrics.mean_absolute_error(Y, PREDICTED)
    assert skill.mean_absolute_error(PREDICTED, Y) == pytest.approx(expected)


@pytest.mark.parametrize("y", [Y, np.where(Y < 0.3, 0.0, Y), np.floor(3 * Y)])
def test_the_poisson_deviance(y):
    expected = metrics.d2_tweedie_score(y, PREDICTED, power=1)
    assert skill.d2_poisson(PREDICTED, y) == pytest.approx(expected)


def test_a_mean_that_underflows_is_bad_but_a_number():
    worst = skill.d2_poisson(np.zeros(60, np.float32), Y)
    assert np.isfinite(worst)
    assert worst < -50
    assert skill.d2_poisson(np.zeros(3), np.zeros(3)) == 0.0  # nothing to explain


@pytest.mark.parametrize("weights", [None, Y])
def test_the_cross_entropy_of_classes(weights):
    y = RANDOM.integers(0, 3, 60)
    shares = RANDOM.dirichlet([1, 1, 1], 60)
    expected = metrics.d2_log_loss_score(y, shares, sample_weight=weights)
    assert skill.d2_classes(np.log(shares), y, weights) == pytest.approx(expected)
    sure = np.log(np.eye(3)[y], where=np.eye(3)[y] > 0, out=np.full((60, 3), -np.inf))
    assert skill.d2_classes(sure, y) == 1.0
    assert np.isfinite(skill.d2_classes(np.roll(sure, 1, axis=1), y))  # sure, and wrong
    assert skill.d2_classes(sure, np.zeros(60, int)) == 0.0  # nothing to explain


def test_the_cross_entropy_of_yes_and_no():
    y, share = (Y > 1).astype(float), PREDICTED / (1 + PREDICTED)
    expected = metrics.d2_log_loss_score(y, share)
    assert skill.d2_cross_entropy(share, y) == pytest.approx(expected)
    assert np.isfinite(skill.d2_cross_entropy(1 - y, y))  # sure, and wrong
    assert skill.d2_cross_entropy(y, y) == pytest.approx(1.0, abs=1e-5)


def test_a_sure_mistake_costs_as_much_on_either_side():
    """1e-7 is the least probability that a prediction counts as having given."""
    expected = 1 - np.log(1e-7) / np.log(0.5)
    y = np.array([0.0, 1.0])
    assert skill.d2_cross_entropy(1 - y, y) == pytest.approx(expected)
    for often in ([0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.0]):
        wrong = 1 - np.array(often)
        entropy = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
        found = skill.d2_cross_entropy(wrong, np.array(often))
        assert found == pytest.approx(1 + np.log(1e-7) / entropy)


def test_shares_that_are_hit_are_explained_in_full():
    y = Y / (1 + Y)
    assert skill.d2_cross_entropy(y, y) == pytest.approx(1.0)
    assert skill.d2_cross_entropy(np.full(60, y.mean()), y) == pytest.approx(0.0, abs=1e-12)


def test_labels_count_alike_and_constant_ones_do_not():
    y = np.stack([Y > 1, Y > 0.2, Y > -1], axis=1).astype(float)
    found = [skill.d2_cross_entropy(PREDICTED / 9, y[:, k]) for k in range(2)]
    shares = np.repeat(PREDICTED[:, None] / 9, 3, axis=1)
    assert skill.d2_labels(shares, y) == pytest.approx(np.mean(found))
    assert skill.d2_labels(shares, np.ones((60, 3))) == 0.0


def test_the_pinball_loss():
    quantiles = np.stack([PREDICTED * 0.3, PREDICTED, PREDICTED * 2], axis=1)
    losses = [
        metrics.mean_pinball_loss(Y, quantiles[:, k], alpha=level) for k, level in enumerate(LEVELS)
    ]
    assert skill.pinball_loss(quantiles, Y, LEVELS) == pytest.approx(np.mean(losses))
    expected = metrics.d2_pinball_score(Y, PREDICTED, alpha=0.9)
    assert skill.d2_pinball(PREDICTED[:, None], Y, (0.9,)) == pytest.approx(expected)
    constant = np.tile(np.quantile(Y, LEVELS), (60, 1))
    assert skill.d2_pinball(constant, Y, LEVELS) == pytest.approx(0.0)


def test_the_weighted_kappa():
    y, predicted = RANDOM.integers(0, 5, 60), RANDOM.integers(0, 5, 60)
    expected = metrics.cohen_kappa_score(y, predicted, weights="quadratic")
    assert skill.weighted_kappa(predicted, y) == pytest.approx(expected)
    assert skill.weighted_kappa(y, y) == 1.0
    for constant in range(5):
        assert skill.weighted_kappa(np.full(60, constant), y) == pytest.approx(0.0, abs=1e-12)
