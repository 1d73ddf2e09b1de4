"""Shares of variance: known ones are found again, also where arms stopped early."""

import re

import numpy as np
import pytest

import nonlin as nl
from nonlin.trials.contest import Arm, Outcome, Sizes
from nonlin.trials.scores import Round, Scores
from nonlin.trials.shares import EFFECTS, Shares, shares


def rounds(scores, missing=()):
    """scores: (splits, candidates, settings)."""
    _, candidates, settings = scores.shape
    found = Scores(
        tuple(Arm(a, r) for a in range(candidates) for r in range(settings)), lambda rows: 0.0
    )
    for number, cells in enumerate(scores):
        outcomes = {
            Arm(a, r): Outcome(0.0, 0.0, value, 0.0, False, {})
            for a, row in enumerate(cells)
            for r, value in enumerate(row)
            if (number, a, r) not in missing
        }
        found = found.and_then(Round(number, Sizes(60, 20, 20), outcomes))
    return found


def grid(activation=0.0, rate=0.0, split=0.0, both=0.0, noise=0.0, seed=0, shape=(6, 8, 5)):
    """Scores with effects of these standard deviations."""
    random = np.random.default_rng(seed)
    splits, activations, rates = shape

    def effect(size, *shape):
        return size * random.standard_normal(shape)

    return (
        effect(activation, 1, activations, 1)
        + effect(rate, 1, 1, rates)
        + effect(split, splits, 1, 1)
        + effect(both, 1, activations, rates)
        + effect(noise, *shape)
    )


@pytest.mark.parametrize("name", [*EFFECTS, "rest"])
def test_a_single_source_has_it_all(name):
    size = {"noise" if name == "rest" else name: 1.0}
    found = shares(rounds(grid(**size, shape=(8, 8, 5))))
    assert getattr(found, name) > 0.5
    if name != "rest":
        least = {"activation": 0.99, "rate": 0.99, "split": 0.99, "both": 0.5}[name]
        assert getattr(found, name) >= least
    assert sum(getattr(found, each) for each in (*EFFECTS, "rest")) == pytest.approx(1)


def test_a_balanced_race_is_the_textbook_analysis():
    scores = grid(activation=1, rate=0.7, split=0.5, both=0.3, noise=0.2)
    found = shares(rounds(scores))
    splits, activations, rates = scores.shape
    mean = scores.mean()
    a = splits * rates * np.square(scores.mean(axis=(0, 2)) - mean).sum()
    r = splits * activations * np.square(scores.mean(axis=(0, 1)) - mean).sum()
    s = activations * rates * np.square(scores.mean(axis=(1, 2)) - mean).sum()
    b = splits * np.square(scores.mean(axis=0) - mean).sum() - a - r
    freedom = (splits - 1) * (activations * rates - 1)
    chance = (np.square(scores - mean).sum() - a - r - s - b) / freedom
    effects = {
        "activation": a - (activations - 1) * chance,
        "rate": r - (rates - 1) * chance,
        "split": s - (splits - 1) * chance,
        "both": b - (activations - 1) * (rates - 1) * chance,
        "rest": scores.size * chance,
    }
    for name, value in effects.items():
        assert getattr(found, name) == pytest.approx(value / sum(effects.values())), name
    assert found.networks == scores.size


def halved(scores):
    """What halving leaves out: the worse half of the activations after each split."""
    running, missing = list(range(scores.shape[1])), set()
    for number in range(1, len(scores)):
        means = scores[:number].mean(axis=(0, 2))
        running = sorted(running, key=lambda a: -means[a])[: max(2, len(running) // 2)]
        gone = set(range(scores.shape[1])) - set(running)
        missing |= {(number, a, r) for a in gone for r in range(scores.shape[2])}
    return missing


@pytest.mark.parametrize("race", [False, True])
def test_chance_alone_is_called_chance(race):
    """With chance left in, `both` would have 18 % here, and 27 % after halving."""
    found = []
    for seed in range(100):
        scores = grid(noise=1.0, seed=seed, shape=(3, 8, 5))
        found.append(shares(rounds(scores, halved(scores) if race else ())))
    means = {name: np.mean([getattr(each, name) for each in found]) for name in (*EFFECTS, "rest")}
    assert means["rest"] > 0.85
    assert max(means[name] for name in EFFECTS) < 0.08


def test_known_shares_are_found_on_average():
    effects = grid(activation=1, rate=0.8, split=0.6, both=0.7, seed=3, shape=(4, 6, 4))
    mean = effects.mean()
    a = np.square(effects.mean(axis=(0, 2)) - mean).mean()
    r = np.square(effects.mean(axis=(0, 1)) - mean).mean()
    s = np.square(effects.mean(axis=(1, 2)) - mean).mean()
    b = np.square(effects.mean(axis=0) - mean).mean() - a - r
    noise = 0.7
    true = np.array([a, r, s, b, noise**2]) / (a + r + s + b + noise**2)
    random = np.random.default_rng(0)
    found = [
        [getattr(each, name) for name in (*EFFECTS, "rest")]
        for each in (
            shares(rounds(effects + noise * random.standard_normal(effects.shape)))
            for _ in range(100)
        )
    ]
    assert np.mean(found, axis=0) == pytest.approx(true, abs=0.02)


def test_what_stopped_early_does_not_mislead():
    scores = grid(activation=1, split=1, noise=0.05)
    worst = np.argsort(scores.mean(axis=(0, 2)))[:5]
    missing = {(k, a, r) for k in range(1, 6) for a in worst for r in range(5)}
    found = shares(rounds(scores, missing))
    assert found.rest < 0.02
    assert found.rate < 0.02
    assert found.activation > 0.2
    assert found.split > 0.1


def test_one_split_leaves_both_in_the_rest():
    found = shares(rounds(grid(activation=1, both=0.5, shape=(1, 8, 5))))
    assert (found.split, found.both) == (0, 0)
    assert found.rest > 0


def test_where_nothing_can_be_told_apart():
    assert shares(rounds(np.ones((2, 1, 1)))) is None
    assert shares(rounds(np.ones((3, 4, 2)))) is None


def test_candidates_alone_or_settings_alone_can_be_told_apart():
    steps = np.tile([0.0, 1.0], (3, 1))
    assert shares(rounds(steps[:, :, None])).activation == pytest.approx(1)
    assert shares(rounds(steps[:, None, :])).rate == pytest.approx(1)


def test_the_sentence_is_in_per_cent():
    said = str(Shares(0.7, 0.2, 0.05, 0.04, 0.01, 37).sentence)
    assert sorted(map(int, re.findall(r"(\d+) %", said))) == [1, 4, 5, 20, 70]
    assert "37 networks" in said


def test_the_sentence_of_a_result():
    random = np.random.default_rng(0)
    X = random.standard_normal((80, 3))
    options = {"activations": ["relu", "tanh"], "hidden": (4,), "rates": (1e-3, 1e-2), "seeds": 2}
    result = nl.choose(X, X[:, 0], **options)
    assert f"{result.shares.networks} networks" in str(result.shares.sentence)
    assert len(result.untried) == 4
    assert "more element-wise" in str(result.untried[2])
