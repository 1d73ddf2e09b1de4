"""Where a line of a terminal may break."""

import re
from itertools import pairwise

import pytest

from nonlin._text import catalogue
from nonlin._wrapping import NOT_FIRST, NOT_LAST, cells, padded, wrapped

SENTENCES = [said for said in catalogue("zh").values() if "\n" not in said]


def test_cells():
    assert cells("relu 修正") == 9
    assert cells("e\u0301x²→") == 4
    assert padded("数据", 6) == "数据  "


def test_chinese_breaks_at_any_character():
    said = "每个候选先用少数学习率训练，数据划分完全相同。"
    assert wrapped(said, 12) == ["每个候选先用", "少数学习率训", "练，数据划分", "完全相同。"]


def test_words_stay_whole_and_marks_stay_behind():
    assert wrapped("目标取自列 positive，共 3 次划分。", 20) == [
        "目标取自列",
        "positive，共 3 次划",
        "分。",
    ]
    assert wrapped("甲乙丙（丁）。", 8) == ["甲乙丙", "（丁）。"]
    assert wrapped("甲乙丙丁，", 8) == ["甲乙丙", "丁，"]
    assert wrapped("甲乙［默认：3］", 12) == ["甲乙", "［默认：3］"]


def test_english_breaks_at_blanks():
    assert wrapped("Use relu (learning rate 0.001).", 14) == [
        "Use relu",
        "(learning rate",
        "0.001).",
    ]
    assert wrapped("", 10) == [""]


def test_what_is_wider_than_a_line_is_cut():
    assert wrapped("torch.nn.functional.relu", 10) == ["torch.nn.f", "unctional.", "relu"]


@pytest.mark.parametrize("width", [40, 78])
def test_every_sentence(width):
    for said in SENTENCES:
        lines = wrapped(said, width)
        assert "".join(lines).replace(" ", "") == said.replace(" ", "")
        assert max(map(cells, lines)) <= width
        for line, after in pairwise(lines):
            assert after[0] not in NOT_FIRST
            assert line[-1] not in NOT_LAST
            torn = re.search(r"[A-Za-z0-9]$", line) and re.match("[A-Za-z0-9]", after)
            assert not torn or f"{line[-5:]} {after[:5]}" in said


def test_a_command_that_is_to_be_copied_is_not_torn():
    said = "Other weights (more: nonlin theory NAME. Try this: nonlin init sigmoid --depth 30"
    lines = wrapped(said, 40)
    assert lines[-1] == "Try this: nonlin init sigmoid --depth 30"
    assert any("nonlin theory NAME." in line for line in lines)
    assert (
        wrapped("甲乙丙丁，nonlin init relu --depth 30、戊", 32)[1]
        == "nonlin init relu --depth 30、戊"
    )
    assert wrapped("nonlin init relu --depth 30", 20) == ["nonlin init relu", "--depth 30"]
