"""The ranking so far is told whenever it changes, and at the end it is that of the result."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

import nonlin as nl

X, Y = load_iris(return_X_y=True)
TINY = {"activations": ["relu", "tanh", "sigmoid"], "seeds": 3, "hidden": [4], "quick": True}


def test_the_ranking_settles():
    told = []
    result = nl.choose(X, Y, rates=[0.01], on_ranking=told.append, **TINY)
    assert len(told) >= 3
    assert all({place.label for place in places} <= set(TINY["activations"]) for places in told)
    assert [sum(place.leader for place in places) for places in told] == [1] * len(told)
    last = told[-1]
    assert {p.label: p.stopped for p in last} == {r.label: r.stopped for r in result.standings}
    for place in last:
        row = next(row for row in result.standings if row.label == place.label)
        expected = row.validation_score if row.stopped else row.score.value
        assert place.score == pytest.approx(expected)
        assert (place.rate, place.rounds) == (row.rate, row.rounds)
    assert last == tuple(sorted(last, key=lambda place: place.stopped))


def test_few_splits_have_no_interval():
    told = []
    nl.choose(X, Y, rates=[0.01], on_ranking=told.append, **TINY)
    assert {p.half_width for places in told for p in places if p.rounds < 3} == {None}
    assert np.isfinite([p.half_width for p in told[-1] if not p.stopped]).all()


def test_what_cannot_be_called():
    with pytest.raises(nl.NonlinError, match="on_ranking must be a function"):
        nl.choose(X, Y, on_ranking=3)
