"""The judge itself: known values, cancellation, limits at infinity, rows."""

import math

import mpmath
import pytest

from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import build, constant, symbol, where
from nonlin.expr.primitives import TABLE

x = symbol("x")
SILU = x * build("sigmoid", x)
MISH = x * build("tanh", build("softplus", x))
GELU = x * build("normal_cdf", x)
SNAKE = x + build("sin", x) ** 2
SQUAREPLUS = (x + (x**2 + 4) ** constant("0.5")) / 2
INF = math.inf


def close(value, expected, digits=45):
    with mpmath.workdps(60):
        expected = mpmath.mpf(expected)
        return abs(value - expected) <= abs(expected) * mpmath.mpf(10) ** -digits


def test_constants_are_the_decimals_the_author_wrote():
    value = compile_mpmath(x * constant("0.1"), "x")(3)
    assert close(value, "0.3", 49)
    assert close(
        compile_mpmath(build("pi") * x, "x")(1),
        "3.14159265358979323846264338327950288419716939937510582",
    )


def test_gelu_slope_far_left_survives_cancellation():
    value = compile_mpmath(derivative(GELU), "x")(-30.0)
    with mpmath.workdps(60):
        tail = mpmath.erfc(30 / mpmath.sqrt(2)) / 2
        expected = tail - 30 * mpmath.npdf(30)
    assert close(value, expected)


def test_a_badly_written_formula_is_still_right():
    with mpmath.workdps(60):
        expected = 1 / mpmath.mpf(1e200)
    assert close(compile_mpmath(SQUAREPLUS, "x")(-1e200), expected)


def test_a_vanishing_sum_beside_a_smaller_term_is_not_lost():
    value = compile_mpmath(SQUAREPLUS + build("exp", x), "x")(-1e100)
    assert close(value * mpmath.mpf(1e100), 1, 14)


def test_true_zeros_are_zero():
    assert compile_mpmath(build("maximum", x, 0), "x")(-1.0) == 0
    assert compile_mpmath(x - x * 1, "x")(2.5) == 0
    assert compile_mpmath(where(x > 0.5, x - constant("0.5"), 0), "x")(0.5) == 0


@pytest.mark.parametrize(
    ("formula", "order", "left", "right"),
    [
        (SILU, 0, 0, INF),
        (SILU, 1, 0, 1),
        (MISH, 0, 0, INF),
        (MISH, 2, 0, 0),
        (GELU, 1, 0, 1),
        (SNAKE, 0, -INF, INF),
        (build("log1p", build("absolute", x)), 0, INF, INF),
        (1 / build("log1p", build("absolute", x)), 0, 0, 0),
        (build("softsign", x), 0, -1, 1),
        (SQUAREPLUS, 0, 0, INF),
        (build("exp", build("exp", x)), 0, 1, INF),
        (build("sign", x) * constant("1.7"), 0, -1.7, 1.7),
    ],
)
def test_limits(formula, order, left, right):
    f = compile_mpmath(derivative(formula, order=order), "x")
    assert float(f(-INF)) == left
    assert float(f(INF)) == right


def test_no_limit_is_nan():
    assert mpmath.isnan(compile_mpmath(build("sin", x), "x")(INF))
    assert mpmath.isnan(compile_mpmath(x * build("sin", x), "x")(-INF))


def test_nan_in_nan_out_even_through_branches():
    assert mpmath.isnan(compile_mpmath(where(x > 0, x, 0), "x")(math.nan))


def test_outside_the_domain_and_at_poles():
    log = compile_mpmath(build("log", x), "x")
    assert mpmath.isnan(log(-1.0))
    assert log(0.0) == -INF
    assert compile_mpmath(1 / x, "x")(0) == INF
    assert mpmath.isnan(compile_mpmath(x / x, "x")(0))


def test_rows():
    shifted = build("exp", x - build("row_max", x))
    softmax = compile_mpmath(shifted / build("row_sum", shifted), "x")
    values = softmax([3.0, 1.0, 0.2])
    assert [round(float(v), 7) for v in values] == [0.8360188, 0.1131428, 0.0508384]
    with mpmath.workdps(50):
        assert close(sum(values), 1)
    assert softmax([INF, 0.0]) == [1, 0]
    assert all(mpmath.isnan(v) for v in softmax([math.nan, 1.0]))


def test_parameters_by_position():
    f = compile_mpmath(x * symbol("beta"), "x", "beta")
    assert f(2.0, 3.0) == 6


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_primitive_has_a_value(name):
    arguments = [symbol(letter) for letter in "abc"[: TABLE[name].arity]]
    if name == "where":
        arguments[0] = arguments[0] > 0
    f = compile_mpmath(build(name, *arguments), *"abc"[: len(arguments)])
    given = [0.5] * len(arguments)
    if name.startswith("row"):
        second = [0.5, 0.25] if name == "row_join" else 2.0
        given = [[0.5, 0.25], second][: len(arguments)]
    value = f(*given)
    assert all(map(mpmath.isfinite, value if isinstance(value, list) else [value]))
