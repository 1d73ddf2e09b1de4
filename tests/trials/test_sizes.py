"""Parts of different size: all rounds count, not the first one."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.tasks.task import infer
from nonlin.trials import sizes, statistics
from nonlin.trials.race import Round

ROUNDS = [Round(0, 60, 30, 10, (), ()), Round(1, 50, 10, 40, (), ())]
CLASSES, QUANTITY = infer(np.arange(90) % 3, "y"), infer(np.linspace(0, 1, 90) ** 2 - 3, "y")


def test_means_over_the_rounds():
    assert sizes.ratio(ROUNDS) == pytest.approx((10 / 60 + 40 / 50) / 2)
    assert sizes.ratio(ROUNDS, "validation") == pytest.approx((30 / 60 + 10 / 50) / 2)
    assert sizes.resolution(ROUNDS, CLASSES) == pytest.approx((1 / 10 + 1 / 40) / 2)
    assert sizes.resolution(ROUNDS, CLASSES, "validation") == pytest.approx((1 / 30 + 1 / 10) / 2)
    assert sizes.resolution(ROUNDS, QUANTITY) == 0.0


def test_intervals_use_them():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(8), [30, 26, 22, 19, 17, 14, 12, 10])
    X = random.standard_normal((len(group), 3))
    y = X[:, 0] + random.standard_normal(len(group))
    options = {"activations": ["relu", "tanh"], "rates": [1e-2], "seeds": 3, "hidden": (4,)}
    result = nl.choose(X, y, group=group, full=True, **options)
    rounds = result.race.rounds
    assert len({each.test_rows for each in rounds}) > 1
    ratio = np.mean([each.test_rows / each.train_rows for each in rounds])
    for arm, row in enumerate(result.plan.labels):
        scores = [each.outcomes[arm][0].score for each in rounds]
        (found,) = (each for each in result.standings if each.label == row)
        assert found.half_width == pytest.approx(statistics.half_width(scores, ratio))
    gain, (low, high) = result.baseline.gain, result.baseline.interval
    t = statistics.half_width([0.0, 1.0, 2.0], ratio) / statistics.standard_error([0, 1, 2], ratio)
    assert (high - low) / 2 == pytest.approx(t * gain.standard_error)
