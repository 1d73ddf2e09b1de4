"""The ranking of a race, and how often it claims what is not there."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nonlin.trials import statistics
from nonlin.trials.pace import Everything, Narrowing
from nonlin.trials.race import race, run_through
from nonlin.trials.standings import Criterion, preferred, standings

CLEAR = {"good": {1: 0.9, 2: 0.7}, "bad": {1: 0.2, 2: 0.3}, "fair": {1: 0.89, 2: 0.8}}
EQUAL = {name: {1: 0.5, 2: 0.5} for name in "abcde"}
BY_NAME = Criterion("name", lambda row: ord(row.arm.candidate[0]), str)


def ranked(contest, pace, splits=10, seed=0):
    seeds = range(1000 * seed, 1000 * seed + splits)
    return standings(run_through(race(contest, seeds, pace)))


def test_best_score_first_what_stopped_last(toy):
    rows = ranked(toy(CLEAR), Narrowing(splits=10))
    assert [row.arm.candidate for row in rows][-1] == "bad"
    assert {row.arm.candidate: row.arm.setting for row in rows}["bad"] == 2
    assert rows[-1].stopped
    assert not rows[-1].tied
    (leader,) = [row for row in rows if row.leader]
    assert (leader.arm.candidate, leader.p_value, leader.difference) == ("good", 1.0, 0.0)
    assert leader.difference_half_width is None


def test_the_leader_is_picked_on_validation_rows(toy):
    """Whoever has the best test score."""
    others = 0
    for seed in range(10):
        rows = ranked(toy(EQUAL), Everything(10), splits=6, seed=seed)
        (leader,) = [row for row in rows if row.leader]
        assert sum(leader.losses) == min(sum(row.losses) for row in rows)
        others += leader is not rows[0]
    assert others > 3


def test_what_is_not_finite_or_usable_is_left_out(toy):
    found = run_through(race(toy(CLEAR), range(3), Everything(10)))
    odd = dict(found.rounds[1].outcomes)
    for arm in odd:
        if arm.candidate == "fair":
            odd[arm] = replace(odd[arm], claimed=math.nan)
    broken = replace(found.rounds[1], outcomes=odd)
    rounds = (found.rounds[0], broken, found.rounds[2])
    found = replace(found, scores=replace(found.scores, rounds=rounds))
    assert {row.arm.candidate for row in standings(found)} == {"good", "bad"}
    assert standings(found, lambda outcome: outcome.claimed > 2) == []


@pytest.mark.parametrize("pace", [Narrowing(splits=10), Everything(10)])
def test_the_numbers_of_a_standing_are_those_of_its_own_splits(toy, pace):
    rows = ranked(toy(CLEAR, step=0.001), pace)
    (leader,) = [row for row in rows if row.leader]
    first = dict(zip(leader.seeds, leader.outcomes, strict=True))
    for row in rows:
        own = [each.claimed for each in row.outcomes]
        assert row.standard_error == pytest.approx(statistics.standard_error(own, 1 / 3, 0.001))
        assert row.half_width == pytest.approx(statistics.half_width(own, 1 / 3, 0.001))
        assert row.claimed == pytest.approx(np.mean(own))
        pairs = [(x, first[seed].claimed) for seed, x in zip(row.seeds, own, strict=True)]
        gaps = [one - other for one, other in pairs]
        assert row.difference == pytest.approx(np.mean(gaps))
        if row is not leader:
            half = statistics.half_width(gaps, 1 / 3, 0.001)
            assert row.difference_half_width == pytest.approx(half)
        assert row.measured("odd") == [each.measures["odd"] for each in row.outcomes]
        assert row.diverged == 0


def test_stability_moves_the_choice_only_where_nothing_is_lost(toy):
    """Within a quarter of a standard error of the leader's loss."""
    moved = 0
    for seed in range(20):
        rows = ranked(toy(EQUAL, noise=0.002), Everything(10), seed=seed)
        (leader,) = [row for row in rows if row.leader]
        found = preferred(rows, [BY_NAME])
        most = np.mean(leader.losses) + 0.25 * np.std(leader.losses, ddof=1) / math.sqrt(10)
        allowed = [row for row in rows if row.tied and np.mean(row.losses) <= most]
        assert found is min(allowed, key=BY_NAME.value)
        moved += found is not leader
    assert 0 < moved < 20
    once = ranked(toy(EQUAL), Everything(1), splits=1)
    assert preferred(once, [BY_NAME]).leader
    assert once[0].half_width is None


def test_what_stopped_is_neither_tied_nor_preferred_nor_claimed_of(toy):
    names = {f"c{k:02}": {1: 0.5} for k in range(16)}
    for seed in range(10):
        rows = ranked(toy(names, noise=0.01), Narrowing(splits=10), seed=seed)
        stopped = [row for row in rows if row.stopped]
        assert len(stopped) == 14
        assert not any(row.tied for row in stopped)
        assert all((row.verdict, row.p_value) == ("stopped", 1.0) for row in stopped)
        assert not preferred(rows, [BY_NAME]).stopped


@pytest.mark.parametrize(
    ("gap", "noise", "verdict"), [(0.0, 0.001, "equal"), (0.2, 0.001, "worse"), (0.0, 0.1, "open")]
)
def test_three_values(toy, gap, noise, verdict):
    contest = toy({"a": {1: 0.5}, "b": {1: 0.5 - gap}}, noise=noise)
    found = run_through(race(contest, range(10), Everything(10)))
    rows = standings(found, margin=0.01)
    assert sorted(row.verdict for row in rows) == sorted(["leader", verdict])
    assert all(row.verdict in ("leader", "worse", "open") for row in standings(found))  # no margin


@pytest.mark.parametrize("pace", [Narrowing(splits=10), Everything(10)])
def test_claims_are_rare_where_there_is_nothing_to_claim(toy, pace):
    """Five equal candidates: something is called worse in about 5 % of 300 races at most."""
    runs, false = 300, 0
    for seed in range(runs):
        rows = ranked(toy(EQUAL, noise=0.02), pace, seed=seed)
        false += any(row.p_value < 0.05 for row in rows)
    assert false <= 0.05 * runs + 2 * math.sqrt(0.05 * 0.95 * runs)


def test_what_is_there_is_claimed(toy):
    far = {"a": {1: 0.5}, "b": {1: 0.58}, "c": {1: 0.5}}
    found = [ranked(toy(far, noise=0.02), Everything(10), seed=seed) for seed in range(50)]
    claims = [sum(row.p_value < 0.05 for row in rows) for rows in found]
    assert np.mean([count == 2 for count in claims]) > 0.9
    assert all(next(row for row in rows if row.leader).arm.candidate == "b" for rows in found)


def test_a_race_costs_less_than_a_sweep_and_loses_little(toy):
    """Regret and cost of a pace, on sixteen candidates of four settings."""
    lost, spent = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        means = {
            f"c{k:02}": dict(enumerate(random.normal(0.5, 0.05) - 0.05 * random.random(4)))
            for k in range(16)
        }
        contest = toy(means, noise=0.02)
        pace = Narrowing(splits=10, beside=contest.beside, reference=("c00",))
        found = run_through(race(contest, range(10), pace))
        (leader,) = [row for row in standings(found) if row.leader]
        tops = [max(row.values()) for row in means.values()]
        mean = means[leader.arm.candidate][leader.arm.setting]
        lost.append((max(tops) - mean) / (max(tops) - min(tops)))
        spent.append(found.networks / (16 * 4 * 10))
    assert np.mean(lost) < 0.06
    assert np.mean(spent) < 0.15


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(means=st.lists(st.floats(0.1, 0.9), min_size=1, max_size=6), splits=st.integers(2, 5))
def test_any_race_has_one_leader_and_each_candidate_once(toy, means, splits):
    rows = ranked(
        toy({f"c{k}": {1: mean} for k, mean in enumerate(means)}), Narrowing(splits=splits), splits
    )
    assert sum(row.leader for row in rows) == 1
    assert len({row.arm.candidate for row in rows}) == len(rows) == len(means)
    assert all(0 <= row.p_value <= 1 for row in rows)
    assert [row.stopped for row in rows] == sorted(row.stopped for row in rows)


def test_of_a_leader_that_is_no_better_than_a_constant_nothing_is_claimed(toy):
    contest = toy({"a": {1: 0.5}, "b": {1: 0.2}}, noise=0.001, common=0.001)
    found = run_through(race(contest, range(10), Everything(10)))
    assert [row.verdict for row in standings(found, least=0.4)] == ["leader", "worse"]
    assert [row.verdict for row in standings(found, least=0.6)] == ["leader", "open"]


def test_a_leader_that_test_rows_speak_against_is_not_called_better(toy):
    """Loss and score may disagree: validation rows pick by the loss."""
    contest = toy({"a": {1: 0.5}, "b": {1: 0.3}}, noise=0.001)
    found = run_through(race(contest, range(10), Everything(10)))
    turned = [
        replace(done, outcomes={arm: replace(each, claimed=1 - each.claimed)
                                for arm, each in done.outcomes.items()})
        for done in found.rounds
    ]  # fmt: skip
    found = replace(found, scores=replace(found.scores, rounds=tuple(turned)))
    assert {row.arm.candidate: row.verdict for row in standings(found)} == {
        "a": "leader",
        "b": "better",
    }
    losses = [replace(row, outcomes=tuple(replace(o, loss=math.inf) for o in row.outcomes))
              for row in standings(found)]  # fmt: skip
    assert preferred(losses, [BY_NAME]).leader
