"""benchmarks/faults.py: every planted cause has right answers, and figures are counted right."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
from nonlin._text import catalogue

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def judged():
    sys.path.insert(0, str(BENCHMARKS))
    import faulty
    import judged.causes
    import judged.figures
    import judged.journal

    judged.programs = faulty.programs
    yield judged
    sys.path.remove(str(BENCHMARKS))
    for module in [name for name in sys.modules if name.split(".")[0] in ("judged", "faulty")]:
        del sys.modules[module]


def test_every_planted_cause_has_right_answers(judged):
    planted = {each.cause for each in judged.programs() if each.cause}
    assert planted <= judged.causes.RIGHT.keys()
    words = catalogue("en")
    right = set().union(*judged.causes.RIGHT.values())
    assert all(f"diagnosed.cause_is.{cause}" in words for cause in right)


@pytest.fixture
def said(judged):
    faulty = [each for each in judged.programs("seen") if each.cause == "learning_rate"][:3]
    healthy = [each for each in judged.programs("seen") if not each.cause][:2]
    new = judged.judged.Said
    return [
        new(faulty[0], ("learning_rate",), 0.1, 0.05, 1.0, "words"),
        new(faulty[1], ("inputs", "learning_rate"), 0.5, 0.05, 1.0, "words"),
        new(faulty[2], (), None, 0.05, 1.0, "words"),
        new(healthy[0], (), None, 0.05, 1.0, "words"),
        new(healthy[1], ("epochs",), None, 0.05, 1.0, "words"),
    ]


def test_the_figures(judged, said):
    table = judged.figures.table(said)
    assert "first one named): 1 of 3 (0.33)" in table
    assert "that were planted): 1 of 3 (0.33)" in table
    assert "healthy programs: 1 of 2 (0.50)" in table
    assert "Repaired, of those found: 1 of 1 (1.00)" in table
    assert "of all faults: 1 of 3 (0.33); error within 10 % of the healthy twin's: 0 of 1" in table
    row = "| learning_rate | **learning_rate** 1, inputs 1, nothing 1 | 1 of 3 |"
    assert row in table
    assert "| mlp | 1 of 2 | 1 of 2 | 1 of 2 | 1.0 |" in table
    assert "| cnn | 0 of 1 | 0 of 1 | 0 of 0 | 1.0 |" in table
    assert len(judged.figures.misses(said).splitlines()) == 4
    page = "before\n<!-- faults -->\nold\n<!-- end of faults -->\nbehind\n"
    assert row in judged.figures.written(page, said, "a CPU", chinese=False)
    chinese = judged.figures.written(page, said, "a CPU", chinese=True)
    assert "找到原因" in chinese
    assert "old" not in chinese


def test_what_was_said_is_kept(judged, said, tmp_path):
    path = tmp_path / "kept.jsonl"
    for each in said:
        judged.journal.note(each, path)
    found = judged.journal.known([each.program for each in said], path)
    assert list(found.values()) == said
    assert judged.journal.journal_of("kept").exists()
