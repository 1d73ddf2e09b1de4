"""A constant and a linear model beside the network, on the same rows."""

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression, LogisticRegression

import nonlin as nl
from nonlin._text import text
from nonlin.choose.baseline import Baseline
from nonlin.data.split import split
from nonlin.measure import Measurement
from nonlin.network import Network
from nonlin.network.constant import constant_logits

RNG = np.random.default_rng(0)
X = RNG.standard_normal((400, 5))
TINY = {"activations": ["relu", "tanh"], "hidden": (8,), "seeds": 3, "full": True}


def parts(result, y, classes):
    groups = np.searchsorted(np.unique(y), y) if classes else np.zeros(len(y), np.int64)
    return [split(groups, each.seed) for each in result.race.rounds]


def test_a_linear_target():
    y = X @ [1.0, -2.0, 0.5, 0.0, 3.0] + 0.5 * RNG.standard_normal(400)
    result = nl.choose(X, y, **TINY)
    own = []
    for rows in parts(result, y, classes=False):
        line = LinearRegression().fit(X[rows.train], y[rows.train])
        own.append(line.score(X[rows.test], y[rows.test]))
    assert result.baseline.linear.value == pytest.approx(np.mean(own), abs=0.005)
    assert result.baseline.constant.value == pytest.approx(0, abs=0.05)
    assert result.baseline.gain.value < 0.02
    assert "linear model" in str(result.baseline.sentence)


def test_classes():
    y = np.where(X[:, 0] + X[:, 1] + 0.7 * RNG.standard_normal(400) > 0.8, "yes", "no")
    result = nl.choose(X, y, **TINY)
    own, most = [], []
    for rows in parts(result, y, classes=True):
        line = LogisticRegression().fit(X[rows.train], y[rows.train])
        own.append(line.score(X[rows.test], y[rows.test]))
        most.append(np.mean(y[rows.test] == "no"))
    assert result.baseline.linear.value == pytest.approx(np.mean(own), abs=0.02)
    assert result.baseline.constant.value == pytest.approx(np.mean(most))


def test_what_a_network_is_worth():
    y = np.sign(X[:, 0] * X[:, 1])  # no line tells these apart
    result = nl.choose(X, y.astype(int), **(TINY | {"hidden": (32,), "rates": (3e-3, 1e-2)}))
    found = result.baseline
    assert found.gain.value > 0.2
    assert found.p_value < 0.05
    low, high = found.interval
    assert low < found.gain.value < high
    assert "worth its layers" in str(found.sentence)
    assert str(found.sentence).count("%") == 1


def test_one_split_claims_nothing():
    result = nl.choose(X, X[:, 0] > 0, **(TINY | {"seeds": 1}))
    assert result.baseline.interval is None
    assert "nothing can be said" in str(result.baseline.sentence)


@pytest.mark.parametrize(
    ("y", "options"),
    [
        (RNG.poisson(np.exp(0.5 * X[:, 0])), {"task": "counts"}),
        (np.exp(X[:, 0]), {"task": "positive"}),
        (1 / (1 + np.exp(-X[:, 0])), {"task": "proportion"}),
        (X[:, 0] + RNG.standard_normal(400), {"task": "quantiles"}),
        (np.digitize(X[:, 0], [-1, 0, 1]), {"task": "ordinal"}),
        (np.stack([X[:, 0] > 0, X[:, 1] > 0.5], axis=1).astype(int), {}),
    ],
    ids=["counts", "positive", "proportion", "quantiles", "ordinal", "multilabel"],
)
def test_every_task_has_its_line(y, options):
    result = nl.choose(X, y, rates=[1e-2], **(TINY | {"seeds": 2}), **options)
    assert result.baseline.linear.value > 0.05
    assert abs(result.baseline.constant.value) < 0.1


@pytest.mark.parametrize(
    ("output", "y", "expected"),
    [
        ("identity", np.array([1.0, 2.0, 6.0]), [3.0]),
        ("sigmoid", np.array([0, 1, 1, 1]), [np.log(3)]),
        ("softmax", np.array([0, 1, 1, 2, 2, 2]), np.log([1, 2, 3])),
    ],
)
def test_constant_logits(output, y, expected):
    outputs = len(expected)
    network = Network([2, outputs], (), output, dtype=np.float64)
    found = constant_logits(network, np.zeros((len(y), 2)), y)
    shift = found.mean() - np.mean(expected) if outputs > 1 else 0.0
    assert found - shift == pytest.approx(np.array(expected), abs=1e-4)


def test_the_p_value_is_that_of_the_paired_test():
    result = nl.choose(X, X[:, 0] + 0.3 * X[:, 1] ** 2, **TINY)
    found = result.baseline
    freedom = len(result.chosen.seeds) - 1
    t = abs(found.gain.value) / found.gain.standard_error
    assert found.p_value == pytest.approx(2 * stats.t.sf(t, freedom))


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (np.repeat(["no", "yes"], [290, 110]), "best constant"),
        (np.repeat([0, 1, 2], [240, 90, 70]), "best constant"),
        (np.linspace(0, 1, 400) ** 3 - 5, "mean of the target"),
    ],
    ids=["binary", "multiclass", "regression"],
)
def test_what_is_worth_no_more_than_a_constant(y, said):
    result = nl.choose(X, np.random.default_rng(3).permutation(y), **TINY)
    assert any(said in str(note) for note in result.notes)
    sentence = str(result.baseline.sentence)
    assert "worth no more than a constant" in sentence
    assert f"{result.chosen.score.value:.4f} on the test rows" in sentence
    assert "may be enough" not in sentence


def measured(value):
    return Measurement(value, 0.01, "", text("measure.accuracy"), text("measure.in_rounds"))


@pytest.mark.parametrize(
    ("constant", "linear", "gain", "p", "said"),
    [
        (0.72, 0.72, -0.007, 0.6, "worth no more than a constant"),
        (0.72, 0.60, 0.1, 0.01, "worth no more than a constant"),
        (0.72, 0.90, -0.2, 0.01, "Use a linear model"),
        (0.72, 0.75, -0.01, 0.6, "may be enough"),
        (-0.03, -0.01, 0.005, 0.6, "worth no more than a constant"),
        (-0.03, -0.01, 0.1, 0.01, "worth its layers"),
    ],
)
def test_the_sentence_for_each_order(constant, linear, gain, p, said):
    three = {"constant": measured(constant), "linear": measured(linear), "gain": measured(gain)}
    assert said in str(Baseline(**three, interval=(-1.0, 1.0), p_value=p).sentence)
