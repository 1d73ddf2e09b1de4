"""Curves of letters: in their place, without holes, never wider than a small terminal."""

import pytest

import nonlin as nl
from nonlin.sketch.terminal import HIGH, MARKS, ROOM, WIDE, bars, curves, drawable


def rows(text):
    """The picture without numbers and key, each line filled up to its width."""
    return [line[ROOM:].ljust(WIDE) for line in text.splitlines()[:HIGH]]


def test_a_curve_lies_where_its_values_are():
    text = curves([("tanh", nl.tanh, 0)])
    drawn = rows(text)
    heights = [[row for row in range(HIGH) if drawn[row][x] == "*"] for x in range(WIDE)]
    assert all(heights)  # no holes
    assert heights[0][0] > heights[WIDE // 2][0] > heights[-1][0]
    assert heights[WIDE // 2] == [HIGH // 2]
    assert text.splitlines()[-1].strip() == "* tanh"


def test_steep_parts_and_jumps_have_no_holes():
    drawn = rows(curves([("cube", nl.cube, 0)]))
    columns = [{row for row in range(HIGH) if drawn[row][x] == "*"} for x in range(WIDE)]
    whole = set().union(*columns)
    assert whole == set(range(min(whole), max(whole) + 1))
    curves([("binary_step", nl.binary_step, 0), ("step'", nl.binary_step, 1)])


def test_curves_that_meet_are_seen_in_turn():
    """leaky_relu runs along relu everywhere, at this height of a letter."""
    drawn = "".join(rows(curves([("relu", nl.relu, 0), ("leaky_relu", nl.leaky_relu, 0)])))
    assert 20 < drawn.count("*") < 45
    assert 20 < drawn.count("o") < 45


def test_functions_of_rows_are_bars():
    lines = bars("softmax", nl.softmax).splitlines()
    assert lines[0].strip() == "softmax(1, 2, 3)"
    lengths = [line.count("#") for line in lines[1:]]
    assert lengths == sorted(lengths)
    assert lengths[2] == WIDE // 2
    assert lengths[0] == pytest.approx(0.09 / 0.665 * (WIDE // 2), abs=0.6)
    below = bars("log_softmax", nl.get("log_softmax")).splitlines()[1:]
    assert all(line.endswith("|") for line in below)  # values below 0
    assert below[0].count("#") > below[1].count("#") > below[2].count("#") > 0
    assert len({line.index("|") for line in below}) == 1


def test_it_fits():
    found = [(name, nl.get(name), 0) for name in ("relu", "gelu", "silu", "elu", "tanh")]
    assert len(found) == len(MARKS)
    text = curves(found)
    assert max(map(len, text.splitlines())) <= 80
    assert all(mark in "".join(rows(text)) for mark in MARKS)


def test_what_has_no_curve():
    assert drawable(nl.swiglu)
    assert not drawable(nl.softmax)
