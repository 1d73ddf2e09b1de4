"""The policy of `choose`, replayed on a few of the committed sweeps: reduced, but real networks."""

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TABLES = ("Vocab", "SLID", "Hdma", "medpar", "ionosphere", "digits", "quakes", "friedman", "rings")


@pytest.fixture(scope="module")
def bench():
    """What the benchmark has: policies by name, and the means over some tables."""
    sys.path.insert(0, str(BENCHMARKS))
    from oracles import policies, replay, sweep

    oracles = [sweep.stored(name) for name in TABLES]
    named = policies.policies(oracles)

    def mean(name):
        """Regret and networks, per cent of the spread and of a full sweep."""
        rows = []
        for oracle in oracles:
            for seen, judging in replay.parted(oracle, 2):
                pick, networks = named[name](oracle, seen)
                rows.append((replay.regrets(oracle, judging)[pick], networks / 6.4))
        return np.mean(rows, axis=0)

    yield mean, oracles, replay, list(named)
    sys.path.remove(str(BENCHMARKS))
    for module in [name for name in sys.modules if name.split(".")[0] == "oracles"]:
        del sys.modules[module]


def test_the_leader_of_a_race_loses_little_and_costs_little(bench):
    mean, _, _, names = bench
    own, networks = mean(names[0])
    assert own < 5
    assert networks < 15
    assert mean("always relu")[0] > own + 8
    assert mean("a random activation")[0] > own + 15


def test_a_prior_turned_upside_down_costs_little(bench):
    """Were there one, the race would survive it; there is none, since it gains too little."""
    mean, _, _, names = bench
    own, networks = mean(names[0])
    (wrong,) = [name for name in names if "upside down" in name]
    lost, spent = mean(wrong)
    assert lost < own + 2
    assert spent < 1.5 * networks


def test_regret_is_fair_to_everybody(bench):
    """The best on one half is judged on the other, so that its luck counts for nobody."""
    _, oracles, replay, _ = bench
    for oracle in oracles:
        ((_, judging),) = replay.parted(oracle, 1)
        lost = replay.regrets(oracle, judging)
        assert lost.shape == (16,)
        assert lost.max() > 20
        assert lost.min() < 10


def test_a_race_claims_what_the_sweep_claims(bench):
    _, oracles, replay, _ = bench
    there = also = 0
    for oracle in oracles:
        for seen, _ in replay.parted(oracle, 2):
            if replay.oracle_claims(oracle, seen):
                there += 1
                worse = replay.claims(replay.raced(oracle, seen, replay.narrowing)).get("worse", [])
                also += any(row.arm.candidate == "relu" for row in worse)
    assert there >= 2
    assert also >= there / 2
