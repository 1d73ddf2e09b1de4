"""What stops, and when more rounds would change nothing, on rounds made by hand."""

import math

import numpy as np
import pytest

from nonlin.choose.candidates import plan
from nonlin.choose.trial import Outcome, Start
from nonlin.tasks.task import infer
from nonlin.trials import eliminate
from nonlin.trials.race import Round

TASK = infer(np.arange(90) % 3, "y")
PLAN = plan(activations=["relu", "tanh", "gelu"], rates=[0.001, 0.01], seeds=10)


def outcome(loss, score):
    return Outcome(loss, score, 0.5, None, 0.0, 0.0, 0.1, False)


def rounds(losses, scores, count=5, noise=0.001):
    """Losses (activations, rates) and scores (activations,) plus a little noise, every round."""
    random = np.random.default_rng(0)
    return [
        Round(
            seed,
            600,
            200,
            200,
            (Start(0.0, 1.0),) * len(losses),
            tuple(
                tuple(outcome(loss + noise * random.random(), score + noise * random.random())
                      for loss in row)
                for row, score in zip(losses, scores, strict=True)
            ),
        )
        for seed in range(count)
    ]  # fmt: skip


EQUAL = [[0.1, 0.1]] * 3
ALL = eliminate.everything(PLAN)


def test_an_activation_that_is_clearly_behind_stops():
    alive = eliminate.after(rounds(EQUAL, [0.9, 0.5, 0.9]), ALL, PLAN, TASK)
    assert [bool(rates) for rates in alive] == [True, False, True]


def test_a_rate_that_is_clearly_behind_stops():
    alive = eliminate.after(rounds([[0.1, 0.9]] * 3, [0.9] * 3), ALL, PLAN, TASK)
    assert alive == ((0,),) * 3


def test_a_rate_that_diverges_stops_and_the_last_one_stays():
    alive = eliminate.after(rounds([[0.1, math.nan]] * 3, [0.9] * 3), ALL, PLAN, TASK)
    assert alive == ((0,),) * 3
    alive = eliminate.after(rounds([[math.inf, math.nan]] * 3, [0.9] * 3), ALL, PLAN, TASK)
    assert all(alive)


def test_nothing_stops_after_one_round_or_in_a_full_sweep():
    clear = rounds([[0.1, 0.9]] * 3, [0.9, 0.1, 0.2])
    assert eliminate.after(clear[:1], ALL, PLAN, TASK) == ALL
    full = plan(activations=["relu", "tanh", "gelu"], rates=[0.001, 0.01], full=True)
    assert eliminate.after(clear, ALL, full, TASK) == ALL


def test_halving_keeps_the_better_half_and_two_at_least():
    names = ["relu", "tanh", "gelu", "silu", "elu"]
    quick = plan(activations=names, rates=[0.01], quick=True)
    first = rounds([[0.1]] * 5, [0.5, 0.9, 0.6, 0.8, 0.7], count=1)
    alive = eliminate.after(first, eliminate.everything(quick), quick, TASK)
    assert [names[arm] for arm, rates in enumerate(alive) if rates] == ["tanh", "silu", "elu"]
    alive = eliminate.after(first, alive, quick, TASK)
    assert [names[arm] for arm, rates in enumerate(alive) if rates] == ["tanh", "silu"]
    assert eliminate.after(first, alive, quick, TASK) == alive


@pytest.mark.parametrize(("gap", "tie"), [(0.0, True), (0.005, True), (0.2, False)])
def test_what_more_rounds_cannot_part_is_a_tie(gap, tie):
    close = rounds(EQUAL, [0.9, 0.9, 0.9 - gap], noise=0.05)
    assert eliminate.undecidable(close, ALL, PLAN, TASK) is tie


def test_two_rounds_are_too_few_for_a_tie():
    assert not eliminate.undecidable(rounds(EQUAL, [0.9] * 3, count=2), ALL, PLAN, TASK)
