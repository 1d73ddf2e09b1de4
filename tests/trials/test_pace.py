"""Who runs next, on outcomes made by hand and in whole races of numbers."""

import math

import numpy as np
import pytest

from nonlin.trials.contest import Arm, Outcome
from nonlin.trials.pace import FINALISTS, Everything, Narrowing
from nonlin.trials.race import Race, race, run_through
from nonlin.trials.standings import standings

FOUR = (1, 2, 3, 4)


def outcome(loss):
    return Outcome(loss, 1 - loss, 1 - loss, 0.1, False, {})


def sixteen(best="c05", setting=3):
    """Candidates whose mean falls with their number; one is the best, at this setting."""
    means = {
        f"c{k:02}": {s: 0.6 - 0.01 * k - 0.03 * abs(s - setting) for s in FOUR} for k in range(16)
    }
    means[best] = {s: 0.9 - 0.03 * abs(s - setting) for s in FOUR}
    return means


def narrowing(contest, splits=10, **rest):
    return Narrowing(splits=splits, beside=contest.beside, **rest)


def runs(contest, splits=10):
    """Candidates and runs of each split."""
    return [
        (len({arm.candidate for _, arm in own}), len(own))
        for own in ([pair for pair in contest.ran if pair[0] == k] for k in range(splits))
    ]


def test_nothing_stops_in_a_full_sweep(scores_of):
    first = scores_of([{("a", 1): outcome(0.1), ("b", 1): outcome(0.9)}])
    assert Everything(10).next(first, first.arms).arms == first.arms
    assert Everything(3).most(first.arms) == (2, 2, 2)


def test_what_each_split_costs(toy):
    """16 candidates, 4 settings: middle settings and neighbours, 6, 4, 4, 4, then two of them."""
    contest = toy(sixteen(), noise=0.001)
    pace = narrowing(contest, reference=("c15",))
    found = run_through(race(contest, range(10), pace))
    assert found.ended == "splits"
    told = runs(contest)
    assert told[0] == (16, 32 + 8 + 1)  # the neighbour of the reference, too
    assert told[1:5] == [(7, 13), (5, 9), (5, 5), (5, 5)]  # one of them the reference
    assert told[5:] == [(3, 3)] * 5
    assert pace.most(contest.arms) == (41, 13, 9, 5, 5, 3, 3, 3, 3, 3)
    assert found.networks / 640 < 0.15
    assert sum(count for _, count in told[:5]) / 640 < 0.12


def test_it_finds_the_best_at_its_setting_wherever_that_is(toy):
    for setting in FOUR:
        contest = toy(sixteen(setting=setting), noise=0.001)
        found = run_through(race(contest, range(10), narrowing(contest)))
        (leader,) = [row for row in standings(found) if row.leader]
        assert leader.arm == Arm("c05", setting)
        assert len(leader.seeds) == 10
        assert sum(not row.stopped for row in standings(found)) == FINALISTS


def test_the_reference_runs_on_every_split_whatever_it_scores(toy):
    contest = toy(sixteen(), noise=0.001)
    found = run_through(race(contest, range(10), narrowing(contest, reference=("c15", "c14"))))
    rows = {row.arm.candidate: row for row in standings(found)}
    assert len(rows["c14"].seeds) == 10  # the better one of the two
    assert rows["c15"].stopped
    assert not rows["c14"].stopped


def test_some_run_on_every_split_whatever_they_score(toy):
    contest = toy(sixteen(), noise=0.001)
    pace = narrowing(contest, reference=("c13",), always=("c15", "c14"))
    assert pace.most(contest.arms)[-1] == FINALISTS + 3
    rows = {
        row.arm.candidate: row for row in standings(run_through(race(contest, range(10), pace)))
    }
    assert {name for name, row in rows.items() if not row.stopped} >= {"c13", "c14", "c15"}
    assert len(rows) == 16


def test_few_candidates_are_all_judged_at_their_best_setting(toy):
    means = {"a": dict.fromkeys(FOUR, 0.8), "b": {1: 0.3, 2: 0.5, 3: 0.6, 4: 0.95}}
    contest = toy(means, noise=0.001)
    found = run_through(race(contest, range(10), narrowing(contest)))
    (leader,) = [row for row in standings(found) if row.leader]
    assert leader.arm == Arm("b", 4)
    means = sixteen() | {"c15": {1: 0.2, 2: 0.2, 3: 0.3, 4: 0.4}}
    contest = toy(means, noise=0.001)
    found = run_through(race(contest, range(10), narrowing(contest, reference=("c15",))))
    (reference,) = [row for row in standings(found) if row.arm.candidate == "c15"]
    assert reference.arm.setting == 4


def test_a_grid_grows_where_the_best_lies_on_its_edge(toy):
    means = {"a": {1: 0.5, 2: 0.55, 3: 0.6, 4: 0.7}, "b": dict.fromkeys(FOUR, 0.4)}
    further = {"a": {5: 0.8, 6: 0.75}}
    contest = toy(means, noise=0.001, beyond=further)
    found = run_through(race(contest, range(4), narrowing(contest, 4)))
    (leader,) = [row for row in standings(found) if row.leader]
    assert leader.arm == Arm("a", 5)
    assert len(leader.seeds) == 4
    contest = toy(means, noise=0.001, beyond={"a": {5: 0.6}})
    found = run_through(race(contest, range(4), narrowing(contest, 4)))
    (leader,) = [row for row in standings(found) if row.leader]
    assert leader.arm == Arm("a", 4)  # what was tried beyond is worse


def test_a_setting_that_is_better_by_chance_on_the_first_split_is_left_again(toy):
    """Two settings go on for three splits: the mean decides."""
    means = {"a": {s: 0.5 + 0.02 * (s == 2) for s in FOUR}, "b": dict.fromkeys(FOUR, 0.3)}
    picked = []
    for seed in range(60):
        contest = toy(means, noise=0.02)
        seeds = range(100 * seed, 100 * seed + 10)
        found = run_through(race(contest, seeds, narrowing(contest)))
        (leader,) = [row for row in standings(found) if row.leader]
        first = found.rounds[0].outcomes
        at_once = min((arm for arm in first if arm.candidate == "a"), key=lambda a: first[a].loss)
        picked.append((leader.arm.setting == 2, at_once.setting == 2))
    kept, at_once = np.mean(picked, axis=0)
    assert kept > at_once + 0.1


def test_what_diverges_is_ranked_last_and_the_last_one_stays(scores_of):
    pace = Narrowing(splits=2)
    losses = {"a": math.nan, "b": 0.5, "c": math.inf, "d": 0.4, "e": 0.6}
    first = scores_of([{(name, 1): outcome(loss) for name, loss in losses.items()}])
    assert [arm.candidate for arm in pace.ranked(first, first.arms)] == ["d", "b", "e", "a", "c"]
    assert [arm.candidate for arm in pace.next(first, first.arms).arms] == ["d", "b"]
    lost = scores_of([{("a", 1): outcome(math.nan), ("b", 1): outcome(math.nan)}])
    assert len(pace.next(lost, lost.arms).arms) == 2


@pytest.mark.parametrize("settings", [(1,), (1, 2), (1, 2, 3)])
def test_few_candidates_and_settings(toy, settings):
    contest = toy({name: dict.fromkeys(settings, 0.5) for name in "ab"})
    pace = narrowing(contest, 3)
    found = run_through(race(contest, range(3), pace))
    assert all(len(row.seeds) == 3 for row in standings(found))
    assert found.networks <= sum(pace.most(contest.arms))


def test_one_split_names_a_leader(toy):
    contest = toy(sixteen(), noise=0.001)
    found = run_through(race(contest, [0], narrowing(contest, 1)))
    (leader,) = [row for row in standings(found) if row.leader]
    assert leader.arm.candidate == "c05"


def test_the_first_split_may_be_left_between_its_turns(toy):
    """What has run until then counts: Ctrl-C loses nothing of it."""
    contest = toy(sixteen(), noise=0.001)
    events = race(contest, range(10), narrowing(contest))
    first = next(event for event in events if isinstance(event, Race))
    assert (len(first.rounds), first.networks, first.ended) == (1, 32, None)
    second = next(event for event in events if isinstance(event, Race))
    assert (len(second.rounds), second.networks) == (1, 40)
    events.close()
