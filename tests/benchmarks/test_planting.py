"""The faults of benchmarks/planting: each is proven, and the measure of a network is right."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nonlin.stability import changes

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def planting():
    sys.path.insert(0, str(BENCHMARKS))
    import planting.all_faults
    import planting.changes
    import planting.diagnosed
    import planting.figures
    import planting.healthy
    import planting.proof

    yield planting
    sys.path.remove(str(BENCHMARKS))
    for module in [name for name in sys.modules if name.split(".")[0] == "planting"]:
        del sys.modules[module]


def test_every_case_is_proven(planting):
    kept, faults = planting.proof.kept(), planting.all_faults.FAULTS
    assert len(faults) > 150
    assert len({fault.name for fault in faults}) == len(faults)
    assert kept["faults"].keys() == {fault.name for fault in faults}
    assert kept["healthy"].keys() == planting.healthy.HEALTHY.keys()
    assert all(each["proven"] for cases in kept.values() for each in cases.values())


def test_every_planted_cause_can_be_named(planting):
    planted = {cause for fault in planting.all_faults.FAULTS for cause in fault.planted}
    assert planted == planting.diagnosed.CAUSES.keys()


def test_every_cause_that_diagnose_knows_is_planted(planting):
    source = Path(changes.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'Suspect\(\s*"(\w+)"', source))
    assert len(named) > 10
    assert named <= planting.figures.KNOWN | {"learning_rate"}  # said to be rate_high or rate_low
    assert {fault.kind for fault in planting.all_faults.FAULTS} == set(planting.fault.KINDS)


def test_the_halves_share_nothing_and_leave_nothing_out(planting):
    first, second, both = (
        {(each.kind, each.name) for each in planting.diagnosed.cases(planting.all_faults.FAULTS, w)}
        for w in ("first", "second", "both")
    )
    assert not first & second
    assert first | second == both


def test_the_proof_of_a_fault_can_be_repeated(planting):
    """On one small table; figures of a proof depend on the machine in their last digits."""
    name = "sgd at 5"
    (fault,) = (each for each in planting.all_faults.FAULTS if each.name == name)
    found, kept = planting.proof.of_fault(fault), planting.proof.kept()["faults"][name]
    assert found["proven"]
    np.testing.assert_allclose(found["repaired"], kept["repaired"], atol=0.1)


def test_what_is_healthy_is_no_fault(planting):
    setup = planting.healthy.HEALTHY["line"]
    fault = planting.fault.Faults("inputs", "inputs")("none", setup, inputs=setup.inputs)
    assert not planting.proof.of_fault(fault)["proven"]


def test_the_measure(planting):
    wrong = planting.held_out.wrong
    untrained = planting.setup.Setup(data="line", hidden=(8,), rate=1e-12, epochs=1)
    constant = replace(untrained, weights=planting.changes.filled(0.0))
    trained = replace(untrained, rate=0.01, epochs=20)
    assert wrong(constant.build(0), "values").error == pytest.approx(1, abs=0.02)
    assert wrong(trained.build(0), "values").error < 0.2


@pytest.mark.parametrize(
    ("mine", "theirs", "share", "better"),
    [
        ((0.1, 0.1), (0.5, 0.5), 0.2, True),
        ((0.1, 0.1), (0.5, 0.15), 0.2, False),  # the loss is no higher
        ((0.1, 0.1), (0.2, 0.2), 0.2, False),
        ((0.95, 0.95), (1.0, 2.0), 0.2, False),  # it learns nothing itself
    ],
)
def test_clearly_better(planting, mine, theirs, share, better):
    mine, theirs = planting.held_out.Wrong(*mine), planting.held_out.Wrong(*theirs)
    assert planting.held_out.clearly_better([mine] * 3, [theirs] * 3, share) is better
    assert not planting.held_out.clearly_better([mine] * 3, [theirs, theirs, mine], share)


def test_the_table(planting):
    """One fault that is found but not named, one healthy network that is blamed."""
    (fault,) = (each for each in planting.all_faults.FAULTS if each.name == "sgd at 5")
    case, said = planting.diagnosed.Case, planting.diagnosed.Said
    found = [
        said(
            case(fault.kind, fault.name, fault.broken, fault),
            0,
            ("inputs",),
            True,
            True,
            False,
            1,
            "",
        ),
        said(case("healthy", "line", fault.repaired), 0, ("inputs",), True, True, None, 3, ""),
    ]
    table = planting.figures.table(found)
    assert "| rate too high | 1 | 1 (1.00) | 0 (0.00) | 0 (0.00) |" in table
    assert "Causes named in faults that were planted: 0 of 1" in table
    assert "False alarms on healthy networks: 1 of 1" in table
    assert "median 2.00, largest 3.00 (line)" in table
    assert planting.figures.misses(found).count("\n- ") == 2


def test_the_page_counts_seeds_of_faults_and_names_no_case(planting):
    """Noise has more seeds, and names of cases are not translated."""
    case, said = planting.diagnosed.Case, planting.diagnosed.Said
    setup = planting.healthy.HEALTHY["line"]
    found = [
        said(case("healthy", "decay of 1", setup), 0, (), False, True, None, 3, ""),
        *(
            said(case("noise", "line", setup), seed, (), False, False, None, 1, "")
            for seed in (0, 1)
        ),
    ]
    page = "before\n<!-- diagnosis -->\nold\n<!-- end -->\nafter\n"
    for chinese in (False, True):
        text = planting.figures.written(page, found, "a machine", chinese)
        assert "decay" not in text
        assert ("1 个种子" if chinese else "; 1 seeds") in text
