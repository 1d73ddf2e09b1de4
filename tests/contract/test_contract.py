"""Every entry of the catalogue, on every target, at the points where formulas break.

The judge is mpmath at 50 digits on the author's formula, differentiated but otherwise as it
stands. Errors are counted in units in the last place (ULP) of the true value.
"""

import math
from functools import cache

import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.mpmath import compile_mpmath
from nonlin.emit.numpy import compile_numpy
from nonlin.expr.analyse import breaks
from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.stable import stabilise

MAGNITUDES = (0.0, 1e-8, 1.0, 30.0, 1000.0, math.inf)
TAILS = (9.5, 10.2, 13.0, 53.5, 88.5, 91.5, 103.0)  # of float32: subnormal exponentials
# exported Python has the C library's erfc, whose argument -x/sqrt(2) is rounded once too often
LIMITS = {"exact": 1.0, "fast": 5.0, "numpy": 64.0, "source": 256.0}
SINGLE = {"fast": 4.0}  # of these for float32
DTYPES = ("float32", "float64")
# every input: of second derivatives of `fast`, too
BOUNDS = {"exact": (1, 1, 1), "fast": (8, 8, 8)}
LARGEST = (1e200, -1e200, 1.2e308, -1.2e308, 1.36e154)
SMALLEST = (1e-300, -1e-300, 5e-324)
PAIRS = 1e-24  # pairs of doubles, of which functions keep 70 bits, come no nearer to a zero
EPS = float(np.finfo(float).eps)
TURNED = 2.0**20  # beyond, sines are those of the C library: sums of them lose what is cancelled
ELEMENTWISE = [name for name in nl.names() if nl.get(name).elementwise]


def points(activation, dtype):
    """0, 1e-8, 1, 30, 1000, inf and tails with both signs, NaN, and around every breakpoint."""
    kind = np.dtype(dtype).type
    sizes = MAGNITUDES + (TAILS if dtype == "float32" else ())
    values = [kind(sign * size) for size in sizes for sign in (1, -1)]
    for kink in map(kind, activation.properties.breakpoints):
        values += [kink, np.nextafter(kink, kind(-np.inf)), np.nextafter(kink, kind(np.inf))]
    return np.array([*values, np.nan], dtype)


def ulps(got, true, dtype):
    """|got - true| in units in the last place of the true value."""
    kind = np.dtype(dtype).type
    with np.errstate(over="ignore"):
        rounded = [kind(float(exact)) for exact in true]
    return np.array(
        [
            _distance(value, exact, near)
            for value, exact, near in zip(got, true, rounded, strict=True)
        ]
    )


def _distance(value, exact, rounded):
    if value == rounded or (np.isnan(value) and np.isnan(rounded)):
        return 0.0 if not np.isfinite(rounded) else float(abs(value - exact)) / _place(rounded)
    if not (np.isfinite(value) and np.isfinite(rounded)):
        return math.inf
    return float(abs(float(value) - exact)) / _place(rounded)


def _place(number):
    return float(np.spacing(np.abs(number)))


@cache
def judge(name, order):
    graph = nl.get(name).graph
    return cache(compile_mpmath(derivative(graph, order=order) if order else graph, "x"))


def truth(name, order, at):
    return [judge(name, order)(float(x)) if x == x else math.nan for x in at]


def machine_graph(name, order):
    return stabilise(derivatives(nl.get(name).graph, (order,))[0])


def run_source(name, order, at):
    space = {}
    exec(nl.get(name).to_python(order), space)  # noqa: S102 - our own source
    plain = nl.get(name).name
    function = next(space[f] for f in space if f in (plain, f"{plain}_derivative_{order}"))
    return np.array([function(float(x)) for x in at])


def evaluate(name, target, order, at):
    activation = nl.get(name)
    if target == "numpy":
        return compile_numpy(machine_graph(name, order), "x")(at)
    if target == "source":
        return run_source(name, order, at)
    if order == 0:
        return activation(at, precision=target)
    return activation.derivative(at, order, precision=target)


def except_near_zeros(errors, got, true, dtype):
    """The errors, but 0 where the result itself is below an ulp of 1 off: near zeros of a
    derivative that is all that fast precision promises."""
    with np.errstate(invalid="ignore", over="ignore"):
        absolute = np.abs(got - np.array(true, float))
    return np.where(absolute < np.finfo(dtype).eps, 0.0, errors)


def describe(name, at, got, true, errors):
    worst = int(np.argmax(errors))
    return f"{name}: {errors[worst]:.3g} ULP at {at[worst]!r}: {got[worst]!r}, true {true[worst]}"


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_target_agrees_with_the_oracle(name, order):
    for dtype in DTYPES:
        at = points(nl.get(name), dtype)
        true = truth(name, order, at)
        for target, limit in LIMITS.items():
            if dtype == "float32" and target in ("numpy", "source"):
                continue  # these compute in float64
            got = evaluate(name, target, order, at)
            errors = ulps(got, true, dtype)
            if target != "exact" and order:
                errors = except_near_zeros(errors, got, true, dtype)
            if dtype == "float32":
                limit = SINGLE.get(target, limit)
            assert (errors <= limit).all(), f"{target} {describe(name, at, got, true, errors)}"


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_random_points(name, order):
    """Between the special points: the same bounds."""
    noise = np.random.default_rng(7).standard_normal(24) * np.repeat([1.0, 10.0], 12)
    for dtype in DTYPES:
        at = noise.astype(dtype)
        true = truth(name, order, at)
        exact = evaluate(name, "exact", order, at)
        errors = ulps(exact, true, dtype)
        assert (errors <= LIMITS["exact"]).all(), describe(name, at, exact, true, errors)
        fast = evaluate(name, "fast", order, at)
        errors = except_near_zeros(ulps(fast, true, dtype), fast, true, dtype)
        if order == 0:
            errors = beyond(nl.get(name), "fast", dtype, order, at, fast, true)
        limit = SINGLE["fast"] if dtype == "float32" else LIMITS["fast"]
        assert (errors <= limit).all(), describe(name, at, fast, true, errors)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_third_derivative(name):
    at = np.array([-2.25, -0.75, 0.3, 1.7, 4.5])
    got = nl.get(name).derivative(at, 3, precision="exact")
    true = truth(name, 3, at)
    errors = ulps(got, true, "float64")
    assert (errors <= 2).all(), describe(name, at, got, true, errors)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_are_those_of_the_formula(name):
    """The symbolic derivative against a difference quotient at 60 digits, away from kinks."""
    import mpmath

    for order in (1, 2, 3):
        for x in (-4.3, -1.6, -0.2, 0.2, 1.6, 7.1):
            with mpmath.workdps(60):
                quotient = mpmath.diff(judge(name, 0), mpmath.mpf(x), order, h=mpmath.mpf("1e-12"))
            found = judge(name, order)(x)
            assert abs(found - quotient) <= 1e-8 * max(1, abs(quotient)), (order, x)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_fused_is_the_same_as_separate(name):
    at = np.linspace(-6, 6, 101)
    value, slope = nl.get(name).value_and_derivative(at, precision="exact")
    np.testing.assert_array_equal(value, nl.get(name)(at, precision="exact"))
    np.testing.assert_array_equal(slope, nl.get(name).derivative(at, precision="exact"))


def inputs(activation):
    """Of both signs, from subnormal to the largest float32, and around zeros and breakpoints."""
    random = np.random.default_rng(11)
    spans = ((-149, -126, 2), (-126, -20, 8), (-20, 8, 16), (8, 127.9, 5))
    sizes = 2.0 ** np.concatenate([random.uniform(*span) for span in spans])
    found = [sizes, -sizes, np.arange(-6, 7) / 2, [17, -23, 100, -100]]
    for point in special_points(activation):
        step = float(np.spacing(np.float32(abs(point))))
        found.append(point + step * np.array([0, 1, -1, 3, -3]))
    return np.concatenate(found).astype(np.float32)


def special_points(activation):
    known = activation.properties
    zeros = [z for span in known.zeros for z in span if math.isfinite(z)]
    return sorted({*zeros[:6], *zeros[-6:], *known.breakpoints})


def doubles(activation, singles):
    near = [np.nextafter(z, s * np.inf) for z in special_points(activation) for s in (1, -1)]
    return np.concatenate([singles.astype(float), LARGEST, SMALLEST, near])


def exactly(name, order, at):
    """What mpmath says, with more digits where at 50 it says 0: log(1 + exp(-500)) is not 0."""
    found = truth(name, order, at)
    for place, (x, value) in enumerate(zip(at.tolist(), found, strict=True)):
        if value == 0 and abs(x) > 100 and name in ("softplus", "loglog"):
            found[place] = _deep(name, order)(x)
    return found


def _deep(name, order):
    graph = nl.get(name).graph
    return compile_mpmath(derivative(graph, order=order) if order else graph, "x", digits=900)


def allowances(activation, precision, dtype, order, at, true):
    """What an absolute error may be, beside what ULP allow.

    Values of `fast` in float64 are off at most as if x had been rounded once more, so that beside
    a zero that is no float, and in a tail, the error vanishes with the slope.
    """
    allowed = np.zeros(at.shape)
    if dtype == "float64":
        allowed[:] = PAIRS
        if (precision, order) == ("fast", 0):
            slope = activation.derivative(at, precision="exact")
            with np.errstate(over="ignore", invalid="ignore"):
                allowed = EPS * np.nan_to_num(np.minimum(1, np.abs(at * slope)))
        allowed[np.array([abs(t) < 1e-300 for t in true])] = np.finfo(float).tiny
        if breaks.waves(activation.graph):
            allowed[np.abs(at) > TURNED] = 64 * EPS
    if precision == "fast" and order == 1:
        allowed = np.maximum(allowed, float(np.finfo(dtype).eps))
    return allowed


def beyond(activation, precision, dtype, order, at, got, true):
    """The errors in ULP, but 0 where they are within what they may be absolutely."""
    allowed = allowances(activation, precision, dtype, order, at, true)
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs(got - np.array([float(t) for t in true]))
    return np.where(off <= np.where(np.isfinite(off), allowed, -1), 0.0, ulps(got, true, dtype))


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_everywhere(name, order):
    activation = nl.get(name)
    singles = inputs(activation)
    for dtype in DTYPES:
        at = singles if dtype == "float32" else doubles(activation, singles)
        true = exactly(name, order, at)
        for precision, bounds in BOUNDS.items():
            got = evaluate(name, precision, order, at)
            errors = beyond(activation, precision, dtype, order, at, got, true)
            limit = 4 if (precision, dtype, order < 2) == ("fast", "float32", True) else None
            assert (errors <= (limit or bounds[order])).all(), (
                f"{dtype} {precision} {describe(name, at, got, true, errors)}"
            )


EXAMPLES = [  # what was reported, with the right value
    ("star_relu", 0, 1.36e154, "float64"),
    ("snake", 1, 1.2e308, "float64"),
    ("snake", 2, 1.2e308, "float64"),
    ("swim", 0, 3.4e38, "float32"),
    ("swim", 0, 1.7e308, "float64"),
    ("pflu", 0, 1.2e308, "float64"),
    ("dsilu", 2, 1e-20, "float32"),
    ("cloglog", 2, 1e-20, "float32"),
    ("loglog", 2, 1e-20, "float32"),
    ("xielu", 0, -2.4324839, "float32"),
    ("morlet", 0, -2.6928365757419126, "float64"),
]


@pytest.mark.parametrize(("name", "order", "x", "dtype"), EXAMPLES)
def test_reported(name, order, x, dtype):
    at = np.array([x], dtype)
    for precision in BOUNDS:
        got = evaluate(name, precision, order, at)
        np.testing.assert_allclose(
            got, float(judge(name, order)(float(at[0]))), rtol=8 * np.finfo(dtype).eps
        )
