"""What stops, and when more splits would change nothing, on outcomes made by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nonlin.trials.contest import Outcome
from nonlin.trials.pace import Everything, Halving, Racing, Turn, undecidable

NAMES = ("relu", "tanh", "gelu")
RACING = Racing(10)


@pytest.fixture
def raced(scores_of):
    """Losses (candidates, settings) and scores (candidates,) plus a little noise, every split."""

    def made(losses, scores, count=5, noise=0.001, names=NAMES):
        random = np.random.default_rng(0)
        splits = [
            {
                (name, setting): Outcome(
                    loss + noise * random.random(), score + noise * random.random(), 0.5, 0.1,
                    False, {},
                )
                for name, row, score in zip(names, losses, scores, strict=True)
                for setting, loss in enumerate(row)
            }
            for _ in range(count)
        ]  # fmt: skip
        return scores_of(splits, resolution=lambda rows: 1 / rows)

    return made


EQUAL = [[0.1, 0.1]] * 3


def left(pace, scores):
    turn = pace.next(scores, scores.arms)
    return [(arm.candidate, arm.setting) for arm in turn.arms]


def test_a_candidate_that_is_clearly_behind_stops(raced):
    found = left(RACING, raced(EQUAL, [0.9, 0.5, 0.9]))
    assert found == [("relu", 0), ("relu", 1), ("gelu", 0), ("gelu", 1)]


def test_a_setting_that_is_clearly_behind_stops(raced):
    assert left(RACING, raced([[0.1, 0.9]] * 3, [0.9] * 3)) == [(name, 0) for name in NAMES]


def test_a_setting_that_diverges_stops_and_the_last_one_stays(raced):
    broken = raced([[0.1, math.nan]] * 3, [0.9] * 3)
    assert left(RACING, broken) == [(name, 0) for name in NAMES]
    lost = left(RACING, raced([[math.inf, math.nan]] * 3, [0.9] * 3))
    assert {name for name, _ in lost} == set(NAMES)
    assert len(lost) == 6  # none is behind one that diverged as well


def test_nothing_stops_before_or_after_one_split_or_in_a_full_sweep(raced):
    clear = raced([[0.1, 0.9]] * 3, [0.9, 0.1, 0.2])
    first = clear.of([0])
    for pace in (RACING, Halving(), Everything()):
        assert pace.next(clear.of([]), clear.arms).arms == clear.arms
    assert RACING.next(first, first.arms).arms == first.arms
    assert Everything().next(clear, clear.arms).arms == clear.arms


def test_halving_keeps_the_better_half_and_two_at_least(raced):
    names = ["relu", "tanh", "gelu", "silu", "elu"]
    first = raced([[0.1]] * 5, [0.5, 0.9, 0.6, 0.8, 0.7], count=1, names=names)
    alive = Halving().next(first, first.arms).arms
    assert [arm.candidate for arm in alive] == ["tanh", "silu", "elu"]
    alive = Halving().next(first, alive).arms
    assert [arm.candidate for arm in alive] == ["tanh", "silu"]
    assert Halving().next(first, alive).arms == alive


@pytest.mark.parametrize(("gap", "tie"), [(0.0, True), (0.005, True), (0.2, False)])
def test_what_more_splits_cannot_part_is_a_tie(raced, gap, tie):
    close = raced(EQUAL, [0.9, 0.9, 0.9 - gap], noise=0.05)
    assert undecidable(close, close.arms, 10) is tie
    if tie:
        assert RACING.next(close, close.arms).ended == "tie"


def test_two_splits_are_too_few_for_a_tie(raced):
    scores = raced(EQUAL, [0.9] * 3, count=2)
    assert not undecidable(scores, scores.arms, 10)
    assert RACING.next(scores, scores.arms).ended is None
    scores = raced(EQUAL, [0.9] * 3, count=3)
    assert undecidable(scores, scores.arms, 10)


@pytest.fixture
def apart(scores_of):
    """Two candidates whose scores differ by so much on each split, and by chance beside."""

    def made(mean, spread):
        one = Outcome(0.1, 0.9, 0.5, 0.1, False, {})
        signs = np.array([1, -1, 1, -1]) * math.sqrt(3 / 4)  # a standard deviation of 1
        others = [replace(one, validated=0.9 - mean - spread * sign) for sign in signs]
        return scores_of([{("relu", 0): one, ("tanh", 0): other} for other in others])

    return made


def test_a_tie_by_hand(apart):
    """Of four splits: t = (mean + s / 2) / (sqrt(1 / 10 + 1 / 3) s) against t(0.975, 9) = 2.262157
    in every table, so that the mean may be 0.989146 s."""
    for share, tie in ((0.0, True), (0.985, True), (0.993, False)):
        scores = apart(share * 0.01, 0.01)
        assert undecidable(scores, scores.arms, 10) is tie, share


def test_equal_to_the_last_bit_is_a_tie(apart):
    scores = apart(0.0, 0.0)
    assert undecidable(scores, scores.arms, 10)
    assert Racing(10).next(scores, scores.arms) == Turn(scores.arms, "tie")


def test_one_that_is_left_decides(raced):
    scores = raced(EQUAL, [0.9, 0.1, 0.2])
    turn = RACING.next(scores, scores.arms)
    assert turn.ended == "decided"
    assert {arm.candidate for arm in turn.arms} == {"relu"}
