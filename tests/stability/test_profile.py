"""Several random networks of a kind: means, intervals, what theory says, refusals."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError


def test_bands_are_geometric_means_over_seeds():
    (found,) = nl.stability.profiles(["relu"], depth=3, width=20, seeds=4)
    values = np.array([[each.second for each in one.hidden] for one in found.examples])
    assert found.second.mean == pytest.approx(np.exp(np.log(values).mean(axis=0)))
    assert (found.second.low < found.second.mean).all()
    assert (found.second.high > found.second.mean).all()
    last = np.array([one.layers[-1].gradient for one in found.examples])
    first = np.array([one.layers[0].gradient for one in found.examples])
    assert found.gradient.mean[0] == pytest.approx(np.exp(np.log(first / last).mean()))


def test_auto_is_told_as_what_it_picks():
    short, deep = (
        nl.stability.profiles(["tanh"], depth=depth, width=8, seeds=1)[0] for depth in (2, 30)
    )
    assert (short.label, deep.label) == ("tanh, forward", "tanh, critical")
    assert short.second.low == pytest.approx(short.second.mean)


def test_numbers_to_predict():
    random = np.random.default_rng(0)
    X, y = random.standard_normal((30, 4)), random.standard_normal((30, 2))
    (found,) = nl.stability.profiles(["tanh"], X, y, depth=2, width=8, output="identity", seeds=2)
    assert found.examples[0].layers[-1].neurons == 2


@pytest.mark.parametrize(
    "options",
    [
        {"depth": 0},
        {"width": 0},
        {"seeds": 0},
        {"init": ["auto", "auto"]},
        {"X": np.zeros(3), "y": np.zeros(3)},
        {"X": np.zeros((3, 2)), "y": np.zeros(4)},
    ],
)
def test_refusals(options):
    with pytest.raises(InputError):
        nl.stability.profiles(["relu"], **options)
