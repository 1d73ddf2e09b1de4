"""benchmarks/kernels.py: what is timed, and which targets made-up times meet."""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def comparison():
    sys.path.insert(0, str(BENCHMARKS))
    import comparison.page
    import comparison.spread
    import comparison.targets
    import comparison.tasks

    sys.path.remove(str(BENCHMARKS))
    return comparison


def task(name, path, asked, row=0, threads=1, **medians):
    times = {each: [median, median, median, 3] for each, median in medians.items()}
    return {
        "name": name, "path": path, "asked": asked, "row": row, "threads": threads, "times": times
    }  # fmt: skip


@pytest.fixture
def found(comparison):
    """A copy that is a little slower than PyTorch, and a smooth one that misses everything."""
    t, tails = comparison.tasks, comparison.spread.TAILS
    middle, large = t.MIDDLE, t.LARGE
    wide = dict.fromkeys(tails, 1.0) | {"normal": 1.0, "sd 3": 1.3}
    slow = wide | {"sd 10": 1.7, tails[3]: 2.1}
    return {
        "tasks": [
            task("relu", t.FORWARD, middle, fast=1.0, torch=0.96, donated=3.0),
            task("mish", t.FORWARD, large, threads=2, fast=1.0, torch=0.97, stream=0.8),
            task("mish", t.BOTH, large, fast=1.0, torch=1.7, donated=0.9),
            task("mish", t.SPREAD, middle, **slow),
            task("gelu", t.OWN, middle, gelu=1.0, bump=1.5, hinge=1.51),
            task("softmax", t.FORWARD, middle, row=10, fast=1.0, torch=1.2, donated=0.99),
        ],
        "overhead": {"nl.relu(x, out=y)": 0.9, "nl.gelu(x, out=y)": 1.1},
        "waking": {"1": {"at once": 60.0, "later": 61.0}, "2": {"at once": 30.0, "later": 70.0}},
        "first_parts": {"the fit": 12.0},
        "first_call": {
            "compiled": {"a": 50.0, "b": 55.0, "c": 121.0},
            "stored": {"a": 2.0, "b": 2.0, "c": 2.5},
        },
    }


def test_what_misses_a_target_is_named(comparison, found):
    """Each by its own bound: a copy need not be faster than PyTorch's."""
    missed = {v.what: v.missed for v in comparison.targets.verdicts(found) if not v.met}
    named = [each for cases in missed.values() for each in cases]
    assert named == [
        "mish 64M 2 threads: 0.97",
        "mish sd 10: 1.70",
        f"mish {comparison.spread.TAILS[3]}: 2.10",
        "mish and derivative 64M 1 thread: 1.70",
        "mish and derivative 64M 1 thread: 0.90",
        "mish 64M 2 threads: 0.80",
        "hinge: 1.51",
        "softmax rows of 10 256K 1 thread: 0.99",
    ]
    without = [what for what, cases in missed.items() if not cases]
    assert [what.split(",")[-1].strip() for what in without] == [
        "geometric mean", "geometric mean", "geometric mean", "100 elements", "kernel compiled"
    ]  # fmt: skip


def test_all_of_it_is_on_the_page(comparison, found):
    page = comparison.page.write(found).replace(" ±0 %", "")
    lines = "| hinge | `where(", "| 2 | 30.0 | 70.0 |", "| c | 121.0 | 2.5 |", "| the fit | 12.0 |"
    assert not [line for line in lines if line not in page]
    assert (
        f"| mish | 1 | 1.3 | 1.7 | 2.1 | {comparison.spread.TAILS[3].replace('..', ' to ')}" in page
    )
    assert "MISS" in comparison.page.summary(found)


def test_what_is_timed(comparison):
    """Inputs of other kinds and own formulas once, at the size and on the threads of the target."""
    t = comparison.tasks
    names = ("gelu", "arctan", "softmax")
    kinds = [
        [(each.name, each.path, each.asked, each.row) for each in t.tasks(names, sizes, threads)]
        for sizes, threads in (((t.SMALL, t.MIDDLE, t.LARGE), 2), ((t.MIDDLE,), 1))
    ]
    for plain, size in ((kinds[0], t.LARGE), (kinds[1], t.MIDDLE)):
        assert ("gelu", t.BOTH, size, 0) in plain
        assert ("arctan", t.FORWARD, t.MIDDLE, 0) not in plain
    assert ("arctan", t.FORWARD, t.LARGE, 0) in kinds[0]
    assert ("softmax", t.FORWARD, t.LARGEST_ROWWISE, 50_000) in kinds[0]
    assert not any(each[1] in (t.SPREAD, t.OWN) for each in kinds[0])
    others = [each[:2] for each in kinds[1] if each[1] in (t.SPREAD, t.OWN)]
    assert others == [("gelu", t.SPREAD), ("arctan", t.SPREAD), ("gelu", t.OWN)]


def test_inputs_of_other_kinds(comparison):
    spread = comparison.spread
    assert spread.inputs("sd 10", 4096).std() == pytest.approx(10, rel=0.1)
    assert len(spread.TAILS) == 10
    for kind in spread.TAILS:
        x, ends = spread.inputs(kind, 4096), sorted(map(float, kind.split("..")))
        assert ends[0] <= x.min() < x.max() <= ends[1]
