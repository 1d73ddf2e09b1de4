"""What is said about activations is right: known cases, and agreement with dense sampling."""

import math
import time
from itertools import pairwise

import numpy as np
import pytest

import nonlin as nl
from nonlin._text import speaking
from nonlin.expr.analyse import (
    breakpoints,
    limits,
    properties,
    strengths,
    weaknesses,
)
from nonlin.expr.analyse.breaks import crossings
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function
from nonlin.expr.parse import parse

INF = math.inf
RELU = "max(x, 0)"
SELU = "1.0507009873554804*where(x > 0, x, 1.6732632423543772*expm1(x))"
GELU = "x*normal_cdf(x)"
GELU_TANH = "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))"
MISH = "x*tanh(softplus(x))"
HARD_SWISH = "x*relu6(x + 3)/6"
HARD_SHRINK = "where(abs(x) > 0.5, x, 0)"
SOFT_SHRINK = "where(x > 0.5, x - 0.5, where(x < -0.5, x + 0.5, 0))"
FORMULAS = [
    *("sigmoid(x)", "tanh(x)", RELU, SELU, GELU, GELU_TANH, MISH, HARD_SWISH, SOFT_SHRINK),
    *("softplus(x)", "x*sigmoid(x)", "tanhshrink(x)", "sin(x)", "x + sin(x)**2", "exp(-x**2)"),
    *("erf(x)", "arctan(x)", "softsign(x)", "(x + sqrt(x**2 + 4))/2", "where(x > 0, 1, 0)"),
    *("where(x > 0, x, expm1(x))", "max(x, 0)**2", "x", "abs(x)", HARD_SHRINK, "relu6(x)"),
]


def of(formula):
    return properties(parse(formula))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (RELU, (0,)),
        ("where(x > 0, x, expm1(x))", ()),
        (SELU, (0,)),
        (HARD_SWISH, (-3, 3)),
        (HARD_SHRINK, (-0.5, 0.5)),
        (SOFT_SHRINK, (-0.5, 0.5)),
        ("max(x, 0)**2", ()),
        ("softsign(x)", ()),
        ("abs(x**2 - 2)", (-math.sqrt(2), math.sqrt(2))),
        ("sqrt(abs(x))", (0,)),
        ("where(x > 1/3, x, 1/3)", (1 / 3,)),
        ("sigmoid(x)", ()),
        ("where(x > 0, x, 0.99999*x)", (0,)),
    ],
)
def test_kinks(formula, expected):
    assert of(formula).kinks == pytest.approx(expected, abs=1e-12)


def test_breakpoints_include_those_of_higher_order():
    assert breakpoints(parse("max(x, 0)**2")) == (0,)
    assert breakpoints(parse("softsign(x)")) == (0,)
    assert breakpoints(parse(MISH)) == ()


def test_sums_cross_zero_where_narrow_parts_may_be():
    assert crossings(parse("exp(-(x / 2 - 250)**2) + 1")) == (500,)
    assert crossings(parse("where(x > 2, cos(x * x - 9), 1)")) == (-3, 2, 3)


@pytest.mark.parametrize(
    ("formula", "left", "right"),
    [
        ("sigmoid(x)", 0, 1),
        (GELU, 0, INF),
        (MISH, 0, INF),
        (SELU, -1.0507009873554804 * 1.6732632423543772, INF),
        ("arctan(x)", -math.pi / 2, math.pi / 2),
        ("softsign(x)", -1, 1),
        ("(x + sqrt(x**2 + 4))/2", 0, INF),
        ("x + sin(x)**2", -INF, INF),
        ("sign(x)*log1p(abs(x))", -INF, INF),
        ("1/log1p(abs(x))", 0, 0),
        ("x**2", INF, INF),
    ],
)
def test_limits(formula, left, right):
    tolerance = 0.03 if "1/log1p" in formula else 1e-15
    found = limits(parse(formula))
    if "1/log1p" in formula:
        assert all(math.isnan(v) or abs(v) < tolerance for v in found)
    else:
        assert found == pytest.approx((left, right), rel=tolerance, abs=0)


def test_no_limit_is_nan():
    assert all(map(math.isnan, limits(parse("sin(x)"))))


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("sigmoid(x)", 0, 1),
        ("tanh(x)", -1, 1),
        (RELU, 0, INF),
        (GELU, -0.16997120747990366, INF),
        ("x*sigmoid(x)", -0.2784645427610738, INF),
        (MISH, -0.30884341301725064, INF),
        (HARD_SWISH, -0.375, INF),
        ("sin(x)", -1, 1),
        ("exp(-x**2)", 0, 1),
        ("x*(1 - x)", -INF, 0.25),
        ("1/x", -INF, INF),
        ("log(x)", -INF, INF),
        ("x*sin(x)", -INF, INF),
        ("2", 2, 2),
        ("where(x > 0, 1, 0)", 0, 1),
    ],
)
def test_range(formula, low, high):
    assert of(formula).range == pytest.approx((low, high), rel=1e-13, abs=0)


@pytest.mark.parametrize("formula", FORMULAS)
def test_agrees_with_dense_sampling(formula):
    root = parse(formula)
    p = properties(root)
    f, slope = as_function(root, "x"), as_function(derivative(root), "x")
    xs = [k * 0.00731 + 1e-4 for k in range(-3000, 3000)]
    ys, slopes = [f(x) for x in xs], [slope(x) for x in xs]
    assert p.range[0] - 1e-12 <= min(ys)
    assert max(ys) <= p.range[1] + 1e-12
    assert max(map(abs, slopes)) <= p.lipschitz * (1 + 1e-9)
    if p.monotone:
        sign = 1 if p.monotone == "increasing" else -1
        assert all(sign * (b - a) >= -1e-15 for a, b in pairwise(ys))
    for low, high in p.dead_regions:
        assert all(s == 0 for x, s in zip(xs, slopes, strict=True) if low < x < high)
    alive = [x for x in xs if not any(low <= x <= high for low, high in p.dead_regions)]
    assert all(slope(x) != 0 for x in alive if abs(x) < 15)


@pytest.mark.parametrize(
    ("formula", "mean"),
    [
        ("sigmoid(x)", 0.5),
        (RELU, 1 / math.sqrt(2 * math.pi)),
        (GELU, 1 / math.sqrt(4 * math.pi)),
        ("tanh(x)", 0),
        ("x**2", 1),
        ("exp(-x**2)", 1 / math.sqrt(3)),
        ("where(x > 0.3, 1, 0)", 0.3820885778110474),
    ],
)
def test_mean_under_a_normal_input(formula, mean):
    assert of(formula).mean == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("where(x > 0, 1, 0)", -1),
        (RELU, 0),
        ("max(x, 0)**2", 1),
        ("max(x, 0)**3", 2),
        ("where(x > 0, x, expm1(x))", 1),
        ("softsign(x)", 1),
        (MISH, INF),
    ],
)
def test_smoothness(formula, expected):
    assert of(formula).smoothness == expected


def test_symmetry_shape_and_cost():
    assert (of("tanh(x)").parity, of("exp(-x**2)").parity, of(RELU).parity) == ("odd", "even", None)
    assert of("tanh(x)").zero_centred
    assert not of("sigmoid(x)").zero_centred
    assert (of(GELU).monotone, of("-x").monotone) == (None, "decreasing")
    assert (of(RELU).convex, of("softplus(x)").convex, of(GELU).convex) == (True, True, False)
    assert (of(RELU).exponentials, of(RELU).divisions) == (0, 0)
    assert of("x/6").divisions == 0
    assert of("x/(1 + abs(x))").divisions == 1
    assert of("x*sigmoid(x) + sigmoid(x)").exponentials == 1
    assert (of("x").linear, of("2").linear, of("abs(x)").linear) == (True, False, False)
    assert not of("log(x)").defined_everywhere
    assert of("x**2").lipschitz == INF
    assert of(HARD_SWISH).lipschitz == 1.5


def test_saturation_and_dead_regions():
    p = of("sigmoid(x)")
    assert p.saturation_points == pytest.approx((-5.986446, 5.986446), abs=1e-5)
    assert p.saturates_left
    assert p.saturates_right
    assert of(RELU).dead_regions == ((-INF, 0),)
    assert of("relu6(x)").dead_regions == ((-INF, 0), (6, INF))
    assert of(SOFT_SHRINK).dead_regions == ((-0.5, 0.5),)
    assert of("where(x > 0, 1, 0)").dead_regions == ((-INF, INF),)
    assert of("exp(-x**2)").dead_regions == ()
    assert of("where(x > -60, exp(-x**2), exp(-3600))").dead_regions == ((-INF, -60),)


def said(formula):
    p = of(formula)
    return [str(t) for t in strengths(p)], [str(t) for t in weaknesses(p)]


def test_sentences():
    with speaking("en"):
        good, bad = said(RELU)
        assert "gradient is exactly zero for x < 0: neurons can die" in bad
        assert "cheap: no exponential, division or root" in good
        good, bad = said("sigmoid(x)")
        assert (
            "saturates on both sides: flat beyond |x| about 6, where a neuron hardly learns" in bad
        )
        assert "not zero-centred: mean output 0.5 under a standard normal input" in bad
        assert not any("cheap" in s for s in good)
        good, bad = said("where(x > 0, x, 0.01*x)")
        assert any("negative inputs: the gradient tends to 0.01" in s for s in good)
        assert not any("can die" in s for s in bad)
        assert any(s.startswith("non-monotonic") for s in said(GELU)[1])
        assert said("x")[1] == ["linear: stacked layers are no more expressive than a single one"]
    with speaking("zh"):
        assert "x < 0 时导数恒为零：神经元可能“死亡”" in said(RELU)[1]


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_activation_has_something_to_say_in_both_languages(formula):
    for language in ("en", "zh"):
        with speaking(language):
            good, bad = said(formula)
            assert all([*good, *bad])
            assert good


def test_fast_enough():
    for formula in FORMULAS:
        start = time.perf_counter()
        properties.__wrapped__(parse(formula))
        assert time.perf_counter() - start < 0.5  # about 0.01 to 0.04 on an idle machine


def known_of(formula):
    return nl.activation("mine", formula).properties


def test_zeros_are_zeros():
    """Not what is merely small: morlet has them at odd multiples of pi/2 over its frequency."""
    known = nl.morlet.properties.zeros
    rate = math.pi / 2 / min(x for x, _ in known if x > 0)
    expected = [k * math.pi / 2 / rate for k in range(1, 14, 2)]
    np.testing.assert_allclose([x for x, _ in known if x > 0], expected, rtol=1e-9)


@pytest.mark.parametrize("formula", ["relu(x-1000)", "exp(-(x-60)**2)", "exp(-4*(x-63)**2)"])
def test_no_symmetry_of_what_is_0_near_the_origin(formula):
    assert known_of(formula).parity is None


@pytest.mark.parametrize(
    ("formula", "parity"), [("1e-200*x", "odd"), ("exp(-x**2)", "even"), ("tanh(x)", "odd")]
)
def test_parity(formula, parity):
    assert known_of(formula).parity == parity


@pytest.mark.parametrize(
    ("formula", "mean", "variance"),
    [
        ("sin(50*x)", 0.0, 0.5),
        ("sqrt(abs(x))", 0.8221789586624594, math.sqrt(2 / math.pi) - 0.8221789586624594**2),
        ("abs(x)**0.1", 2**0.05 * math.gamma(0.55) / math.sqrt(math.pi), None),
        ("x**3", 0.0, 15.0),
        ("cos(200*x)", 0.0, 0.5),
        ("1e200*x", 0.0, math.inf),
        ("1e100*x", 0.0, 1e200),
    ],
)
def test_moments_are_right_or_not_told(formula, mean, variance):
    found = known_of(formula)
    assert found.mean == pytest.approx(mean, rel=1e-8, abs=1e-9)
    if variance is not None:
        assert found.variance == pytest.approx(variance, rel=1e-8)


@pytest.mark.parametrize("rate", [1, 7, 50, 170])
def test_moments_of_waves(rate):
    """E cos(a z) = exp(-a^2/2) and E cos(a z)^2 = (1 + exp(-2 a^2)) / 2."""
    found = known_of(f"cos({rate}*x)")
    mean = math.exp(-rate * rate / 2)
    assert found.mean == pytest.approx(mean, abs=1e-8)
    assert found.variance == pytest.approx((1 + mean**4) / 2 - mean**2, rel=1e-8)


def test_waves_whose_parts_meet_far_out():
    low, high = known_of("sin(x)+sin(2**0.5*x)").range
    assert -2 <= low < -1.999
    assert 1.999 < high <= 2


def test_a_jump_through_a_pole_inside():
    found = known_of("arctan(1/x)")
    assert found.monotone is None
    assert found.jumps == ((0.0, pytest.approx(math.pi)),)


def test_beside_a_gap_that_can_be_filled():
    assert known_of("(1-cos(x))/x").lipschitz == pytest.approx(0.5)
    assert known_of("x/x").defined_everywhere


@pytest.mark.parametrize(
    "bound",
    [
        nl.activation("steep", "1e200*x"),
        nl.leaky_relu.bind(alpha=1e200),
        nl.activation("late", "1e160*x**2"),
    ],
    ids=lambda each: each.name,
)
def test_sizes_whose_squares_are_no_numbers(bound):
    assert bound.properties.variance == math.inf
    assert math.isinf(bound.range[1])
    assert 0 < bound.gain < 1e-150


def test_gains_of_any_size():
    assert nl.activation("steep", "1e200*x").gain == pytest.approx(1e-200)
    assert nl.activation("flat", "1e-200*x").gain_backward == pytest.approx(1e200)
    assert nl.threshold.bind(**{nl.threshold.parameters[-1].name: 1e160}).gain > 0
