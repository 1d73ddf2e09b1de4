"""The network of the first split and its test rows: those of the race, none that it learnt."""

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin.choose.held_out import MOST
from nonlin.choose.prepared import parts_of
from nonlin.data.table import from_memory

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(300, 3))
TINY = {"hidden": (6,), "activations": ["tanh", "gelu"], "rates": [0.01], "seeds": 2}
TINY |= {"quick": True}


@pytest.fixture(scope="module")
def result():
    return nl.choose(X, 1000 * X[:, 0] - 300 * X[:, 1] ** 2, task="regression", **TINY)


def test_it_scores_what_the_race_wrote_down(result):
    held, raced = result.held_out, result.chosen.ran.outcomes[0]
    score, error = held.task.judge(held.logits, held.target)
    assert score == pytest.approx(raced.claimed)
    assert error * held.preparation.scale == pytest.approx(raced.measures["error"])
    assert held.of_rows == len(held.target) == result.race.rounds[0].sizes.test


def test_its_rows_are_the_test_rows_and_nothing_else(result):
    table = from_memory(X, result.task.decode(1000 * X[:, 0] - 300 * X[:, 1] ** 2))
    rows = parts_of(table, result.task, result.plan.seeds[0]).test
    held = result.held_out
    assert held.features.equals(table.features[rows])
    assert held.actual == pytest.approx(table.target[rows])
    assert np.corrcoef(held.predicted(held.logits)[:, 0], held.actual)[0, 1] > 0.5


def test_of_many_rows_some_are_kept():
    x = RANDOM.normal(size=(8 * MOST, 1))
    found = nl.choose(x, x[:, 0] > 0, **TINY | {"seeds": 1, "activations": ["relu"]})
    held = found.held_out
    assert MOST / 2 < len(held.target) <= MOST < held.of_rows
    assert len(held.part(10).target) <= 10
    assert held.predicted(held.logits).shape == (len(held.target), 1)


def test_weights_go_with_their_rows():
    weights = np.where(X[:, 0] > 0, 1.0, 2.0)
    held = nl.choose(X, X[:, 0], weights=weights, **TINY).held_out
    wanted = np.where(held.features["x1"].to_numpy() > 0, 1.0, 2.0)
    assert np.array_equal(held.weights, wanted)


def test_the_inputs_of_every_column_are_known():
    dates = pl.datetime_range(pl.datetime(2020, 1, 1), pl.datetime(2022, 9, 26), "1d", eager=True)
    frame = pl.DataFrame({"when": dates[:300], "n": X[:, 0], "word": ["a", "b", "c"] * 100})
    kept = nl.choose(frame, X[:, 0], **TINY).preparation
    every = [place for places in kept.places.values() for place in places]
    assert sorted(every) == list(range(len(kept.names)))
    for column, places in kept.places.items():
        assert all(kept.names[place].startswith(column) for place in places)
    assert len(kept.places["word"]) == 3
    assert len(kept.places["when"]) % 2 == 1  # how late it is, and sines with cosines
