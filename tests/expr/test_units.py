"""Formulas with tiny and huge coefficients have the properties of their shape."""

import dataclasses
import math
import re

import pytest

from nonlin.expr.analyse import properties
from nonlin.expr.analyse.units import units_of
from nonlin.expr.parse import parse
from nonlin.expr.recognise import recognise

INF = math.inf
SHAPES = ["x", "tanh(x)", "max(x, 0)", "x**2", "exp(-x**2)", "sin(x)", "x*sigmoid(x)", "sign(x)"]
PLACES = ("rising", "falling", "zeros", "dead_regions", "inflections", "kinks", "saturation_points")
SAME = (
    "monotone",
    "parity",
    "convex",
    "concave",
    "smoothness",
    "homogeneous",
    "defined_everywhere",
)


def measured(formula):
    return dataclasses.asdict(properties(recognise(parse(formula))))


def numbers(value):
    """What is inside tuples, in order; None as NaN."""
    if isinstance(value, tuple | list):
        return [each for part in value for each in numbers(part)]
    return [math.nan if value is None else value]


def near(value, factor=1.0):
    return pytest.approx([each * factor for each in numbers(value)], rel=1e-5, nan_ok=True)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", ["1e-7", "1e-30", "1e-300"])
def test_small_values(shape, size):
    """c f(x): as f, with values, slopes and bends c times as large."""
    plain, found, c = measured(shape), measured(f"{size}*({shape})"), float(size)
    for name in SAME:
        assert found[name] == plain[name], name
    for name in PLACES:
        assert numbers(found[name]) == near(plain[name]), name
    for name in ("range", "limits", "slope_limits", "lipschitz", "curvature"):
        assert numbers(found[name]) == near(plain[name], c), name
    assert [y for _, y in found["jumps"]] == near([y for _, y in plain["jumps"]], c)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", ["1e-200", "1e-12", "1e12", "1e200"])
def test_other_rates(shape, size):
    """f(c x): as f, everything at 1/c, slopes c times as large."""
    c = float(size)
    plain, found = measured(shape), measured(re.sub(r"\bx\b", f"({size}*x)", shape))
    for name in SAME:
        assert found[name] == plain[name], name
    for name in PLACES if plain["period"] is None else ():  # of waves those near the origin
        assert numbers(found[name]) == near(plain[name], 1 / c), name
    assert numbers(found["range"]) == near(plain["range"])
    assert found["lipschitz"] == pytest.approx(plain["lipschitz"] * c, rel=1e-9)


@pytest.mark.parametrize(
    ("formula", "limits", "asymptote"),
    [
        ("1e-200*x + tanh(x)", (-INF, INF), (1e-200, 1.0)),
        ("1e-200*x + 1", (-INF, INF), (1e-200, 1.0)),
        ("tanh(x) + 1e-200", (-1.0, 1.0), (0.0, 1.0)),
        ("x + 1e-200", (-INF, INF), (1.0, 0.0)),
    ],
)
def test_far_out(formula, limits, asymptote):
    found = measured(formula)
    assert found["limits"] == found["range"] == limits
    assert found["asymptotes"][1] == pytest.approx(asymptote)


@pytest.mark.parametrize("formula", ["x/1e6", "1e-5*tanh(x)", "tanh(1000*x)", "x + tanh(1e9*x)"])
def test_usual_sizes_are_left_alone(formula):
    assert units_of(recognise(parse(formula))).usual
