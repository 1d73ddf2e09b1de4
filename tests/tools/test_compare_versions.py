"""The comparison of two versions sees the last bit, and tells what it cannot use."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
MESSAGES = Path("src", "nonlin", "messages", "en")


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import compare_versions

    yield compare_versions
    for name in [each for each in sys.modules if each.split(".")[0] == "compared"]:
        del sys.modules[name]
    del sys.modules["compare_versions"]


@pytest.fixture
def plain(tool):
    from compared.plain import plain

    return plain


def found(tool, before, after):
    return [each.path for each in tool.differences(before, after)]


@dataclass
class Pair:
    score: float
    names: tuple[str, ...]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (0.1, float(np.nextafter(0.1, 1))),
        (0.0, -0.0),
        (1, 1.0),
        (1, True),
        (np.float32(0.5), 0.5),
        (np.zeros(3), np.zeros(3, np.float32)),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(100), np.array([*np.zeros(99), -0.0])),
        (Pair(0.1, ("a",)), Pair(0.1, ("b",))),
        (pl.DataFrame({"a": [1, None]}), pl.DataFrame({"a": [1, 2]})),
        (b"a", b"b"),
        ("a\nb\nc", "a\nx\nc"),
        (lambda: 1 / 0, lambda: {}["a"]),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [1, 2, 3]),
    ],
)
def test_what_differs_is_seen(tool, plain, before, after):
    same, other = (json.loads(json.dumps(plain(each))) for each in (before, after))
    assert found(tool, same, json.loads(json.dumps(plain(before)))) == []
    assert found(tool, same, other)


def test_nan_is_equal_to_itself(tool, plain):
    values = [np.nan, np.inf, np.array([np.nan, 1.0])]
    assert found(tool, plain(values), plain(values)) == []


def test_the_place_is_told(tool):
    before = {"table": {"score": [1, 2, 3]}, "text": ["a", "b"]}
    after = {"table": {"score": [1, 5, 3]}, "text": ["a", "new", "b"], "more": 1}
    assert found(tool, before, after) == ["/table/score/1", "/text/length", "/text/1", "/more"]


def test_an_array_is_one_answer(tool, plain):
    before, after = plain({"x": np.arange(9.0)}), plain({"x": np.arange(9.0) + 1e-9})
    assert found(tool, before, after) == ["/x"]


def test_a_missing_name_is_an_answer(tool):
    from compared.plain import RENAMED, ask

    pair = Pair(0.5, ("a",))
    assert ask(pair, "score") == 0.5
    assert ask(pair, "scores") == ask(pair, "scores.value") == "<missing scores>"
    RENAMED["scores"] = "score"
    assert ask(pair, "scores") == 0.5
    assert ask({"a": None}.get("a"), "sentence") is None


def test_times_are_left_out(tool):
    from compared.commands import masked
    from compared.plain import untimed

    row = " → tanh  1.000 [0.613, 1.000]  0.01    0→0    18   0.8    {} +0.017 ± 0.387"
    slow, fast = row.format("  0.51     0.003"), row.format("12.51 1.003")
    assert masked(slow) == masked(fast) != masked(row.format("0.51 0.003 1"))
    told = {"seconds": 3.0, "evidence": [{"unit": "ns", "value": 2.0}, {"unit": "", "value": 1}]}
    assert untimed(told) == {"evidence": [{"unit": "ns"}, {"unit": "", "value": 1}]}


def test_what_is_no_checkout_is_refused(tool, tmp_path, capsys):
    assert tool.main([str(ROOT), str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} is no checkout: it has no src/nonlin.\n"


def test_an_unknown_case_is_refused(tool, capfd):
    assert tool.main([str(ROOT), str(ROOT), "--only", "theory", "nonsense"]) == 2
    assert "There is no case nonsense." in capfd.readouterr().err


def test_two_versions_are_compared(tool, tmp_path, capsys):
    """One sentence changed is one difference; the version before is asked once."""
    changed = tmp_path / "changed"
    shutil.copytree(ROOT / "src", changed / "src")
    for path in (changed / MESSAGES).glob("*.toml"):
        said = path.read_text(encoding="utf-8")
        path.write_text(said.replace("There is no method", "No method"), encoding="utf-8")
    asked = [str(ROOT), str(changed), "--only", "theory.refused", "--keep", str(tmp_path / "kept")]
    assert tool.main(asked) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("theory.refused /method/message\n  before: \"There is no method 'dsk'")
    assert shown.endswith(": 1 difference\n")
    asked[1] = str(ROOT)
    assert tool.main(asked) == 0
    assert capsys.readouterr().out.endswith(": no differences\n")
