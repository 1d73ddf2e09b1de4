"""Fans of shapes, and standard deviations by the names that other libraries have."""

import math

import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.init.fans import MODES, check_word, fans, std_by_mode
from nonlin.init.initialisation import Initialisation


@pytest.mark.parametrize(
    ("shape", "axes", "expected"),
    [
        ((30, 40), {}, (30, 40)),
        ((3, 5, 30, 40), {}, (450, 600)),
        ((30, 40, 3), {"in_axis": 0, "out_axis": 1}, (90, 120)),
        ((7, 30, 40), {"batch_axis": 0}, (30, 40)),
        ((2, 15, 40), {"in_axis": (0, 1)}, (30, 40)),
        ((0, 4), {}, (1, 1)),
    ],
)
def test_fans(shape, axes, expected):
    assert fans(shape, **axes) == expected


def test_modes_are_rules():
    for mode, rule in MODES.items():
        assert std_by_mode(mode, 30, 40, nl.mish) == Initialisation(rule).std(30, 40, "mish")
    assert std_by_mode("fan_in", 30, 40, nl.relu) == pytest.approx(math.sqrt(2 / 30))


def test_words():
    check_word("mode", "fan_in", tuple(MODES))
    with pytest.raises(InputError, match=r"fan_avg.*Did you mean fan_in"):
        check_word("mode", "fanin", tuple(MODES))
    with pytest.raises(InputError, match="axis 3"):
        fans((2, 3), in_axis=3)
