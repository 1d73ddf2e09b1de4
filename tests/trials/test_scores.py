"""Parts of different size: all splits count, not the first one."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin.trials import statistics
from nonlin.trials.contest import Arm, Outcome, Sizes
from nonlin.trials.scores import Round

SIZES = [Sizes(60, 30, 10), Sizes(50, 10, 40)]


def outcome(loss, validated=0.0):
    return Outcome(loss, validated, 0.0, 0.1, False, {})


def test_means_over_the_splits(scores_of):
    found = scores_of([{}, {}], SIZES, lambda rows: 1 / rows)
    assert found.ratio() == pytest.approx((10 / 60 + 40 / 50) / 2)
    assert found.resolution() == pytest.approx((1 / 10 + 1 / 40) / 2)
    assert scores_of([{}, {}], SIZES).resolution() == 0.0


def test_a_table_has_gaps_where_an_arm_did_not_run(scores_of):
    found = scores_of([{("a", 1): outcome(0.5), ("b", 1): outcome(0.4)}, {("b", 1): outcome(0.3)}])
    table = found.table("loss", [Arm("a", 1), Arm("b", 1)])
    np.testing.assert_array_equal(table, [[0.5, 0.4], [math.nan, 0.3]])
    assert found.candidates == ("a", "b")
    assert len(found.outcomes) == 3
    assert found.of([1]).ran(Arm("a", 1)) == []


def test_arms_that_are_added_stand_behind_those_of_the_contest(scores_of):
    found = scores_of([{("b", 1): outcome(0.5), ("a", 1): outcome(0.5)}])
    arms = [Arm("c", 1), Arm("a", 1), Arm("a", 2)]
    done = Round(7, SIZES[0], {arm: outcome(0.4) for arm in arms})
    wider = found.and_then(done)
    assert wider.arms == (Arm("b", 1), Arm("a", 1), Arm("c", 1), Arm("a", 2))
    assert (wider.candidates, len(wider.outcomes)) == (("b", "a", "c"), 5)
    assert wider.rounds == (*found.rounds, done)


def test_the_best_setting_has_the_lowest_loss_and_of_equal_ones_is_the_first(scores_of):
    losses = {1: 0.5, 2: 0.4, 3: 0.4, 4: math.nan, 5: -math.inf}
    found = scores_of([{("a", setting): outcome(loss) for setting, loss in losses.items()}] * 2)
    assert found.best(found.arms) == Arm("a", 2)
    assert found.losses(Arm("a", 4)) == [math.inf, math.inf]
    assert found.mean_loss(Arm("a", 4)) == math.inf


def test_the_best_setting_ran_on_the_most_splits(scores_of):
    found = scores_of([{("a", 1): outcome(0.5), ("a", 2): outcome(0.1)}, {("a", 1): outcome(0.6)}])
    assert found.best(found.arms) == Arm("a", 1)
    assert found.mean_loss(Arm("a", 1)) == pytest.approx(0.55)


def test_more_arms_on_the_last_split_replace_it(scores_of):
    found = scores_of([{("a", 1): outcome(0.5)}])
    arms = {Arm("a", 1): outcome(0.5), Arm("a", 2): outcome(0.4)}
    again = found.and_then(Round(0, SIZES[0], arms))
    assert (len(again.rounds), len(again.outcomes)) == (1, 2)


def test_intervals_use_them():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(8), [30, 26, 22, 19, 17, 14, 12, 10])
    X = random.standard_normal((len(group), 3))
    y = X[:, 0] + random.standard_normal(len(group))
    options = {"activations": ["relu", "tanh"], "rates": [1e-2], "seeds": 3, "hidden": (4,)}
    result = nl.choose(X, y, group=group, full=True, **options)
    rounds = result.race.rounds
    assert len({each.sizes.test for each in rounds}) > 1
    ratio = np.mean([each.sizes.test / each.sizes.train for each in rounds])
    for candidate, row in zip(result.plan.candidates, result.plan.labels, strict=True):
        scores = [each.outcomes[Arm(candidate, 1e-2)].claimed for each in rounds]
        (found,) = (each for each in result.standings if each.label == row)
        assert found.half_width == pytest.approx(statistics.half_width(scores, ratio))
    gain, (low, high) = result.baseline.gain, result.baseline.interval
    t = statistics.half_width([0.0, 1.0, 2.0], ratio) / statistics.standard_error([0, 1, 2], ratio)
    assert (high - low) / 2 == pytest.approx(t * gain.standard_error)
