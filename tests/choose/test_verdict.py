"""Three lines that claim what the sentences behind them claim, and fit on any terminal."""

from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len

import nonlin as nl
from nonlin._text import speaking
from nonlin.choose.raced import MOST
from nonlin.choose.verdict import URGENT, shown, verdict
from nonlin.tasks.beside import UNITS
from nonlin.tasks.kinds import KINDS

OPTIONS = {"activations": ["relu", "tanh"], "rates": [0.01], "seeds": 3, "hidden": (4,)}


@pytest.fixture(scope="module")
def result():
    random = np.random.default_rng(0)
    X = random.standard_normal((120, 3))
    return nl.choose(X, 1e5 * np.abs(X[:, 0]), task="regression", quick=True, **OPTIONS)


def judged(result, linear, gain, sure, constant=0.0, score=0.6, half=0.1):
    """The result as if these had been its scores."""
    found = result.baseline
    worth = replace(
        found,
        linear=replace(found.linear, value=linear),
        constant=replace(found.constant, value=constant),
        gain=replace(found.gain, value=gain),
        p_value=0.001 if sure else 0.5,
    )
    own = replace(result.chosen.score, value=score)
    row = replace(result.chosen, score=own, half_width=half)
    rows = tuple(row if each is result.chosen else each for each in result.standings)
    return replace(result, baseline=worth, standings=rows)


@pytest.mark.parametrize(
    ("scores", "first", "than_linear", "than_nothing"),
    [
        ({"linear": 0.4, "gain": 0.2, "sure": True}, "Use ", "yes", "yes"),
        ({"linear": 0.7, "gain": -0.1, "sure": False}, "Use ", "no, not here", "yes"),
        ({"linear": 0.5, "gain": 0.1, "sure": False}, "Use ", "not clearly", "yes"),
        ({"linear": 0.7, "gain": -0.1, "sure": True}, "Use a linear model", "no", "yes"),
        ({"linear": 0.5, "gain": 0.1, "sure": True, "half": 0.9}, "Use ", "yes", "not clearly"),
        ({"linear": -0.2, "gain": 0.1, "sure": False}, "Rely on none", "not clearly", "no"),
        ({"linear": -0.1, "gain": -0.1, "sure": True}, "Rely on none", "no", "no"),
        ({"linear": 0.2, "gain": -0.3, "sure": True}, "Use a linear model", "no", "no"),
    ],
)
def test_it_says_yes_no_or_not_clearly(result, scores, first, than_linear, than_nothing):
    found = judged(result, **scores)
    lines = [str(line) for line in verdict(found)]
    assert lines[0].startswith(first)
    assert found.recommendation.label in lines[0]
    assert lines[2] == (
        f"Beats a linear model ({scores['linear']:.3f}): {than_linear}; "
        f"guessing the mean: {than_nothing}."
    )
    key = found.baseline.sentence.key
    assert (key == "baseline.better") == (than_linear == "yes")
    assert ("linear model" in lines[0]) == (key == "baseline.worse")
    assert lines[0].startswith("Rely on none") == (key == "baseline.nothing")


def test_after_one_split_and_without_baselines_it_claims_nothing(result):
    one = replace(result, baseline=replace(result.baseline, interval=None, p_value=None))
    assert "unknown after one split" in str(verdict(one)[2])
    assert "interrupted" in str(verdict(replace(result, baseline=None))[2])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("linear", [-0.123, 0.723])
def test_every_score_has_words_and_fits(result, kind, language, linear):
    rules = KINDS[kind]
    found = judged(result, linear, -0.1, False, half=0.6)
    large = 0.512 if rules.error in ("wrong", "steps") else 183418.1
    error = replace(result.chosen.error, value=large) if rules.error else None
    task = replace(result.task, kind=kind)
    second = replace(result.chosen.beside, value=183418.1 if task.beside in UNITS else 0.512)
    beside = second if task.beside else None
    rows = tuple(replace(row, error=error, beside=beside) for row in found.standings)
    with speaking(language):
        lines = [str(line) for line in verdict(replace(found, task=task, standings=rows))]
    assert task.score == rules.score
    assert max(map(cell_len, lines)) <= 80
    with speaking(language):
        there = beside is None or shown(beside.value, task.beside) in lines[1]
    assert there or kind == "multilabel"  # whose line is full without it


def test_numbers_are_written_as_people_write_them():
    assert shown(183418.08589891362, "rmse") == "183,418"
    assert shown(4321.4, "mae") == "4,321"
    assert shown(52.123, "rmse") == "52.12"
    assert shown(0.9655, "accuracy") == "96.5 %"
    assert shown(-2.3e27, "r2") == "-2.3e+27"
    with speaking("zh"):
        assert shown(4321.4, "mae") == "4321"
        assert shown(0.9655, "accuracy") == "96.5%"


def test_why_the_top_row_is_not_the_one(result):
    other = next(row for row in result.standings if row is not result.chosen)
    assert replace(result, standings=(result.chosen, other)).aside is None
    said = str(replace(result, standings=(other, result.chosen)).aside)
    assert said.startswith(f"{other.label} stands first in the table by its test score")
    assert f"{result.chosen.label} was chosen without them" in said


def test_nothing_is_left_out_and_the_urgent_comes_first(result):
    found = result.points
    everything = [
        result.recommendation.headline,
        *result.recommendation.reasons,
        result.baseline.sentence,
        *([result.shares.sentence] if result.shares else []),
        *result.notes,
    ]
    assert sorted(map(str, (*found.first, *found.rest))) == sorted(map(str, everything))
    assert result.why == (*found.first, *found.rest)
    assert len(found.first) <= MOST
    places = [URGENT.index(point.key) for point in found.first]
    assert places == sorted(places)


def test_a_leak_is_said_at_once():
    random = np.random.default_rng(0)
    X = random.standard_normal((120, 3))
    found = nl.choose(X, X[:, 0], quick=True, **OPTIONS).points
    assert found.first[0].key in ("choose.like_target", "choose.leaks")
