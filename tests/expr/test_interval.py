"""Bounds hold: no value lies outside the interval that the table promises."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonlin.expr.floats import function_of
from nonlin.expr.interval import REALS, Interval, divided, hull, raised
from nonlin.expr.primitives import TABLE

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
NAMES = sorted(n for n in TABLE if not n.startswith("row_") and n != "pi")


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_values_stay_inside(name, data):
    row = TABLE[name]
    spans, points = [], []
    for _ in range(row.arity):
        low, point, high = sorted(data.draw(st.tuples(numbers, numbers, numbers)))
        spans.append(Interval(low, high))
        points.append(point)
    if name == "power":
        n = data.draw(st.sampled_from([-2.0, -1.0, 0.5, 1.5, 2.0, 3.0]))
        spans[1], points[1] = Interval(n, n), n
    value = float(function_of(name, len(points))(*points))
    bounds = row.bounds(*spans)
    slack = 1e-12 * (1 + abs(value)) if math.isfinite(value) else 0.0
    assert math.isnan(value) or bounds.low - slack <= value <= bounds.high + slack


def test_by_hand():
    assert hull(Interval(0, 1), Interval(-2, 0.5)) == (-2, 1)
    assert divided(Interval(1, 2), Interval(-1, 1)) == REALS
    assert divided(Interval(1, 2), Interval(2, 4)) == (0.25, 1)
    assert raised(Interval(-3, 2), Interval(2, 2)) == (0, 9)
    assert raised(Interval(-3, 2), Interval(3, 3)) == (-27, 8)
    assert Interval(0, 1).bounded
    assert not REALS.bounded
