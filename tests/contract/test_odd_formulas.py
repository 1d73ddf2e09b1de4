"""Ten formulas that are in no catalogue keep the contract, too, on every path.

Beside the points of the contract they meet a dense sample, whose neighbours differ wildly: whatever
a kernel was made for, there are numbers that nobody thought of.
"""

import importlib.util
import sys
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from ml_dtypes import bfloat16

import nonlin as nl

TESTS = Path(__file__).parents[1]
BENCHMARKS = TESTS.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
from comparison.odd import FORMULAS  # noqa: E402
from ulp.truth import zeros as around_zeros  # noqa: E402

sys.path.remove(str(BENCHMARKS))


def loaded(place):
    """The file of another test: what it judges entries by."""
    path = TESTS / place
    spec = importlib.util.spec_from_file_location(f"{path.stem}_of_entries", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


contract = loaded("contract/test_contract.py")
in_16_bits = loaded("kernels/test_arrays.py")

ODD = {name: nl.activation(name, formula) for name, formula in FORMULAS.items()}
ULPS = {"fast": 4.0, "exact": 0.51}  # of f and f' in float32
EPS = float(np.finfo(np.float32).eps)
SMALL, LARGEST, TOO_LARGE = 2.0**-120, float(np.finfo(np.float32).max), 2.0**128
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], np.float32)
BESIDE = np.arange(-32, 33)  # floats on either side of what is special
LARGE = (1 << 22) + 77  # elements: threads share them, and results are written past the caches


def every(*choices):
    """Each formula with each combination."""
    return [pytest.param(*place) for place in product(ODD, *choices)]


def excused(activation, x):
    """Between a zero of f' and its next extremum fast slopes are right to one ULP of 1."""
    low, high = around_zeros(activation, 1).reshape(-1, 2).T
    return ((low <= x[:, None]) & (x[:, None] <= high)).any(axis=1)


def off(got, true):
    """|got - true| in ULP of float32; infinity is what comes after the largest number."""
    with np.errstate(all="ignore"):
        rounded = np.abs(true.astype(np.float32))
        size = np.minimum(rounded, np.float32(LARGEST))
        near = [np.clip(each.astype(float), -TOO_LARGE, TOO_LARGE) for each in (got, true)]
        errors = np.abs(near[0] - near[1]) / np.spacing(size).astype(float)
    both = np.isnan(got) & np.isnan(true)
    return np.where(both, 0.0, np.where(np.isnan(errors), np.inf, errors))


def check(f, precision, order, x, got, true, factor=None):
    """Results in float32 beside true ones in float64, both times factors that are powers of two.

    These change digits of subnormal numbers, and numbers that overflowed before.
    """
    size = np.ones(x.size) if factor is None else np.abs(factor)
    with np.errstate(all="ignore"):
        true = true if factor is None else true * factor
        errors = off(got, true)
        errors[(size != 1) & ~((np.abs(true) > SMALL) & (np.abs(true) < LARGEST * size))] = 0
        if precision == "fast" and order:
            errors[excused(f, x) & (np.abs(got - true) <= EPS * size)] = 0
    assert (errors <= ULPS[precision]).all(), (
        f"{precision} {contract.describe(f.name, x, got, true, errors)}"
    )


@cache
def points(name, dtype):
    """What breaks formulas: zeros, kinks, tails, infinities, NaN, numbers of every size."""
    activation = ODD[name]
    singles = np.concatenate([contract.inputs(activation), contract.points(activation, "float32")])
    return singles if dtype == "float32" else contract.doubles(activation, singles)


@pytest.mark.parametrize(
    ("name", "dtype", "precision", "order"),
    every(contract.DTYPES, contract.BOUNDS, (0, 1, 2)),
)
def test_everywhere(name, dtype, precision, order):
    """Beside mpmath."""
    activation, at = ODD[name], points(name, dtype)
    true = contract.truth(activation, order, at)
    with np.errstate(all="raise"):
        got = contract.evaluate(activation, precision, order, at)
    if dtype == "float32" and order < 2:
        check(activation, precision, order, at, got, np.array(true, float))
        return
    errors = contract.beyond(activation, precision, dtype, order, at, got, true)
    limit = contract.BOUNDS[precision][order]
    assert (errors <= limit).all(), contract.describe(name, at, got, true, errors)


@pytest.mark.parametrize(("name", "target", "order"), every(("numpy", "source"), (0, 1, 2)))
def test_code(name, target, order):
    """The formula in other languages, within the bounds that entries have there."""
    f = ODD[name]
    at = contract.points(f, "float64")
    true = contract.truth(f, order, at)
    got = contract.evaluate(f, target, order, at)
    errors = contract.ulps(got, true, "float64")
    if order:
        errors = contract.except_near_zeros(errors, got, true, "float64")
    assert (errors <= contract.LIMITS[target]).all(), contract.describe(name, at, got, true, errors)


@pytest.mark.parametrize("name", ODD)
def test_derivatives(name):
    """To the third order, and beside difference quotients."""
    contract.test_third_derivative(ODD[name])
    contract.test_derivatives_are_those_of_the_formula(ODD[name])
    contract.test_fused_is_the_same_as_separate(ODD[name])


@pytest.mark.parametrize(("name", "dtype"), every(("float16", "bfloat16")))
def test_16_bits(name, dtype):
    """All inputs, correctly rounded."""
    in_16_bits.test_all_16_bit_inputs_are_correctly_rounded(
        ODD[name], np.float16 if dtype == "float16" else bfloat16
    )


@cache
def dense(name):
    """All sizes, more where functions bend, floats around what is special; in no order."""
    special = [*contract.special_points(ODD[name]), *around_zeros(ODD[name], 1).ravel()]
    special = np.array([*special, *np.arange(-128, 129) / 8], np.float32)
    near = special[:, None] + np.spacing(np.abs(special))[:, None] * BESIDE.astype("f4")
    patterns = np.arange(0, 1 << 32, 65_537, np.uint64).astype(np.uint32).view(np.float32)
    x = np.concatenate([patterns, np.linspace(-18, 18, 60_001, dtype="f4"), near.ravel()])
    return np.random.default_rng(5).permutation(x)


@cache
def truth(name, order):
    """f or f' on the dense sample in float64, which mpmath judges above."""
    f = ODD[name]
    with np.errstate(all="ignore"):
        x = dense(name).astype(float)
    exact, fast = (contract.evaluate(f, precision, order, x) for precision in ("exact", "fast"))
    return np.where(np.isnan(exact), fast, exact)


PATHS = {  # order of the derivative, the call, the places of its factors
    "f": (0, lambda f, x, grad, value, how: f(x, **how), ()),
    "f of both": (0, lambda f, x, grad, value, how: f.value_and_derivative(x, **how)[0], ()),
    "gate": (0, lambda f, x, grad, value, how: f.gate(value, x, **how), (1,)),
    "by value": (0, lambda f, x, *rest: f.gate_backward(*rest[:2], x, **rest[2])[0], (0,)),
    "f'": (1, lambda f, x, grad, value, how: f.derivative(x, **how), ()),
    "f' of both": (1, lambda f, x, grad, value, how: f.value_and_derivative(x, **how)[1], ()),
    "backward": (1, lambda f, x, grad, value, how: f.backward(grad, x, **how), (0,)),
    "by x": (1, lambda f, x, *rest: f.gate_backward(*rest[:2], x, **rest[2])[1], (0, 1)),
}
ROUTES = [(path, "fast") for path in PATHS]
ROUTES += [(path, "exact") for path in ("f", "f'", "by value", "by x")]


@pytest.mark.parametrize(("name", "route"), every(ROUTES))
def test_dense(name, route):
    """On every path, in float32."""
    path, precision = route
    f, x = ODD[name], dense(name)
    order, call, places = PATHS[path]
    factors = np.random.default_rng(6).choice([-1, 1, 0.5, -4], (2, x.size)).astype("f4")
    with np.errstate(all="raise"):
        got = call(f, x, *factors, {"precision": precision})
    factor = np.prod(factors[list(places)], axis=0) if places else None
    check(f, precision, order, x, got, truth(name, order), factor)


@pytest.mark.parametrize("name", ODD)
def test_gradients_that_are_not_finite(name):
    """And zeros of both signs: a gradient only multiplies."""
    f = ODD[name]
    grad, x = (each.ravel() for each in np.meshgrid(SPECIAL, np.array([-0.31, 0.02, 0.25], "f4")))
    slope, value = f.derivative(x), f(x)
    with np.errstate(invalid="ignore"):
        same(f.backward(grad, x), grad * slope)
        same(f.gate(grad, x), grad * value)


def same(found, expected):
    """To the last bit, but for the bits of a NaN."""
    different = found.view(np.uint32) != expected.view(np.uint32)
    assert np.isnan(found[different]).all()
    assert np.isnan(expected[different]).all()


def results(f, x):
    """Value, slope, and both at once."""
    return np.stack([f(x), f.derivative(x), *f.value_and_derivative(x)])


@pytest.mark.parametrize("name", ODD)
def test_the_same_wherever_it_stands(name):
    """Among any neighbours, at any address, in arrays of any length, step and order."""
    f, x = ODD[name], dense(name)
    expected = results(f, x)
    for start, length in ((1, 1), (3, 15), (21, 16), (40, 17), (64, 31), (97, 33), (131, 1000)):
        part = slice(start, start + length)
        same(results(f, x[part]), expected[:, part])
    for step in (2, -1, -7):
        same(results(f, x[::step]), expected[:, ::step])
    order = np.argsort(x, kind="stable")  # neighbours that are alike
    same(results(f, x[order]), expected[:, order])
    room = x.copy()
    same(f(room, out=room), expected[0])


@pytest.mark.parametrize("name", ODD)
def test_threads_and_streams_change_nothing(name, threads):
    """Many elements on all threads, and a few of them alone."""
    f, x = ODD[name], np.resize(dense(name), LARGE)
    found = f.value_and_derivative(x)
    threads(1)
    alone = f.value_and_derivative(x)
    for start in range(0, LARGE, 1 << 20):
        part = slice(start, start + 4097)
        same(np.stack([each[part] for each in found]), results(f, x[part])[2:])
    for each, expected in zip(found, alone, strict=True):
        same(each, expected)


OTHERS = [  # of formulas like these: dtype, precision, place
    ("x - 0.7", "float32", "fast", 0.7),
    ("0.1 - abs(x)", "float32", "fast", 0.1),
    ("where(x > 0.1, x + 1, 0)", "float32", "fast", 0.1),
    ("where(0.1 < x, 1, 0)", "float32", "fast", 0.1),
    ("max(exp(x), 1) - 1.3", "float32", "fast", 0.26236427),
    ("(exp(x) - exp(-x)) / 2", "float32", "fast", 1e-20),
    ("(exp(x) - exp(-x)) / 2", "float32", "exact", 1e-20),
    ("(exp(x) - exp(-x)) / 2", "float64", "exact", 1000.0),
    ("(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "float32", "fast", 1e-20),
    ("exp(-2 * x) - exp(-x)", "float64", "fast", 1e-20),
    ("exp(x) - exp(2 * x)", "float32", "fast", -100.0),
    ("exp(x) - 3 * x", "float32", "fast", np.inf),
    ("x**2 - expm1(x) + 2 * x", "float64", "exact", np.inf),
    ("abs(x) - 2 * exp(-3 * x)", "float32", "fast", -np.inf),
    ("log1p(x * x)", "float32", "fast", 1e20),
    ("log1p(x * x)", "float64", "exact", 1e200),
    ("x**3 / (1 + x**2)", "float32", "fast", 1e20),
    ("x / (3 + x**2)", "float64", "fast", 1e200),
    ("x / (1 + x**2)", "float32", "fast", -1e25),
    ("x / (x**2 - 3)", "float64", "fast", 1e200),
    ("x / (3 - x**2 / 4)", "float64", "fast", -1e200),
    ("x**2 / (1 + 4 * x**2)", "float64", "fast", 1e200),
    ("x**2 / (1e40 + x**2)", "float64", "fast", 1e19),
    ("x**2 / (1e40 + x**2)", "float64", "fast", 1e200),
    ("x**2 / (1e25 + x**2)", "float32", "fast", 1e20),
    ("2 * x / (x * x + 1)", "float64", "exact", 1e200),
    ("1e20 / (x - 1)**2", "float32", "fast", 1e25),
]


@pytest.mark.parametrize(("formula", "dtype", "precision", "x"), OTHERS)
def test_others(formula, dtype, precision, x):
    """Single numbers, within the bounds above."""
    f, at = nl.activation("other", formula), np.array([x], dtype)
    got, true = f(at, precision=precision), contract.truth(f, 0, at)
    assert contract.ulps(got, true, dtype)[0] <= contract.BOUNDS[precision][0]
