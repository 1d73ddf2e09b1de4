"""Scales: places of numbers, and round numbers beside them."""

import math

import numpy as np
import pytest

from nonlin.sketch import svg
from nonlin.sketch.scale import Scale, coordinates, round_numbers


def test_ticks_are_round():
    assert round_numbers(-1.06, 1.06, svg.STEPS) == pytest.approx([-1, -0.5, 0, 0.5, 1])
    assert round_numbers(0, 4.6, svg.STEPS) == pytest.approx([0, 1, 2, 3, 4])


def test_logarithmic_ticks():
    assert Scale(0.3, 3, 0, 1, log=True).ticks() == pytest.approx([0.5, 1, 2])
    assert Scale(0.9, 1.2, 0, 1, log=True).ticks() == pytest.approx([0.9, 1.0, 1.1, 1.2])
    many = Scale(1e-12, 30, 0, 1, log=True).ticks()
    assert 4 <= len(many) <= 9
    assert np.ptp(np.diff(np.log10(many))) == pytest.approx(0)


def test_ticks_are_round_and_inside():
    ticks = Scale(0.913, 0.987, 0, 100).ticks()
    assert 3 <= len(ticks) <= 6
    assert all(0.913 <= tick <= 0.987 for tick in ticks)
    assert ticks == pytest.approx([round(tick, 2) for tick in ticks])


def test_numbers_lie_where_their_share_says():
    assert Scale(0, 4, 10, 20)(np.array([0, 1, 6])).tolist() == [10, 12.5, 25]
    assert Scale(1, 100, 200, 0, log=True)(10) == pytest.approx(100)
    assert Scale(3, 3, 10, 20)(3) == 15
    assert [Scale(0, 4, 10, 20).held(x) for x in (-math.inf, 1, 6)] == [10, 12.5, 20]
    assert coordinates([(1, 2), (0.26, -3)]) == "1.0,2.0 0.3,-3.0"
