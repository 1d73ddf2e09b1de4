"""Functions of rows, gated and random ones against definitions written anew with mpmath.

The definitions here come from the papers and share nothing with the catalogue: sparsemax by
sorting, entmax by bisection. Gradients: a difference quotient of the definition at 50 digits.
"""

import math

import mpmath
import numpy as np
import pytest

import nonlin as nl

PRECISIONS = ("fast", "exact")
DTYPES = ("float32", "float64")
GRAD = (0.5, -1.25, 2.0, 0.75, -0.375, 1.5)
ROWS = [  # no two numbers are so near, and none so near a threshold, that a step would cross it
    (0.1,),
    (0.25, -0.5),
    (1.25, 2.0, 0.5, -1.0),
    (0.3, 0.1, 0.05, -0.2),
    (-8.0, 3.0, 2.75, 30.0),
    (-1000.0, 1000.0, 999.5, 998.0),
    (1e-8, -1e-8, 2e-8, 0.0625, 7.0, -7.0),
]


def exponentials(row, scale):
    top = max(scale * x for x in row)
    return [mpmath.exp(scale * x - top) for x in row]


def softmax(row, scale=1):
    each = exponentials(row, scale)
    return [e / mpmath.fsum(each) for e in each]


def sparsemax(row):
    """Martins and Astudillo, algorithm 1."""
    ordered = sorted(row, reverse=True)
    sizes = [k for k in range(1, len(row) + 1) if 1 + k * ordered[k - 1] > mpmath.fsum(ordered[:k])]
    threshold = (mpmath.fsum(ordered[: sizes[-1]]) - 1) / sizes[-1]
    return [max(x - threshold, mpmath.mpf(0)) for x in row]


def entmax(row, alpha):
    """Peters, Niculae and Martins, algorithm 1: the threshold by bisection."""
    scaled, power = [(alpha - 1) * x for x in row], 1 / (alpha - 1)
    low, high = max(scaled) - 1, max(scaled)
    for _ in range(mpmath.mp.prec + 8):
        middle = (low + high) / 2
        total = mpmath.fsum(max(x - middle, 0) ** power for x in scaled)
        low, high = (middle, high) if total >= 1 else (low, middle)
    return [max(x - low, mpmath.mpf(0)) ** power for x in scaled]


def softmax1(row):
    """Miller: softmax of the row and a 0, of which the last is left out."""
    return softmax([*row, mpmath.mpf(0)])[:-1]


def ssmax(row):
    """Nakanishi: the base of the powers is how many numbers there are."""
    powers = [mpmath.power(len(row), mpmath.mpf(0.43) * (x - max(row))) for x in row]
    return [each / mpmath.fsum(powers) for each in powers]


def poly_norm(row):
    """The authors' code: each power over the root of its mean square and 1e-6."""

    def normalized(power):
        each = [x**power for x in row]
        mean = mpmath.fsum(x * x for x in each) / len(row)
        return [x / mpmath.sqrt(mean + mpmath.mpf(1e-6)) for x in each]

    third = mpmath.mpf(1 / 3)
    return [third * (a + b + c) for a, b, c in zip(*map(normalized, (3, 2, 1)), strict=True)]


ROW_WISE = {
    "softmax": softmax,
    "log_softmax": lambda row: [
        x - max(row) - mpmath.log(mpmath.fsum(exponentials(row, 1))) for x in row
    ],
    "softmin": lambda row: softmax(row, -1),
    "tempered_softmax": lambda row: softmax(row, mpmath.mpf(1) / 2),
    "gumbel_softmax": softmax,
    "hardmax": lambda row: [mpmath.mpf(i == row.index(max(row))) for i in range(len(row))],
    "sparsemax": sparsemax,
    "entmax15": lambda row: entmax(row, mpmath.mpf(3) / 2),
    "alpha_entmax": lambda row: entmax(row, mpmath.mpf(5) / 4),
    "softmax1": softmax1,
    "ssmax": ssmax,
    "poly_norm": poly_norm,
}
RESHAPING = {
    "crelu": lambda row: [max(x, 0) for x in row] + [max(-x, 0) for x in row],
    "maxout": lambda row: [max(row[i : i + 2]) for i in range(0, len(row), 2)],
}


def logistic(x):
    return 1 / (1 + mpmath.exp(-x))


def clamped(value, gate):
    gate, value = min(gate, 7), max(min(value, 7), -7)
    return gate * logistic(mpmath.mpf(1.702) * gate) * (value + 1)


def limited(value, gate):
    gate, value = min(gate, 10), max(min(value, 10), -10)
    return gate * logistic(gate) * value


def gelu_tanh(x):
    inside = mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)
    return x * (1 + mpmath.tanh(inside)) / 2


GATED = {
    "glu": lambda value, gate: value * logistic(gate),
    "gtu": lambda value, gate: mpmath.tanh(value) * logistic(gate),
    "bilinear": lambda value, gate: value * gate,
    "reglu": lambda value, gate: value * max(gate, 0),
    "geglu": lambda value, gate: value * gate * mpmath.ncdf(gate),
    "swiglu": lambda value, gate: value * gate * logistic(gate),
    "clamped_swiglu": clamped,
    "limited_swiglu": limited,
    "geglu_tanh": lambda value, gate: value * gelu_tanh(gate),
    "geglu_quick": lambda value, gate: value * gate * logistic(mpmath.mpf("1.702") * gate),
    "sreglu": lambda value, gate: value * max(gate, 0) ** 2,
    "drelu": lambda value, gate: max(value, 0) * max(gate, 0),
}
PAIRS = [
    (value, gate)
    for value in (-30.0, -1.5, 0.0, 1e-8, 2.0, 8.0)
    for gate in (-60.0, -7.5, -1.0, -1e-8, 0.5, 6.5, 30.0)
]


CASES = [
    (name, row)
    for name in (*ROW_WISE, *RESHAPING)
    for row in ROWS
    if name != "maxout" or len(row) % 2 == 0
]


def test_every_entry_has_a_definition_here():
    kinds = {"rowwise", "reshaping", "gated"}
    meant = {name for name in nl.names() if nl.get(name).kind in kinds}
    assert meant <= {*ROW_WISE, *RESHAPING, *GATED}


def close(found, true, dtype, scale=1.0):
    """Within 8 ulp of the result, or of 1e-3 of what it was made from, if that is larger."""
    unit = float(np.finfo(dtype).eps)
    for value, exact in zip(np.ravel(found), true, strict=True):
        allowed = 8 * unit * max(abs(exact), mpmath.mpf(scale) * 1e-3, np.finfo(dtype).tiny)
        assert abs(mpmath.mpf(float(value)) - exact) <= allowed, (value, exact)


def quotient(function, arguments, place):
    """By argument `place`, at 60 digits: the mean of both sides."""
    step = mpmath.mpf("1e-25")
    ahead, behind = list(arguments), list(arguments)
    ahead[place] += step
    behind[place] -= step
    up, down = function(ahead), function(behind)
    return [(a - b) / (2 * step) for a, b in zip(up, down, strict=True)]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "row"), CASES, ids=str)
def test_rows(name, row, dtype, precision):
    activation, define = nl.get(name), {**ROW_WISE, **RESHAPING}[name]
    x = np.array(row, dtype)
    with mpmath.workdps(60):
        exact = [mpmath.mpf(float(each)) for each in x]
        found = activation(x, precision=precision)
        close(found, define(exact), dtype)
        grad = np.resize(GRAD, found.shape).astype(dtype)
        slopes = [quotient(define, exact, place) for place in range(len(row))]
        true = [
            mpmath.fsum(float(g) * s for g, s in zip(grad, column, strict=True))
            for column in slopes
        ]
        close(activation.backward(grad, x, precision=precision), true, dtype, scale=1e3)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", GATED)
def test_gated_pairs(name, dtype, precision):
    activation = nl.get(name)
    smooth = [pair for pair in PAIRS if name != "drelu" or pair[0]]  # no quotient at a kink
    value, gate = np.array(smooth, dtype).T
    found = activation(value, gate, precision=precision)
    grads = activation.backward(np.ones_like(value), value, gate, precision=precision)

    def define(pair):
        return [GATED[name](*pair)]

    with mpmath.workdps(60):
        pairs = [
            [mpmath.mpf(float(v)), mpmath.mpf(float(g))] for v, g in zip(value, gate, strict=True)
        ]
        close(found, [define(pair)[0] for pair in pairs], dtype)
        for place in (0, 1):
            true = [quotient(define, pair, place)[0] for pair in pairs]
            close(grads[place], true, dtype, scale=float(max(map(abs, true))))


SPECIAL = [
    ([math.inf, 1.0, 2.0], [1, 0, 0]),
    ([math.inf, math.inf, 0.0], [0.5, 0.5, 0]),
    ([-math.inf, -math.inf], [0.5, 0.5]),
    ([-math.inf, 0.0, 0.0], [0, 0.5, 0.5]),
    ([1.0, math.nan, 2.0], [math.nan] * 3),
    ([3e38, -3e38, 0.0], [1, 0, 0]),
    ([2.0], [1]),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["softmax", "tempered_softmax", "ssmax", "sparsemax", "entmax15"])
@pytest.mark.parametrize(("row", "expected"), SPECIAL)
def test_special_rows(name, row, expected, dtype):
    x = np.array(row, dtype)
    with np.errstate(all="raise"):
        found = nl.get(name)(x)
    np.testing.assert_allclose(found, expected, rtol=2 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(
        np.isnan(nl.get(name).backward(np.ones_like(x), x)).any(), any(x != x)
    )


@pytest.mark.parametrize("size", [1e-300, 1e-20, 1.0, 1e60, 1e300])
def test_poly_norm_of_any_size(size):
    """No power overflows; a row of zeros gives zeros, and gradients are those of the scaled row."""
    row, grad = size * np.array([1.0, -0.5, 0.25]), np.array(GRAD[:3])
    with np.errstate(all="raise", under="ignore"), mpmath.workdps(60):
        exact = [mpmath.mpf(x) for x in row]
        np.testing.assert_allclose(nl.poly_norm(row), [float(y) for y in poly_norm(exact)])
    with mpmath.workdps(2000):  # as many as the sixth power of the size
        slopes = [poly_norm_slopes(exact, place, size) for place in range(3)]
    np.testing.assert_allclose(nl.poly_norm.backward(grad, row), np.array(slopes) @ grad)
    np.testing.assert_array_equal(nl.poly_norm(np.zeros(3)), 0.0)


def poly_norm_slopes(row, place, size):
    step = mpmath.mpf(size) * mpmath.mpf("1e-30")
    ahead, behind = list(row), list(row)
    ahead[place] += step
    behind[place] -= step
    pairs = zip(poly_norm(ahead), poly_norm(behind), strict=True)
    return [float((a - b) / (2 * step)) for a, b in pairs]


def test_hardmax_marks_the_first_maximum():
    x = [[1.0, 2.0, 2.0], [math.inf, math.inf, 0.0], [-math.inf] * 3, [1.0, math.nan, 2.0]]
    expected = [[0, 1, 0], [1, 0, 0], [1, 0, 0], [math.nan] * 3]
    np.testing.assert_array_equal(nl.hardmax(x), expected)


@pytest.mark.parametrize("length", [1, 2, 17, 1000, 100_000])
@pytest.mark.parametrize("spread", [0.0, 1e-3, 1.0, 100.0])
@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
def test_long_rows_and_ties(name, spread, length):
    """They sum to one, do not move with the row, and take a row of ties apart evenly."""
    activation = nl.get(name)
    x = spread * np.round(np.random.default_rng(0).standard_normal(length), 4)
    y = activation(x)
    assert y.sum() == pytest.approx(1, abs=1e-13)
    np.testing.assert_allclose(activation(x + 4.0), y, atol=1e-12)
    back = activation.backward(np.arange(length) / length, x)
    assert back.sum() == pytest.approx(0, abs=1e-10)  # the other side of not moving
    if spread == 0:
        np.testing.assert_allclose(y, 1 / length, rtol=1e-15)
