"""Every property of every entry holds on a dense sample, and textbook values are met."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nonlin as nl
from nonlin._text import speaking
from nonlin.emit.numpy import compile_numpy
from nonlin.expr.analyse import properties, strengths, weaknesses
from nonlin.expr.analyse.enclose import enclosure
from nonlin.expr.derivative import derivative
from nonlin.expr.interval import Interval
from nonlin.expr.parse import parse
from nonlin.expr.recognise import recognise

INF = math.inf
ENTRIES = [name for name in nl.names() if nl.get(name).elementwise]
OTHERS = [
    *("x*cos(x)", "sign(x)*sqrt(abs(x))", "1/x", "x**3", "1/(1 + x**2)", "x*exp(-x**2)"),
    *("where(x > 1, x, 0)", "exp(x)", "log(x)", "sin(x)*exp(-x**2/2)", "x/(1 + x**2)"),
    *("log(1 + abs(x))*sign(x)", "abs(x)", "-x", "max(x, 0)**3", "x*tanh(exp(x))", "(1 + x)/2"),
    *("cos(x)", "exp(-abs(x))", "x*relu6(x + 3)/6", "where(x > 0, x, x/2) + 1", "2"),
]


def case(name):
    if name in ENTRIES:
        return recognise(nl.get(name).graph)
    return recognise(parse(name))


def grid(p):
    """Dense, with tails, and without the breakpoints."""
    tails = np.geomspace(20, 1e4, 2000)
    xs = np.unique(np.concatenate([np.linspace(-20, 20, 100_001) + 1e-5, -tails, tails]))
    return xs[~np.isin(xs, p.breakpoints)]


def sampled(root, xs):
    with np.errstate(all="ignore"):
        return np.asarray(compile_numpy(root, "x")(xs), float) + 0 * xs


def check(root):
    p = properties(root)
    xs = grid(p)
    ys, slopes = sampled(root, xs), sampled(derivative(root), xs)
    good = np.isfinite(ys) & np.isfinite(slopes)
    xs, ys, slopes = xs[good], ys[good], slopes[good]
    with np.errstate(all="ignore"):
        _check_bounds(p, root, xs, ys, slopes)
        _check_course(p, xs, ys, slopes)
        _check_identities(p, root, xs, ys)
        _check_places(p, root, xs, ys)


def _check_bounds(p, root, xs, ys, slopes):
    scale = 1e-9 * (1 + min(np.abs(ys).max(), 1e300))
    assert p.range[0] - 1e-9 <= ys.min() or math.isinf(p.range[0])
    assert ys.max() <= p.range[1] + 1e-9 or p.range[1] == INF
    for at, end in ((p.lowest_at, p.range[0]), (p.highest_at, p.range[1])):
        if at is not None:
            assert sampled(root, np.array([at]))[0] == pytest.approx(end, abs=scale)
        elif math.isfinite(end):  # approached
            near = [p.breakpoints] if p.breakpoints else []
            assert np.abs(ys - end).min() < 0.1 * (1 + abs(end)) or near
    assert np.abs(slopes).max() <= p.lipschitz * (1 + 1e-9)
    for low, high in p.dead_regions:
        assert not slopes[(xs > low) & (xs < high)].any()
    for point, beyond in zip(p.saturation_points, (xs.__lt__, xs.__gt__), strict=True):
        if point is not None:
            assert np.abs(slopes[beyond(point)]).max(initial=0) <= p.lipschitz / 100 * (1 + 1e-4)


def _check_course(p, xs, ys, slopes):
    noise = 1e-12 * (1 + np.abs(slopes))
    central = np.abs(xs) < 12
    if p.monotone:
        sign = 1 if p.monotone == "increasing" else -1
        assert (sign * slopes >= -noise).all()
        assert (sign * np.diff(ys) >= -1e-12 * (1 + np.abs(ys[1:]))).all()
    for spans, sign in ((p.rising, 1), (p.falling, -1)):
        inside = np.zeros(len(xs), bool)
        for low, high in spans:
            inside |= (xs > low) & (xs < high)
        assert (sign * slopes[inside] >= -noise[inside]).all()
        if "turning_points" not in p.endless and not p.period:
            assert (sign * slopes[~inside & central] <= 1e-9).all()
    bent = np.diff(slopes[central])
    small = 1e-9 * (1 + np.abs(slopes[central][1:]))
    if p.convex or p.concave:
        sign = 1 if p.convex else -1
        assert (sign * bent >= -small).all()
    elif p.smoothness >= 1 and p.defined_everywhere:
        assert (bent > 0).any()
        assert (bent < 0).any()
    if math.isfinite(p.curvature):
        rates = np.abs(bent / np.diff(xs[central]))
        assert rates.max() <= p.curvature * (1 + 1e-6) + 1e-6


def _check_identities(p, root, xs, ys):
    tolerance = 1e-9 * (1 + np.abs(ys))
    with np.errstate(all="ignore"):
        if p.parity:
            sign = 1 if p.parity == "even" else -1
            assert (np.abs(sampled(root, -xs) - sign * ys) <= tolerance).all()
        if p.centre:
            mirrored = 2 * p.centre[1] - sampled(root, 2 * p.centre[0] - xs)
            assert (np.abs(mirrored - ys) <= 1e-6 * (1 + np.abs(ys)))[np.abs(xs) < 9].all()
        if p.homogeneous:
            assert (np.abs(sampled(root, 3 * xs) - 3 * ys) <= 3 * tolerance).all()
        if p.idempotent:
            assert (np.abs(sampled(root, ys) - ys) <= tolerance).all()
        if p.period:
            near = np.abs(xs) < 20
            moved = sampled(root, xs[near] + p.period)
            assert np.abs(moved - ys[near]).max() < 1e-6
    assert p.sign_preserving == bool((xs * ys >= 0).all())


def _check_places(p, root, xs, ys):
    central = np.abs(xs) < 11
    for low, high in p.zeros:
        if low == high:
            assert abs(sampled(root, np.array([low]))[0]) < 1e-9
        else:
            assert not ys[(xs > low) & (xs < high)].any()
    for low, high, _ in p.fixed_points:
        inside = (xs > low) & (xs < high)
        point = sampled(root, np.array([low]))[0] if low == high else 0
        assert point == pytest.approx(low if low == high else 0, abs=1e-9)
        assert np.allclose(ys[inside], xs[inside], rtol=1e-12, atol=1e-12)
    _all_found(p, xs[central], ys[central], [span[:2] for span in p.zeros])
    _all_found(p, xs[central], (ys - xs)[central], [span[:2] for span in p.fixed_points])


def _all_found(p, xs, values, spans):
    """Wherever the sign changes, a zero or a breakpoint is known."""
    clear = np.abs(values) > 1e-11
    xs, values = xs[clear], values[clear]
    for at in np.flatnonzero(values[1:] * values[:-1] < 0):
        known = [s for s in spans if s[0] <= xs[at + 1] and s[1] >= xs[at]]
        assert known or any(xs[at] <= b <= xs[at + 1] for b in p.breakpoints)


@pytest.mark.parametrize("name", [*ENTRIES, *OTHERS])
def test_holds_on_a_dense_sample(name):
    check(case(name))


_LEAVES = st.sampled_from(["x", "x", "2*x", "x/3", "-x", "(x + 1)"])
_AROUND = st.sampled_from(
    ["tanh({})", "sigmoid({})", "max({}, 0)", "min({}, 1)", "arctan({})", "softplus({})",
     "abs({})", "where(x > 0, {}, x/2)", "expm1(min({}, 0))", "erf({})", "softsign({})"]
)  # fmt: skip
_WITH = st.sampled_from(["{} + {}", "({})*({})", "{} - {}"])
FORMULAS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda a, e: a.format(e), _AROUND, inner),
        st.builds(lambda w, a, b: w.format(a, b), _WITH, inner, inner),
    ),
    max_leaves=3,
)


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(FORMULAS)
def test_bounds_hold_for_composite_formulas(formula):
    root = recognise(parse(formula))
    p = properties(root)
    xs = grid(p)[::7]
    ys, slopes = sampled(root, xs), sampled(derivative(root), xs)
    scale = 1e-7 * (1 + np.abs(ys))
    assert (ys >= p.range[0] - scale).all()
    assert (ys <= p.range[1] + scale).all()
    assert (np.abs(slopes) <= p.lipschitz * (1 + 1e-6) + 1e-9).all()
    for low, high in p.dead_regions:
        assert (np.abs(slopes[(xs > low) & (xs < high)]) < 1e-12).all()


def minimum(slope, start):
    with mpmath.workdps(30):
        return mpmath.findroot(slope, start)


def silu(x):
    return x / (1 + mpmath.exp(-x))


def gelu(x):
    return x * mpmath.ncdf(x)


def mish(x):
    return x * mpmath.tanh(mpmath.log1p(mpmath.exp(x)))


@pytest.mark.parametrize(("name", "f"), [("silu", silu), ("gelu", gelu), ("mish", mish)])
def test_minimum_and_steepest_slope(name, f):
    p = nl.get(name).properties
    at = minimum(lambda x: mpmath.diff(f, x), -1)
    assert p.lowest_at == pytest.approx(float(at), rel=1e-14)
    assert p.range[0] == pytest.approx(float(f(at)), rel=1e-15)
    steep = minimum(lambda x: mpmath.diff(f, x, 2), 1.7)
    assert p.steepest_at == pytest.approx(float(steep), rel=1e-10)
    assert p.lipschitz == pytest.approx(float(mpmath.diff(f, steep)), rel=1e-14)


@pytest.mark.parametrize(
    ("formula", "lipschitz", "curvature"),
    [
        ("sigmoid(x)", 1 / 4, 1 / (6 * math.sqrt(3))),
        ("tanh(x)", 1, 4 / (3 * math.sqrt(3))),
        ("softplus(x)", 1, 1 / 4),
        ("max(x, 0)", 1, INF),
        ("where(x > 0, x, expm1(x))", 1, 1),
        ("sin(x)", 1, 1),
        ("exp(-x**2)", math.sqrt(2 / math.e), 2),
        ("x**2", INF, 2),
    ],
)
def test_lipschitz_constants(formula, lipschitz, curvature):
    p = properties(parse(formula))
    assert p.lipschitz == pytest.approx(lipschitz, rel=1e-14)
    assert p.curvature == pytest.approx(curvature, rel=1e-12)


def of(formula):
    return properties(recognise(parse(formula)))


def test_ends_of_the_range_are_taken_or_approached():
    assert (of("sigmoid(x)").lowest_at, of("sigmoid(x)").highest_at) == (None, None)
    assert of("max(x, 0)").lowest_at is not None
    assert of("exp(-x**2)").highest_at == 0
    assert of("exp(-x**2)").lowest_at is None


def test_asymptotes():
    assert of("x*sigmoid(x)").asymptotes == ((0, 0), (1, 0))
    assert of("x - tanh(x)").asymptotes == ((1, 1), (1, -1))
    assert of("(x + sqrt(x**2 + 4))/2").asymptotes == ((0, 0), (1, 0))
    assert of("x**2").asymptotes == (None, None)
    assert of("log(1 + abs(x))").asymptotes == (None, None)


def test_identities():
    assert of("sigmoid(x)").centre == (0, 0.5)
    assert of("relu6(x)").centre == (3, 3)
    assert of("max(x, 0)").homogeneous
    assert of("max(x, 0)").idempotent
    assert not of("softplus(x)").homogeneous
    assert of("x*sigmoid(x)").self_gated
    assert not of("sigmoid(x)").self_gated
    assert of("sin(x)").period == pytest.approx(2 * math.pi)
    assert of("sin(2*x)**2").period == pytest.approx(math.pi / 2)
    assert of("sin(x)").endless == ("zeros", "turning_points", "inflections")
    assert of("x + sin(x)**2").endless == ("inflections", "fixed_points")
    assert of("tanh(x)").invertible
    assert not of("max(x, 0)").invertible
    assert of("max(x, 0)").saturation == ("hard", None)
    assert of("log(1 + abs(x))").saturation == ("slow", "slow")
    assert of("sigmoid(x)").saturation == ("soft", "soft")


def test_zeros_fixed_points_and_stability():
    assert of("max(x, 0)").zeros == ((-INF, 0),)
    assert of("x**2 - 2").zeros[1][0] == pytest.approx(math.sqrt(2), rel=3e-16, abs=0)
    assert of("cos(x)").fixed_points[0][0] == pytest.approx(0.7390851332151607, rel=1e-15)
    assert [slope for _, _, slope in of("x**3").fixed_points] == [3, 0, 3]
    assert of("max(x, 0)").fixed_points == ((0, INF, 1),)


def test_jumps_and_slope_jumps():
    assert of("where(x > 1, x, 0)").jumps == ((1, 1),)
    assert of("where(x > 0, x, x/4)").slope_jumps == ((0, 0.75),)
    assert of("sign(x)*sqrt(abs(x))").smoothness == 0
    assert of("sign(x)*sqrt(abs(x))").kinks == (0,)


def test_variance():
    assert of("max(x, 0)").variance == pytest.approx((1 - 1 / math.pi) / 2, rel=1e-12)
    assert of("x**3").variance == pytest.approx(15, rel=1e-12)


def test_cost_counts_shared_work_once():
    mish = of("x*tanh(log(1 + exp(x)))")
    assert (mish.cost.exponentials, mish.cost_with_slope.exponentials) == (1, 1)
    assert (of("x**8").cost.products, of("x**7").cost.products) == (3, 4)
    assert of("sigmoid(x)").cost.divisions == 1


def test_no_property_raises_for_what_is_nowhere_defined():
    for formula in ("log(-1 - x**2)", "sqrt(-1 - x**2)"):
        assert not of(formula).defined_everywhere


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("tanh(x)", ("parity", "range", "monotone", "lipschitz")),
        ("max(x, 0)", ("range", "monotone", "lipschitz", "convex")),
        ("x + sin(x)**2", ("range", "monotone", "lipschitz")),
        ("log(1 + exp(x))", ("range", "monotone", "lipschitz", "convex")),
        ("x*sigmoid(x)", ()),
    ],
)
def test_what_is_proven(formula, names):
    assert of(formula).proven == names


@settings(max_examples=25, deadline=None)
@given(FORMULAS, st.floats(-9, 9), st.floats(0, 3))
def test_enclosures_hold_the_values(formula, low, width):
    root = parse(formula)
    found = enclosure(root, Interval(low, low + width))
    ys = sampled(root, np.linspace(low, low + width, 101))
    slack = 1e-12 * (1 + np.abs(ys))
    assert (ys >= found.low - slack).all()
    assert (ys <= found.high + slack).all()


def test_limits_where_plain_floats_give_no_number():
    assert of("x*exp(-exp(-x))").slope_limits == (0, 1)
    assert of("x*exp(-exp(-x))").limits == (0, INF)


def sentences(formula):
    p = of(formula)
    with speaking("en"):
        return [str(t) for t in strengths(p)], [str(t) for t in weaknesses(p)]


def test_sentences_of_the_newer_properties():
    good, _ = sentences("max(x, 0)")
    assert any(s.startswith("positively homogeneous") for s in good)
    assert (
        "zero gradient at x = 0: training starts slowly from small weights" in sentences("x**2")[1]
    )
    assert any("explode" in s for s in sentences("x**3")[1])
    assert any("periodic with period 6.28" in s for s in sentences("sin(x)")[0])
    assert any("oscillates without end" in s for s in sentences("sin(x)")[1])
    assert any("fixed point, at 0.659" in s for s in sentences("sigmoid(x)")[0])
    assert "the gradient is infinite at x = 0" in sentences("sign(x)*sqrt(abs(x))")[1]
    assert any("beyond |x| about 99" in s for s in sentences("sign(x)*log(1 + abs(x))")[1])
    assert any("physics-informed" in s for s in sentences("where(x > 0, x, expm1(x))")[1])
    assert (
        "gradient is exactly zero for x < 0 or x > 6: neurons can die" in sentences("relu6(x)")[1]
    )
    assert not any("explode" in s for s in sentences("x*sigmoid(x)")[1])


@pytest.mark.parametrize("name", [*ENTRIES, *OTHERS])
def test_sentences_are_few_and_do_not_contradict_each_other(name):
    p = properties(case(name))
    good, bad = strengths(p), weaknesses(p)
    assert len(good) <= 7
    assert len(bad) <= 7
    keys = {t.key.removeprefix("properties.") for t in (*good, *bad)}
    assert len(keys) == len(good) + len(bad)
    for one, other in (
        ("zero_centred", "not_zero_centred"),
        ("contracting", "explodes"),
        ("contracting", "shrinks"),
        ("smooth", "kinks"),
        ("smooth", "bend_jumps"),
        ("increasing", "not_monotone"),
        ("flows_left", "saturates_left"),
        ("flows_right", "saturates_right"),
        ("bounded", "explodes"),
    ):
        assert not {one, other} <= keys
