"""The second measure: what scikit-learn says, for every kind that has one."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn import metrics

from nonlin.tasks.beside import BESIDE, beside, log_loss
from nonlin.tasks.kinds import KINDS
from nonlin.tasks.probabilities import probabilities

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(size=(60, 3))
WEIGHTS = RANDOM.uniform(0.5, 2.0, 60)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_it_is_what_scikit_learn_says(weights):
    quantity, classes = RANDOM.normal(size=60), RANDOM.integers(0, 3, 60)
    one = LOGITS[:, :1]
    known = {"sample_weight": weights}
    wanted = {
        "regression": metrics.mean_absolute_error(quantity, one[:, 0], **known),
        "robust": metrics.root_mean_squared_error(quantity, one[:, 0], **known),
    }
    for kind, value in wanted.items():
        assert beside(kind, one, quantity, weights) == pytest.approx(value)
    found = beside("multiclass", LOGITS, classes, weights)
    shares = probabilities("multiclass", LOGITS)
    assert found == pytest.approx(metrics.log_loss(classes, shares, **known))
    found = beside("binary", one, classes > 0, weights)
    assert found == pytest.approx(metrics.log_loss(classes > 0, expit(one[:, 0]), **known))
    labels = RANDOM.integers(0, 2, (60, 3))
    each = [metrics.log_loss(labels[:, k], expit(LOGITS[:, k]), **known) for k in range(3)]
    assert beside("multilabel", LOGITS, labels, weights) == pytest.approx(np.mean(each))


def test_what_was_thought_impossible_costs_much_but_no_infinity():
    assert 30 < log_loss(np.array([[1.0, 0.0]]), np.array([1])) < 40


@pytest.mark.parametrize("kind", ["binary", "multiclass", "ordinal"])
def test_probabilities_of_classes_sum_to_one(kind):
    found = probabilities(kind, LOGITS[:, :1] if kind == "binary" else LOGITS)
    assert found.min() >= 0
    assert found.sum(axis=1) == pytest.approx(np.ones(60))


def test_ordered_classes():
    """Beyond the first with 0.8, beyond the second with 0.8 * 0.5."""
    found = probabilities("ordinal", np.log([[4.0, 1.0]]))
    assert found == pytest.approx(np.array([[0.2, 0.4, 0.4]]))


def test_every_kind_has_another_measure_than_its_error():
    for kind, name in BESIDE.items():
        assert name not in (KINDS[kind].score, KINDS[kind].error)
    assert set(KINDS) - set(BESIDE) == {"quantiles"}
    assert beside("quantiles", LOGITS, LOGITS[:, 0]) is None
