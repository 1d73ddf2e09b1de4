"""What columns do: those that count are found, the others are not, and intervals are honest."""

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin.choose.effects import GRID, LEVELS, SHOWN, effects, shapes

RANDOM = np.random.default_rng(0)
ROWS = 400
NUMBERS = RANDOM.normal(size=(ROWS, 2))
WORDS = RANDOM.choice(["low", "high"], ROWS)
DAYS = [date(2020, 1, 1) + timedelta(days=int(d)) for d in RANDOM.integers(0, 900, ROWS)]
Y = 100 * (NUMBERS[:, 0] + np.where(WORDS == "high", 2.0, 0.0))
FRAME = pl.DataFrame({"strong": NUMBERS[:, 0], "noise": NUMBERS[:, 1], "word": WORDS, "day": DAYS})
TINY = {"hidden": (8,), "activations": ["tanh"], "rates": [0.01], "seeds": 2, "quick": True}


@pytest.fixture(scope="module")
def held():
    return nl.choose(FRAME, Y, task="regression", **TINY).held_out


def test_what_counts_is_told_from_noise(held):
    found = {each.column: each for each in effects(held)}
    assert set(found) == {"strong", "noise", "word", "day"}
    for name in ("strong", "word"):
        assert found[name].fall - found[name].half_width > 0.1
        assert found[name].error > 10  # in the units of the target
    for name in ("noise", "day"):
        assert abs(found[name].fall) < 0.05
    falls = [each.fall for each in effects(held)]
    assert falls == sorted(falls, reverse=True)


def test_the_same_seed_gives_the_same(held):
    assert effects(held) == effects(held)
    assert effects(held, 1) != effects(held)


def test_the_interval_is_that_of_a_mean():
    """Of an accuracy, which is a mean over rows, the jackknife gives about its usual interval."""
    noisy = NUMBERS[:, 0] + 0.5 * NUMBERS[:, 1] > 0
    held = nl.choose(NUMBERS, noisy, **TINY).held_out
    strongest = effects(held)[0]
    share = strongest.fall
    usual = 1.96 * math.sqrt(share / len(held.target))
    assert usual / 3 < strongest.half_width < 3 * usual


def test_the_strongest_of_many_are_found():
    X = RANDOM.normal(size=(ROWS, 60))
    found = effects(nl.choose(X, X[:, 7] + X[:, 23], task="regression", **TINY).held_out)
    assert len(found) == SHOWN
    assert {each.column for each in found[:2]} == {"x8", "x24"}


def test_shapes(held):
    strong, word, day = shapes(held, ["strong", "word", "day"])
    assert len(strong.places) == GRID
    assert strong.means.shape == (GRID, 1)
    assert (np.diff(strong.means[:, 0]) > 0).all()
    rise = (strong.means[-1, 0] - strong.means[0, 0]) / (strong.places[-1] - strong.places[0])
    assert rise == pytest.approx(100, rel=0.3)
    means = dict(zip(word.names, word.means[:, 0], strict=True))
    assert means["high"] - means["low"] == pytest.approx(200, rel=0.3)
    assert word.places == ()
    assert day.dated
    assert day.names[0].startswith("2020-")
    assert np.all(np.diff(day.places) > 0)


def test_a_text_of_many_values_shows_the_most_frequent():
    words = np.array([f"w{k}" for k in RANDOM.integers(0, 30, ROWS)])
    frame = pl.DataFrame({"word": words, "x": NUMBERS[:, 0]})
    held = nl.choose(frame, NUMBERS[:, 0], task="regression", **TINY).held_out
    (found,) = shapes(held, ["word"])
    assert len(found.names) == LEVELS


def test_one_row_says_nothing(held):
    assert effects(held.part(1)) == ()
    assert list(shapes(held.part(1), ["strong"])) == []
