"""Primitives in simpler ones, for targets that lack them: without overflow or cancellation.

There are three sorts of targets, each with a column of the table at the end:

- plain: what every library for arrays has: exp, log, tanh, sqrt, comparisons
- library: hypot and erfc besides, as in Python's math module and in NumPy
- kernel: reciprocals that are quicker than divisions, and functions of our own

What the formulas share, such as exp(-|a|) in a sigmoid and its derivative, is one node. A
comparison with NaN is false, so that NaN takes the last branch, where it survives.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from nonlin.expr.coefficients import TABLES, TAIL_CENTRE, TAIL_RATIO, TAIL_RATIO_UP_TO
from nonlin.expr.nodes import (
    Call,
    Constant,
    Expr,
    absolute,
    arguments_of,
    build,
    constant,
    divide,
    multiply,
    negate,
    power,
    square_of,
    where,
)
from nonlin.expr.overflow import FAR, over_square, square_beside_number
from nonlin.expr.polynomials import horner, near_tanh
from nonlin.expr.simplify import simplify
from nonlin.expr.vocabulary import arctan, exp, log, log1p, maximum, minimum, pi, sign, sqrt, tanh
from nonlin.expr.walk import fold, rebuild

Rule = Callable[..., Expr]
BITS = {"single": 24, "middle": 38, "double": 53, "pair": 70}  # that an arithmetic is good for
LARGEST = constant(sys.float_info.max)
HUGE = constant("1e30")  # a bounded number added to a larger one changes nothing


@dataclass(frozen=True, slots=True)
class Ways:
    """A primitive in simpler ones, by sort of target; in the library way where plain is meant.

    by_digits: the rules take the name of an arithmetic (see `BITS`) besides.
    """

    plain: Rule | None = None
    library: Rule | None = None
    kernel: Rule | None = None
    by_digits: bool = False


def decomposed(primitive: str, arguments: Sequence[Expr], sort: str, digits: str) -> Expr | None:
    """A primitive in simpler ones, for a sort of target; None if there is no way.

    digits: "single", "middle", "double" or "pair", the arithmetic that it must be good for.
    """
    ways = DECOMPOSITIONS.get(primitive, Ways())
    rule: Rule | None = getattr(ways, sort)
    if rule is None and sort == "library":
        rule = ways.plain
    if rule is None:
        return None
    return rule(*arguments, digits) if ways.by_digits else rule(*arguments)


def in_library(root: Expr, native: Collection[str]) -> Expr:
    """The expression in primitives of `native`, as far as there is a way."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if tuple(arguments) != arguments_of(node):
            node = rebuild(node, arguments)
        if not isinstance(node, Call) or node.primitive in native:
            return node
        found = decomposed(node.primitive, node.arguments, "library", "double")
        return node if found is None else in_library(found, native)

    return fold(root, visit)


def _decay(a: Expr) -> Expr:
    return exp(negate(absolute(a)))


def _reciprocal(a: Expr) -> Expr:
    return 1 / (1 + _decay(a))


def _sigmoid(a: Expr) -> Expr:
    """1 / (1 + exp(-a))"""
    return where(a < 0, _decay(a), 1) / (1 + _decay(a))


def _sigmoid_in_kernels(a: Expr) -> Expr:
    return where(a < 0, _decay(a) * _reciprocal(a), _reciprocal(a))


def _logistic_density(a: Expr) -> Expr:
    """sigmoid(a) * sigmoid(-a)"""
    below = 1 + _decay(a)
    return _decay(a) / (below * below)


def _logistic_density_in_kernels(a: Expr) -> Expr:
    """s (1 - s), s = sigmoid(-|a|): one rounding less than e r^2"""
    s = _decay(a) * _reciprocal(a)
    return s * (1 - s)


def _softplus(a: Expr) -> Expr:
    """log(1 + exp(a))"""
    return maximum(a, constant(0)) + log1p(_decay(a))


def _softplus_in_kernels(a: Expr) -> Expr:
    return where(a > 0, a, 0) + log1p(_decay(a))


def _minus_twice_absolute(a: Expr) -> Expr:
    return negate(absolute(simplify(2 * a)))


def _tanh_in_kernels(a: Expr) -> Expr:
    m = build("expm1_below", _minus_twice_absolute(a))
    return build("copysign", m * (1 / (2 + m)), a)


def _sech_squared(a: Expr) -> Expr:
    """1 / cosh(a)**2"""
    return 4 * build("logistic_density", 2 * a)


def _sech_squared_in_kernels(a: Expr) -> Expr:
    """4 s (1 - s), s = sigmoid(-2 |a|)"""
    v = _minus_twice_absolute(a)
    s = exp(v) * (1 / (2 + build("expm1_below", v)))
    return 4 * s * (1 - s)


def _tanhshrink(a: Expr, digits: str) -> Expr:
    w = a * a
    above, below = near_tanh(17)
    near = a * (w * horner(above, w) / horner(below, w))
    return where(absolute(a) > 1, a - tanh(a), near)


def _tanhshrink_in_libraries(a: Expr, digits: str) -> Expr:
    """a - tanh(a)"""
    w = absolute(a) * absolute(a)
    fraction = w / 25
    for odd in range(23, 1, -2):
        fraction = w / (odd + fraction)
    return where(absolute(a) > 1, a - tanh(a), a * fraction / (1 + fraction))


def _tanhshrink_in_kernels(a: Expr, digits: str) -> Expr:
    w = power(a, 2)
    above, below = near_tanh(2 * (BITS[digits] // 5) + 5)
    near = a * (horner(above, w) * w / horner(below, w))
    return where(absolute(a) < Fraction(3, 2), near, a - _tanh_in_kernels(a))


def _arctan_gate(a: Expr) -> Expr:
    """arctan(a) / pi + 1/2"""
    turned = where(absolute(a) > 1, -1 / a, a)  # by a right angle
    return where(absolute(a) > 1, where(a > 0, 1, 0), Fraction(1, 2)) + arctan(turned) / pi


def _normal_pdf(a: Expr) -> Expr:
    return exp(-(a * a) / 2) * constant((2 * math.pi) ** -0.5)


def _normal_pdf_in_libraries(a: Expr) -> Expr:
    """Density of the standard normal distribution."""
    return exp(-(a * a) / 2) / constant(math.sqrt(2 * math.pi))


def _normal_pdf_in_kernels(a: Expr) -> Expr:
    return multiply(1 / sqrt(2 * pi), exp(negate(power(a, 2) / 2)))


def _upper_tail(a: Expr, digits: str) -> Expr:
    """P(z > |a|) of a standard normal z; the exponential is that of its density. The polynomial is
    that of the kernels; in single precision a ratio takes half as many operations without fma."""
    bell = exp(-(a * a) / 2)
    if digits == "single":
        near = minimum(absolute(a), constant(TAIL_RATIO_UP_TO))  # infinity over itself is NaN
        above, below = (horner(each, near) for each in TAIL_RATIO)
        return bell * (above / below)
    t = 1 / (1 + constant(TAIL_CENTRE[digits]) * absolute(a))
    polynomial = horner(TABLES[digits]["normal_tail"], 2 * t - 1)
    return bell * (t * polynomial)


def _normal_cdf(a: Expr, digits: str) -> Expr:
    tail = _upper_tail(a, digits)
    return where(a < 0, tail, 1 - tail)


def _normal_cdf_in_libraries(a: Expr, digits: str) -> Expr:
    """Probability that a standard normal variable is below a."""
    return build("erfc", negate(a) * constant(math.sqrt(0.5))) / 2


def _normal_cdf_in_kernels(a: Expr, digits: str) -> Expr:
    tail = build("normal_tail", absolute(a)) * exp(negate(power(a, 2) / 2))
    return where(a < 0, tail, 1 - tail)


def _erf(a: Expr, digits: str) -> Expr:
    near = a * horner(TABLES[digits]["error_function"], a * a)
    tail = _upper_tail(constant(2**0.5) * a, digits)
    return where(absolute(a) < 1, near, sign(a) * (1 - 2 * tail))


def _erf_in_kernels(a: Expr, digits: str) -> Expr:
    size = absolute(a)
    tail = build("normal_tail", sqrt(constant(2)) * size) * exp(negate(power(a, 2)))
    return where(size < 1, build("erf_series", a), build("copysign", 1 - 2 * tail, a))


def _softsign(a: Expr) -> Expr:
    """a / (1 + |a|)"""
    size = absolute(a)
    return where(size < 1, a / (1 + size), sign(a) * (1 - 1 / (1 + size)))


def _softsign_in_kernels(a: Expr) -> Expr:
    size = absolute(a)
    return where(size > FAR, build("copysign", constant(1), a), a * (1 / (1 + size)))


def _scaled(a: Expr, b: Expr) -> tuple[Expr, Expr, Expr]:
    """Is |a| > sqrt(b)? Then the smaller over the larger t, and 1 / sqrt(1 + t^2)."""
    size, root = absolute(a), sqrt(b)
    larger = size > root
    t = where(larger, root, size) / where(larger, size, root)
    return larger, t, 1 / sqrt(1 + t * t)


def _squareplus(a: Expr, b: Expr) -> Expr:
    larger, t, _ = _scaled(a, b)
    root = where(larger, absolute(a), sqrt(b)) * sqrt(1 + t * t)
    return where(a > 0, a / 2 + root / 2, b / 2 / (root + absolute(a)))


def _squareplus_in_libraries(a: Expr, b: Expr) -> Expr:
    """(a + sqrt(a**2 + b)) / 2"""
    root = build("hypot", a, sqrt(b))
    return where(a > 0, a / 2 + root / 2, b / 2 / (root - minimum(a, constant(0))))


def _root_in_kernels(a: Expr, b: Expr) -> Expr:
    return where(absolute(a) > FAR, absolute(a), sqrt(power(a, 2) + b))


def _squareplus_in_kernels(a: Expr, b: Expr) -> Expr:
    large = absolute(a) / 2 + _root_in_kernels(a, b) / 2
    return where(a < 0, (b / 4) / large, large)


def _algebraic_sigmoid(a: Expr, b: Expr) -> Expr:
    """With cos and sin of the angle whose tangent is sqrt(b) / |a|."""
    larger, t, w = _scaled(a, b)
    cosine, sine = where(larger, w, t * w), where(larger, t * w, w)
    above = (1 + cosine) / 2
    return where(a > 0, above, sine * sine / (4 * above))


def _algebraic_sigmoid_in_libraries(a: Expr, b: Expr) -> Expr:
    """(1 + a / sqrt(a**2 + b)) / 2"""
    value = build("squareplus", a, b) / build("hypot", a, sqrt(b))
    return where(absolute(a) <= LARGEST, value, where(a > 0, 1, 0))


def _algebraic_sigmoid_in_kernels(a: Expr, b: Expr) -> Expr:
    return where(a > FAR, 1, _squareplus_in_kernels(a, b) / _root_in_kernels(a, b))


def _inverse_root(a: Expr) -> Expr:
    larger, t, w = _scaled(a, constant(1))
    return where(larger, t * w, w)


def _inverse_root_in_libraries(a: Expr) -> Expr:
    """1 / sqrt(1 + a**2)"""
    return 1 / build("hypot", constant(1), a)


def _inverse_root_in_kernels(a: Expr) -> Expr:
    size = absolute(a)
    return where(size > FAR, 1 / size, 1 / sqrt(1 + power(a, 2)))


def _isru(a: Expr) -> Expr:
    larger, t, w = _scaled(a, constant(1))
    return sign(a) * where(larger, w, t * w)


def _isru_in_libraries(a: Expr) -> Expr:
    """a / sqrt(1 + a**2)"""
    return where(absolute(a) <= LARGEST, a / build("hypot", constant(1), a), sign(a))


def _isru_in_kernels(a: Expr) -> Expr:
    large = build("copysign", constant(1), a)
    return where(absolute(a) > FAR, large, a / sqrt(1 + power(a, 2)))


def _sign(a: Expr) -> Expr:
    return where(a > 0, 1, where(a < 0, -1, a))


def _maximum(a: Expr, b: Expr) -> Expr:
    """NaN comes through as the branch that is taken when nothing can be compared."""
    if isinstance(b, Constant):
        return where(a < b, b, a)
    return where(a > b, a, where(b >= a, b, a + b))


def _minimum(a: Expr, b: Expr) -> Expr:
    if isinstance(b, Constant):
        return where(a > b, b, a)
    return where(a < b, a, where(b <= a, b, a + b))


def _expm1(a: Expr) -> Expr:
    return where(absolute(a) < 1, tanh(a / 2) * (exp(a) + 1), exp(a) - 1)


def _log1p(a: Expr) -> Expr:
    """Kahan's: the rounding of 1 + a is undone by the quotient. HP-15C handbook, 1982."""
    u = 1 + a
    corrected = log(u) * (a / (u - 1))
    return where(absolute(u - 1) > 0, where(u < HUGE, corrected, log(u)), a)


def _below_max(a: Expr, largest: Expr) -> Expr:
    """a - largest, at an infinite maximum the limit."""
    return where(a >= largest, 0, a - largest)


def _quotient_in_kernels(a: Expr, b: Expr) -> Expr:
    """a / b, where a square in b could overflow though the quotient is a number."""
    if (base := square_of(b)) is not None:
        return over_square(a, base)
    if (found := square_beside_number(b)) is not None:
        share, base = found
        return where(absolute(base) > FAR, over_square(a, base) / share, divide(a, b))
    return divide(a, b)


DECOMPOSITIONS: Mapping[str, Ways] = {
    "divide": Ways(kernel=_quotient_in_kernels),
    "sign": Ways(_sign, kernel=_sign),
    "maximum": Ways(_maximum),
    "minimum": Ways(_minimum),
    "expm1": Ways(_expm1),
    "log1p": Ways(_log1p),
    "sigmoid": Ways(_sigmoid, kernel=_sigmoid_in_kernels),
    "logistic_density": Ways(_logistic_density, kernel=_logistic_density_in_kernels),
    "softplus": Ways(_softplus, kernel=_softplus_in_kernels),
    "tanh": Ways(kernel=_tanh_in_kernels),
    "sech_squared": Ways(_sech_squared, kernel=_sech_squared_in_kernels),
    "tanhshrink": Ways(
        _tanhshrink, _tanhshrink_in_libraries, _tanhshrink_in_kernels, by_digits=True
    ),
    "arctan_gate": Ways(_arctan_gate, kernel=_arctan_gate),
    "normal_cdf": Ways(
        _normal_cdf, _normal_cdf_in_libraries, _normal_cdf_in_kernels, by_digits=True
    ),
    "normal_pdf": Ways(_normal_pdf, _normal_pdf_in_libraries, _normal_pdf_in_kernels),
    "erf": Ways(_erf, kernel=_erf_in_kernels, by_digits=True),
    "softsign": Ways(_softsign, kernel=_softsign_in_kernels),
    "squareplus": Ways(_squareplus, _squareplus_in_libraries, _squareplus_in_kernels),
    "algebraic_sigmoid": Ways(
        _algebraic_sigmoid, _algebraic_sigmoid_in_libraries, _algebraic_sigmoid_in_kernels
    ),
    "inverse_root": Ways(_inverse_root, _inverse_root_in_libraries, _inverse_root_in_kernels),
    "isru": Ways(_isru, _isru_in_libraries, _isru_in_kernels),
    "below_max": Ways(_below_max, kernel=_below_max),
    "surrogate": Ways(lambda a, b: a, kernel=lambda a, b: a),
    "damp": Ways(lambda a, b: where(absolute(a) > 0, a * b, a)),
    "absorb": Ways(lambda a, b: where(absolute(a) < HUGE, a + b, a)),
}
