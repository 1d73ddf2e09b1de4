import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.choose.candidates import CANDIDATES, QUICK_CANDIDATES, batch_size, plan, round_seeds


def test_the_default_is_sixteen_activations_four_rates_ten_seeds():
    full, quick = plan(), plan(quick=True)
    assert len(CANDIDATES) == 16
    assert full.labels == CANDIDATES
    assert (len(full.rates), len(full.seeds)) == (4, 10)
    assert full.networks == len(CANDIDATES) * 40
    assert quick.labels == QUICK_CANDIDATES
    assert quick.networks < full.networks / 3


def test_more_rounds_begin_with_the_same_seeds():
    assert round_seeds(7, 5)[:3] == round_seeds(7, 3)
    assert round_seeds(7, 3) != round_seeds(8, 3)
    assert len(set(round_seeds(0, 50))) == 50


def test_names_formulas_and_doubles():
    mine = nl.activation("mine", "x * sigmoid(beta * x)", beta=1.5)
    chosen = plan(activations=["relu", "swish", "relu", mine, nl.leaky_relu.bind(alpha=0.2)])
    assert chosen.labels == ("relu", "silu", "mine", "leaky_relu")
    both = plan(activations=["leaky_relu", nl.leaky_relu.bind(alpha=0.2)])
    assert both.labels == ("leaky_relu(alpha=0.01)", "leaky_relu(alpha=0.2)")
    assert plan(activations="gelu").labels == ("gelu",)
    written = plan(activations=["x * sigmoid(1.7 * x)", "max(x, 0)", "relu"])
    assert written.labels == ("x * sigmoid(1.7 * x)", "max(x, 0)", "relu")
    assert written.activations[0](2.0) == pytest.approx(2 / (1 + np.exp(-3.4)))


@pytest.mark.parametrize(
    ("rows", "expected"), [(6, 8), (90, 8), (1079, 32), (5000, 128), (10**6, 256)]
)
def test_batch_sizes(rows, expected):
    assert batch_size(rows) == expected


def test_settings_are_bounded():
    few, many = (plan().settings(0.01, rows, 0) for rows in (20, 10**6))
    assert few.epochs == 100
    assert many.epochs == 5
    assert plan().settings(0.01, 1079, 0).epochs == int(np.ceil(2000 / 34))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"activations": ["gelo"]}, "no activation 'gelo': .* Did you mean"),
        ({"activations": ["__import__('os')"]}, "__import__"),
        ({"activations": ["x *"]}, "x [*]"),
        ({"activations": []}, "No activation was given"),
        ({"activations": ["softmax"]}, "softmax is a function of whole rows"),
        ({"hidden": (64, 0)}, "is 0: a layer size is an integer of at least 1"),
        ({"hidden": ()}, "No hidden layer was given"),
        ({"hidden": 64}, "64 is not a list of layer sizes"),
        ({"rates": []}, "No learning rate was given"),
        ({"rates": [0.0]}, "rates is 0.0"),
        ({"rates": [float("nan")]}, "rates is nan"),
        ({"seeds": 0}, "seeds is 0"),
        ({"seeds": 99999999999}, "seeds is 99999999999: at most 1000"),
        ({"quick": True, "full": True}, "quick and full exclude each other"),
        ({"seed": -1}, "seed is -1"),
        ({"threads": 0}, "threads is 0"),
    ],
)
def test_plans_that_are_refused(given, sentence):
    with pytest.raises(InputError, match=sentence):
        plan(**given)
