"""What takes long, and what is written down, is asked for: `make bench` runs every script."""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = sorted(path.name for path in BENCHMARKS.glob("[!_]*.py"))


@pytest.fixture
def shared(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import _shared

    yield _shared
    del sys.modules["_shared"]


def test_nothing_is_measured_in_full_unless_asked_for(shared, capsys):
    parser = shared.parser("What is measured.", "half of it")
    assert parser.parse_args(["--measure"]).measure
    given = parser.parse_args([])
    assert not given.measure
    shared.say_reduced(given, "half of it")
    assert capsys.readouterr().out.startswith("Reduced (half of it), not written down")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_has_the_flag(name):
    source = (BENCHMARKS / name).read_text(encoding="utf-8")
    assert "parser(__doc__, REDUCED)" in source
    assert "say_reduced(given" in source
