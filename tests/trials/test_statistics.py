"""Against numbers worked out by hand, and where there is nothing to work with."""

import math

import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin.trials.statistics import (
    compare,
    half_width,
    holm,
    paired_p_value,
    standard_error,
    within,
)

THIRD = 1 / 3


def test_corrected_standard_error_by_hand():
    # values 1, 2, 3: s = 1; (1/3 + 1/3) s^2
    assert standard_error([1.0, 2.0, 3.0], THIRD) == pytest.approx(math.sqrt(2 / 3))
    # without the correction: s / sqrt(J)
    assert standard_error([1.0, 2.0, 3.0], 0.0) == pytest.approx(1 / math.sqrt(3))
    assert standard_error([1.0], THIRD) is None


def test_the_interval_uses_t():
    # t(0.975, 2) = 4.302653 in every table
    assert half_width([1.0, 2.0, 3.0], THIRD) == pytest.approx(
        4.302653 * math.sqrt(2 / 3), rel=1e-6
    )
    tenths = half_width([0.1, 0.2, 0.3], THIRD)
    assert tenths == pytest.approx(0.4302653 * math.sqrt(2 / 3), rel=1e-6)
    assert half_width([5.0], THIRD) is None


def test_p_value_by_hand():
    # differences 1, 2, 3: t = 2 / sqrt(2/3) = 2.449490, 2 degrees of freedom, where
    # p = 1 - t / sqrt(2 + t^2) = 1 - sqrt(6 / 8)
    assert paired_p_value([1.0, 2.0, 3.0], THIRD) == pytest.approx(1 - math.sqrt(0.75))
    assert paired_p_value([-1.0, -2.0, -3.0], THIRD) == pytest.approx(1 - math.sqrt(0.75))


def test_p_value_in_degenerate_cases():
    assert paired_p_value([0.0, 0.0, 0.0], THIRD) == 1.0
    assert paired_p_value([0.5, 0.5, 0.5], THIRD) == 1.0  # agreement of a few proves nothing
    equal = np.array([0.9, 0.7, 0.4]) - np.array([0.8, 0.6, 0.3])  # but for rounding
    assert np.std(equal) > 0
    assert paired_p_value(equal.tolist(), THIRD) == 1.0
    assert paired_p_value([1e9, 1e9 + 0.01, 1e9 + 0.02], THIRD) < 1e-9  # one that diverged
    assert paired_p_value([0.5], THIRD) is None
    # on a coarse scale, two equal differences of one step prove nothing: t = 1 / sqrt(5/6),
    # 1 degree of freedom, where p = 1 - 2/pi atan(t)
    t = 1 / math.sqrt(1 / 2 + THIRD)
    expected = 1 - 2 / math.pi * math.atan(t)
    assert paired_p_value([0.1, 0.1], THIRD, 0.1) == pytest.approx(expected)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_a_clear_winner_is_alone():
    random = np.random.default_rng(1)
    rounds = random.normal(0.8, 0.05, (10, 1))  # what the rounds have in common
    scores = rounds + np.array([0.0, 0.1, 0.02]) + random.normal(0, 0.002, (10, 3))
    found = compare(scores, THIRD)
    assert found.leader == 1
    assert found.tied == (False, True, False)
    assert found.adjusted[1] == 1.0
    assert max(found.adjusted[0], found.adjusted[2]) < 0.001


def test_noise_is_a_tie():
    scores = np.random.default_rng(2).normal(0.8, 0.05, (5, 8))
    assert compare(scores, THIRD).tied == (True,) * 8


def test_the_tied_set_can_be_a_part():
    random = np.random.default_rng(3)
    scores = np.array([0.9, 0.9, 0.7]) + random.normal(0, 0.01, (6, 3))
    assert compare(scores, THIRD).tied == (True, True, False)


def test_holm_counts_the_others_only():
    scores = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    found = compare(scores, THIRD)
    assert found.adjusted[1] == found.p_values[1] == pytest.approx(1 - math.sqrt(0.75))


def test_one_round_claims_nothing():
    found = compare(np.array([[0.2, 0.9, 0.5]]), THIRD)
    assert found.leader == 1
    assert found.p_values == found.adjusted == (1.0,) * 3
    assert found.tied == (True,) * 3


def test_one_candidate():
    assert compare(np.array([[0.5]]), THIRD).tied == (True,)
    assert compare(np.array([[0.5], [0.6]]), THIRD).tied == (True,)


def test_equal_scores_are_tied():
    assert compare(np.full((4, 3), 0.5), THIRD).tied == (True,) * 3


@pytest.mark.parametrize(
    "scores", [np.zeros((0, 2)), np.zeros((2, 0)), np.array([[math.nan, 1.0]]), np.zeros(3)]
)
def test_scores_that_cannot_be_compared(scores):
    with pytest.raises(InputError, match="cannot be compared"):
        compare(scores, THIRD)


@pytest.mark.parametrize("arms", [2, 6])
def test_false_winners_are_rare(arms):
    """No signal, splits that share their rows: a winner is named in about 5 % of runs at most."""
    random = np.random.default_rng(0)
    wins = 0
    for _ in range(1000):
        rows = random.normal(size=(100, arms))  # scores of equal candidates on 100 rows
        scores = np.array([rows[random.permutation(100)[:25]].mean(axis=0) for _ in range(5)])
        wins += sum(compare(scores, THIRD).tied) == 1
    assert wins <= 0.05 * 1000 + 2 * math.sqrt(0.05 * 0.95 * 1000)


def test_the_probability_of_a_small_difference_by_hand():
    """t with 2 degrees of freedom has the distribution 1/2 + t / (2 sqrt(2 + t^2))."""
    values, ratio = [0.0, 0.01, 0.02], 0.5
    error = math.sqrt(1 / 3 + 0.5) * 0.01

    def below(x):
        t = (x - 0.01) / error
        return 0.5 + t / (2 * math.sqrt(2 + t * t))

    for margin in (0.005, 0.02, 0.1):
        expected = below(margin) - below(-margin)
        assert within(values, margin, ratio) == pytest.approx(expected)
    assert within([0.1], 0.01, ratio) is None
    assert within([0.001, 0.001], 0.01, ratio) == 1.0
    assert within([0.1, 0.1], 0.01, ratio) == 0.0
    assert within([0.1, 0.1], 0.2, ratio, resolution=0.1) < 1.0
    assert within(values, 0.0, ratio) == 0.0
