"""A whole race, on a contest of numbers: who runs, what is told, what is kept."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from nonlin.trials.contest import Arm, Sizes
from nonlin.trials.journal import Journal
from nonlin.trials.pace import Everything, Narrowing, Turn
from nonlin.trials.race import Budget, Race, Ran, race, run_through

SEEDS = range(10)
CLEAR = {"good": {1: 0.9, 2: 0.85}, "bad": {1: 0.2, 2: 0.1}, "fair": {1: 0.895, 2: 0.8}}
EQUAL = {name: {1: 0.5} for name in "abc"}


def test_events_tell_how_far_it_is_and_how_it_stands(toy):
    events = list(race(toy(EQUAL), range(2), Everything(10)))
    told = [(e.split, e.done, e.due) for e in events if isinstance(e, Ran)]
    assert told == [(0, k, 3) for k in range(4)] + [(1, k, 3) for k in range(4)]
    stands = [event for event in events if isinstance(event, Race)]
    assert [each.ended for each in stands] == [None, "splits"]
    assert [each.networks for each in stands] == [3, 6]
    assert events[-1] is stands[-1]


def test_what_stopped_runs_no_more(toy):
    contest = toy(CLEAR)
    found = run_through(race(contest, SEEDS, Narrowing(splits=10)))
    runs = [arm for seed, arm in contest.ran if seed == found.rounds[-1].seed]
    assert Arm("bad", 1) not in runs
    assert Arm("good", 1) in runs
    assert found.networks == len(contest.ran) < 60
    assert set(found.alive) <= set(runs)
    assert found.ended == "splits"


class Twice:
    """A pace that runs one arm, then two others on the same split, then all on the next."""

    def next(self, scores, alive):
        if not scores.rounds:
            return Turn(alive[:1])
        if len(scores.rounds[0].outcomes) == 1:
            return Turn((*alive, *scores.arms[1:3]), again=True)
        return Turn(tuple(alive))


def test_a_split_may_be_run_in_turns(toy):
    contest = toy(EQUAL)
    events = list(race(contest, range(2), Twice()))
    told = [(e.split, e.done, e.due) for e in events if isinstance(e, Ran)]
    first = [(0, 0, 1), (0, 1, 1), (0, 1, 3), (0, 2, 3), (0, 3, 3)]
    assert told == first + [(1, k, 3) for k in range(4)]
    assert [len(e.rounds) for e in events if isinstance(e, Race)] == [1, 1, 2]
    assert len(contest.ran) == len(set(contest.ran)) == 6  # nothing twice
    found = run_through(race(toy(EQUAL), range(2), Twice(), Budget(runs=2)))
    assert (found.networks, found.ended) == (1, "budget")
    found = run_through(race(toy(EQUAL), range(2), Twice(), Budget(runs=3)))
    assert (found.networks, found.ended) == (3, "budget")


def test_a_budget_of_runs_is_never_exceeded_but_by_the_first_split(toy):
    found = run_through(race(toy(EQUAL), SEEDS, Everything(10), Budget(runs=7)))
    assert (found.networks, found.ended) == (6, "budget")
    found = run_through(race(toy(EQUAL), SEEDS, Everything(10), Budget(runs=1)))
    assert (found.networks, found.ended) == (3, "budget")
    assert run_through(race(toy(EQUAL), SEEDS, Everything(10), Budget(seconds=0))).networks == 3


def test_a_budget_of_seconds_is_never_exceeded_but_by_the_first_split(toy, monkeypatch):
    """Each run takes a second, of a clock that only they move."""
    for seconds, networks in ((1, 3), (5, 3), (6, 6), (8.9, 6), (9, 9)):
        contest = toy(EQUAL)
        clock = SimpleNamespace(perf_counter=lambda contest=contest: 100.0 + len(contest.ran))
        monkeypatch.setattr("nonlin.trials.race.time", clock)
        found = run_through(race(contest, SEEDS, Everything(10), Budget(seconds=seconds)))
        assert (found.networks, found.ended) == (networks, "budget")


class Prior:
    """A pace that starts with one arm, and adds settings that the contest did not have."""

    def next(self, scores, alive):
        if not scores.rounds:
            return Turn((Arm("good", 1),))
        return Turn((Arm("good", 1), Arm("good", 2), Arm("bad", 1)))


def test_a_pace_may_begin_with_few_and_add_others(toy):
    contest = toy(CLEAR)
    found = run_through(race(contest, range(3), Prior()))
    assert [len(each.outcomes) for each in found.rounds] == [1, 3, 3]
    assert found.scores.candidates == ("good", "bad", "fair")


def test_ctrl_c_keeps_the_splits_that_are_finished(toy):
    def press(event):
        if (event.split, event.done) == (2, 1):
            raise KeyboardInterrupt

    found = run_through(race(toy(EQUAL), SEEDS, Everything(10)), press)
    assert found.interrupted
    assert len(found.rounds) == 2
    whole = run_through(race(toy(EQUAL), range(2), Everything(10)))
    assert found.rounds == whole.rounds

    def at_once(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_through(race(toy(EQUAL), SEEDS, Everything(10)), at_once)


def test_closing_it_stops_what_runs_and_what_is_prepared(toy):
    before = threading.active_count()
    events = race(toy(EQUAL), SEEDS, Everything(10))
    next(events)
    events.close()
    assert threading.active_count() == before


def test_a_journal_knows_what_was_finished(toy, tmp_path):
    contest = toy(CLEAR)
    with_journal = Journal(tmp_path / "run", contest.key)
    first = run_through(race(contest, range(3), Everything(10), journal=with_journal))
    with_journal.close()
    again = toy(CLEAR)
    wider = replace(again, means=CLEAR | {"new": {1: 0.6}})
    journal = Journal(tmp_path / "run", contest.key, resume=True)
    told = []
    second = run_through(race(wider, range(3), Everything(10), journal=journal), told.append)
    assert {arm.candidate for _, arm in wider.ran} == {"new"}
    assert told[0].done == 6
    for before, after in zip(first.rounds, second.rounds, strict=True):
        assert before.outcomes.items() <= after.outcomes.items()


def test_outcomes_stand_in_the_order_of_the_arms_whoever_ends_first(toy):
    contest = toy(CLEAR)

    def backwards(split, arms):
        yield from split.run(arms[::-1], None)

    found = run_through(race(contest, range(1), Everything(10), run=backwards))
    assert tuple(found.rounds[0].outcomes) == contest.arms
    assert found.rounds[0].sizes == Sizes(60, 20, 20)
