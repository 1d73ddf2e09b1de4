import math

import numpy as np
import pytest
from sklearn import metrics

from nonlin.tasks.accuracy import accuracy, r_squared, root_mean_squared_error


def test_accuracy():
    assert accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2])) == 0.75


def test_r_squared_and_rmse_by_hand():
    y, predicted = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 5.0])
    assert r_squared(predicted, y) == 1 - 4 / 2
    assert root_mean_squared_error(predicted, y) == pytest.approx(math.sqrt(4 / 3))
    assert r_squared(np.full(3, 2.0), y) == 0.0  # the mean explains nothing


def test_r_squared_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    y, predicted = random.normal(size=50), random.normal(size=50)
    assert r_squared(predicted, y) == pytest.approx(metrics.r2_score(y, predicted))
    constant = np.ones(50)
    assert r_squared(predicted, constant) == metrics.r2_score(constant, predicted) == 0.0
