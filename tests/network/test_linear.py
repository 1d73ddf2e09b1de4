"""The linear model against scikit-learn's, with the same penalty."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, PoissonRegressor, QuantileRegressor, Ridge

from nonlin.network import Network, pinball
from nonlin.network.linear import PENALTIES, fit_linear

RNG = np.random.default_rng(0)
X = RNG.standard_normal((300, 4))
ROWS = len(X)


def fitted(y, output, outputs=1, loss=None, penalty=1.0):
    network = Network([4, outputs], (), output, "zeros", dtype=np.float64)
    rows = X.astype(np.float32), y
    return fit_linear(network, rows, rows, loss, penalties=(penalty,))


def test_ridge():
    y = X @ [1.0, -2.0, 0.0, 0.5] + RNG.standard_normal(ROWS)
    found = fitted(y, "identity")
    other = Ridge(alpha=0.5).fit(X, y)  # squares and penalty, where ours has half of the penalty
    assert found.weights[0][:, 0] == pytest.approx(other.coef_, abs=1e-5)


@pytest.mark.parametrize("penalty", [0.1, 10.0])
def test_logistic_regression(penalty):
    y = (X[:, 0] + RNG.standard_normal(ROWS) > 0.3).astype(np.int64)
    found = fitted(y, "sigmoid", penalty=penalty)
    other = LogisticRegression(C=1 / penalty, tol=1e-8).fit(X, y)
    assert found.weights[0][:, 0] == pytest.approx(other.coef_[0], abs=1e-3)
    assert found.biases[0] == pytest.approx(other.intercept_, abs=1e-3)


def test_several_classes():
    y = np.digitize(X[:, 0] + 0.5 * RNG.standard_normal(ROWS), [-0.5, 0.7])
    found = fitted(y, "softmax", outputs=3)
    other = LogisticRegression(tol=1e-8).fit(X, y)
    assert np.abs(found.weights[0].T - other.coef_).max() < 2e-3


def test_counts():
    y = RNG.poisson(np.exp(0.5 * X[:, 0] + 0.2)).astype(np.float64)
    found = fitted(y, "exponential", loss="poisson")
    other = PoissonRegressor(alpha=1 / ROWS, tol=1e-8).fit(X, y)
    assert found.weights[0][:, 0] == pytest.approx(other.coef_, abs=1e-3)


def test_quantiles_lose_no_more_than_the_exact_ones():
    y = X[:, 0] + RNG.standard_normal(ROWS)
    found = fitted(y, "identity", outputs=1, loss=pinball((0.9,)), penalty=1e-3)

    def loss(predicted):
        return np.mean(np.maximum(0.9 * (y - predicted), -0.1 * (y - predicted)))

    other = QuantileRegressor(quantile=0.9, alpha=0).fit(X, y)
    assert loss(found.predict(X)) <= 1.02 * loss(other.predict(X))


def test_the_penalty_is_chosen_on_validation_rows():
    noise = RNG.standard_normal((40, 30)).astype(np.float32)
    target = RNG.standard_normal(40)
    network = Network([30, 1], (), "identity", "zeros", dtype=np.float64)
    train, validation = (noise[:32], target[:32]), (noise[32:], target[32:])
    found = fit_linear(network, train, validation)
    free = fit_linear(network, train, validation, penalties=(min(PENALTIES),))
    assert np.abs(found.weights[0]).max() < 0.5 * np.abs(free.weights[0]).max()
    assert (network.weights[0] == 0).all()
