"""The LLVM target: coefficients as promised, elementary functions right to the last digit."""

import importlib.util
from pathlib import Path

import mpmath
import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.llvm.lowering.evaluate import COMPARISONS, SPELLINGS
from nonlin.expr import coefficients
from nonlin.expr.decompositions import DECOMPOSITIONS
from nonlin.expr.primitives import TABLE
from nonlin.expr.reductions import REDUCTIONS, RESHAPES
from nonlin.expr.stable import MACHINE

TOOL = Path(__file__).parents[2] / "tools" / "fit_coefficients.py"
POLYNOMIALS = list(coefficients.SINGLE)
RANGES = {
    "exp": (-700, 700),
    "expm1": (-40, 700),
    "log": (1e-300, 1e300),
    "log1p": (-0.999, 1e6),
    "sin": (-1e5, 1e5),
    "cos": (-1e5, 1e5),
    "arctan": (-50, 50),
    "erf": (-6, 6),
    "normal_cdf": (-37, 9),
    "sqrt": (0, 1e9),
    "sigmoid": (-700, 40),
    "tanh": (-20, 20),
    "softplus": (-700, 40),
    "tanhshrink": (-3, 3),
    "arctan_gate": (-1e9, 50),
}
ORACLES = {name: TABLE[name].oracle for name in RANGES}


def test_every_primitive_is_spelt_or_lowered():
    elsewhere = {"pi", *COMPARISONS, *REDUCTIONS, *RESHAPES}
    lowered = {name for name, ways in DECOMPOSITIONS.items() if ways.kernel}
    assert {*TABLE, *MACHINE} <= {*SPELLINGS, *lowered, *elsewhere}


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("fit_coefficients", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("precision", ["single", "middle", "double", "pair"])
def test_polynomials_are_as_good_as_they_say(tool, precision, monkeypatch):
    """The stored numbers, not the fit, against the function, all over its range."""
    ranges = {}
    monkeypatch.setattr(tool, "fit", lambda f, low, high, bits: ranges.setdefault(f, (low, high)))
    names = list(tool.table(tool.PRECISIONS[precision], precision))
    slack = {"single": 2.0**-22, "middle": 2.0**-35, "double": 2.0**-51, "pair": 2.0**-70}[
        precision
    ]
    stored = getattr(coefficients, precision.upper())
    for name, (function, (low, high)) in zip(names, ranges.items(), strict=True):
        terms = [mpmath.mpf(c) if isinstance(c, float) else mpmath.fsum(c) for c in stored[name]]
        scale = max(abs(function(mpmath.mpf(end))) for end in (low, high))
        for step in range(41):
            at = low + (high - low) * mpmath.mpf(step) / 40
            with mpmath.workdps(40):
                error = abs(mpmath.polyval(terms[::-1], at) - function(at))
            assert error < slack * scale, (name, float(at))


def sample(name, dtype):
    low, high = RANGES[name]
    generator = np.random.default_rng(5)
    if low > 0:
        points = np.exp(generator.uniform(np.log(low), np.log(high), 150))
    else:
        points = generator.uniform(low, high, 150)
    small = np.array([1e-3, 0.4, 0.42, 0.7, 1.4, 2.4, 2.5])
    points = np.concatenate([points, small, -small[-small >= low]])
    if dtype == "float32":
        points = np.clip(points, -80, 80) if low <= 0 else np.clip(points, 1e-30, 1e30)
    return points.astype(dtype)


def true_values(name, points):
    with mpmath.workdps(60):
        return [ORACLES[name](mpmath.mp, mpmath.mpf(float(x))) for x in points]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RANGES)
def test_elementary_functions(name, dtype):
    function = nl.activation("f", f"{name}(x)")
    points = sample(name, dtype)
    true = true_values(name, points)
    for precision, limit in (("exact", 0.51), ("fast", 4.0)):
        got = function(points, precision=precision)
        for x, value, exact in zip(points, got, true, strict=True):
            place = float(np.spacing(np.abs(np.dtype(dtype).type(float(exact)))))
            error = float(abs(mpmath.mpf(float(value)) - exact)) / place
            assert error <= limit, (precision, float(x), error)


@pytest.mark.parametrize(("precision", "allowed"), [("fast", 1), ("exact", 0)])
def test_subnormal_doubles(precision, allowed):
    """Rounded once from all digits, whatever stands beside them."""
    x = np.random.default_rng(3).permutation(np.append(np.linspace(-746, -704, 500), [-1e9, 0, 3]))
    with mpmath.workdps(30):
        true = np.array([float(mpmath.exp(each) * mpmath.mpf(2) ** 1074) for each in x])
    found = nl.get("exponential")(x, precision=precision)
    near = x < -709  # where a unit of the last place is 2**-1074
    assert (np.abs(np.ldexp(found[near], 1074) - true[near]) <= 0.5 + allowed).all()
    beyond = found[~near] / np.exp(x[~near]) - 1
    assert (np.abs(beyond) < 1e-15).all()


def test_huge_angles_and_ends():
    sine = nl.activation("sine", "sin(x)")
    huge = np.array([1e7, 1e15, 1e22, -1e300, 3.0])
    with mpmath.workdps(400):
        true = [float(mpmath.sin(mpmath.mpf(float(x)))) for x in huge]
    for precision in ("fast", "exact"):
        np.testing.assert_allclose(sine(huge, precision=precision), true, rtol=3e-16)
    assert np.isnan(sine(np.inf))
    for dtype in ("float32", "float64"):
        zero = np.array([-0.0], dtype)
        for odd in ("sin(x)", "tanh(x)", "expm1(x)", "log1p(x)", "arctan(x)", "erf(x)"):
            assert np.signbit(nl.activation("odd", odd)(zero))[0], (odd, dtype)
        log = nl.activation("log", "log(x)")
        np.testing.assert_array_equal(
            log(np.array([0, 1, np.inf, -1], dtype)), np.array([-np.inf, 0, np.inf, np.nan], dtype)
        )
        tiny = np.array([np.finfo(dtype).smallest_subnormal])
        np.testing.assert_allclose(log(tiny), np.log(tiny.astype("f8")), rtol=1e-6)
        exp = nl.activation("exp", "exp(x)")
        ends = np.array([1e30, -1e30, np.inf, -np.inf], dtype)
        np.testing.assert_array_equal(exp(ends), np.array([np.inf, 0, np.inf, 0], dtype))


def test_powers():
    x = np.array([-2.0, 0.5, 3.0, 0.0])
    for formula, function in {
        "x**3": lambda v: v**3,
        "x**-2": lambda v: v**-2.0,
        "x**1.5": lambda v: v**1.5,
        "x**0.3": lambda v: v**0.3,
    }.items():
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(nl.activation("p", formula)(x), function(x), rtol=1e-14)
    power = nl.activation("p", "x**n", n=2.5)
    np.testing.assert_allclose(power(np.array([2.0]), n=0.7), [2**0.7], rtol=1e-14)
