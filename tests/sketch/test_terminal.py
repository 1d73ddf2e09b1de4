"""Curves of letters: in their place, without holes, never wider than a small terminal."""

import nonlin as nl
from nonlin.sketch.terminal import HIGH, MARKS, ROOM, WIDE, curves, drawable


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


def test_it_fits_and_the_first_is_on_top():
    found = [(name, nl.get(name), 0) for name in ("relu", "gelu", "silu", "elu", "tanh")]
    assert len(found) == len(MARKS)
    text = curves(found)
    assert max(map(len, text.splitlines())) <= 80
    assert "*" in text.splitlines()[HIGH - 1] or "*" in "".join(rows(text))


def test_what_has_no_curve():
    assert drawable(nl.swiglu)
    assert not drawable(nl.softmax)
