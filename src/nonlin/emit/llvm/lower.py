"""Take primitives apart into the few that the machine has, shared as far as possible.

Everything logistic and hyperbolic comes from e = exp(-|u|), which neither overflows nor
cancels; value and derivatives then find the same e and the same 1 / (1 + e) in the graph.
A comparison with NaN is false, so NaN always takes the last branch, where it survives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from nonlin.emit.llvm import late
from nonlin.emit.llvm.slopes import SLOPES, GatedSlope
from nonlin.expr.floats import as_float
from nonlin.expr.interval import REALS, UNIT, Interval, divided
from nonlin.expr.nodes import (
    Call,
    Constant,
    Expr,
    absolute,
    add,
    arguments_of,
    build,
    constant,
    divide,
    is_call,
    multiply,
    negate,
    power,
    value_of,
    where,
)
from nonlin.expr.primitives import TABLE
from nonlin.expr.simplify import simplify
from nonlin.expr.walk import fold, rebuild

HUGE = constant(2**60)
SINGLE = 24  # bits of a float32
TAIL_FROM = constant(1)
SHRINK_BELOW = constant(Fraction(3, 2))
SAFE = Interval(2.0**-60, 2.0**60)  # of a denominator: its reciprocal needs no care
OWN_BOUNDS = {"expm1_below": Interval(-1.0, 0.0)}


def lower(root: Expr, bits: int) -> Expr:
    """An equal expression in machine primitives, good for a mantissa of `bits` bits."""

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if slope := GatedSlope.of(node):
            return SLOPES[slope.gate](lower(slope.v, bits), lower(slope.factor, bits))
        if isinstance(node, Call) and node.primitive in BY_BITS:
            return BY_BITS[node.primitive](arguments[0], bits)
        if is_call(node, "divide"):
            return _divide(*arguments)
        if isinstance(node, Call) and node.primitive in LOWERED:
            return LOWERED[node.primitive](*arguments)
        return rebuild(node, arguments)

    return fold(root, visit)


def shorten(root: Expr) -> Expr:
    """Cheaper instructions where the range of an argument allows them; for one-word numbers."""
    ranges: dict[Expr, Interval] = {}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        node = rebuild(node, arguments)
        varies = is_call(node, "divide") and not isinstance(arguments[1], Constant)
        if varies and _within(ranges[arguments[1]], SAFE):
            inverse = build("reciprocal", arguments[1])
            ranges[inverse] = _range(inverse, [ranges[arguments[1]]])
            node = multiply(arguments[0], inverse)
        if is_call(node, "log1p") and _within(ranges[arguments[0]], UNIT):
            node = build("log1p_of_share", *arguments)
        ranges[node] = _range(node, [ranges[each] for each in arguments_of(node)])
        return node

    return fold(root, visit)


def delay(root: Expr) -> Expr:
    """Products with exponentials scaled late: see `late`."""
    return late.mark(root, _range)


def _within(inner: Interval, outer: Interval) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high


def _range(node: Expr, arguments: list[Interval]) -> Interval:
    if isinstance(node, Constant):
        return Interval(as_float(node.value), as_float(node.value))
    if not isinstance(node, Call):
        return REALS
    if node.primitive == "reciprocal":
        return divided(Interval(1.0, 1.0), *arguments)
    if node.primitive in TABLE:
        return TABLE[node.primitive].bounds(*arguments)
    return OWN_BOUNDS.get(node.primitive, REALS)


def _divide(a: Expr, b: Expr) -> Expr:
    """a / b, where a square in b could overflow though the quotient is a number."""
    if is_call(b, "power") and value_of(arguments_of(b)[1]) == 2:
        return multiply(a, power(1 / arguments_of(b)[0], 2))
    if is_call(b, "add") and is_call(arguments_of(b)[1], "power"):
        constant_part, square = arguments_of(b)
        base, exponent = arguments_of(square)
        if value_of(exponent) == 2 and value_of(constant_part) is not None:
            return where(absolute(base) > HUGE, multiply(a, power(1 / base, 2)), divide(a, b))
    return divide(a, b)


def _exp_of_minus(u: Expr) -> Expr:
    return build("exp", negate(absolute(u)))


def _reciprocal(u: Expr) -> Expr:
    """1 / (1 + exp(-|u|))"""
    return 1 / add(1, _exp_of_minus(u))


def _sigmoid(u: Expr) -> Expr:
    r = _reciprocal(u)
    return where(u < 0, _exp_of_minus(u) * r, r)


def _logistic_density(u: Expr) -> Expr:
    """s (1 - s), s = sigmoid(-|u|): one rounding less than e r^2"""
    s = _exp_of_minus(u) * _reciprocal(u)
    return s * (1 - s)


def _softplus(u: Expr) -> Expr:
    return where(u > 0, u, 0) + build("log1p", _exp_of_minus(u))


def _minus_twice_absolute(u: Expr) -> Expr:
    return negate(absolute(simplify(2 * u)))


def _tanh(u: Expr) -> Expr:
    m = build("expm1_below", _minus_twice_absolute(u))
    return build("copysign", m * (1 / (2 + m)), u)


def _sech_squared(u: Expr) -> Expr:
    """4 s (1 - s), s = sigmoid(-2 |u|)"""
    v = _minus_twice_absolute(u)
    s = build("exp", v) * (1 / (2 + build("expm1_below", v)))
    return 4 * s * (1 - s)


def _tanhshrink(u: Expr, bits: int) -> Expr:
    """u - tanh(u), near 0 through the continued fraction tanh(u) = u/(1 + u^2/(3 + u^2/(5 + ...

    With n/d the part from u^2/(3 + ... on, u - tanh(u) = u n / (n + d).
    """
    above, below = [Fraction(0)], [Fraction(1)]
    for odd in range(2 * (bits // 5) + 5, 1, -2):
        # u^2 / (odd + above/below) = u^2 below / (odd below + above)
        longer = below + [Fraction(0)] * (len(above) - len(below))
        rest = above + [Fraction(0)] * (len(longer) - len(above))
        above, below = (
            [Fraction(0), *below],
            [odd * b + a for b, a in zip(longer, rest, strict=True)],
        )
    w = power(u, 2)
    total = [a + b for a, b in _padded(above, below)]
    scale = total[0]
    n, q = _polynomial(w, above, scale), _polynomial(w, total, scale)
    return where(absolute(u) < SHRINK_BELOW, u * (n / q), u - _tanh(u))


def _padded(a: list[Fraction], b: list[Fraction]) -> list[tuple[Fraction, Fraction]]:
    size = max(len(a), len(b))
    zeros = [Fraction(0)] * size
    return list(zip((a + zeros)[:size], (b + zeros)[:size], strict=True))


def _polynomial(w: Expr, coefficients: list[Fraction], scale: Fraction) -> Expr:
    total = constant(0)
    for coefficient in reversed(coefficients):
        total = add(multiply(total, w), constant(coefficient / scale))
    return total


def _normal_pdf(u: Expr) -> Expr:
    return multiply(1 / build("sqrt", 2 * build("pi")), build("exp", negate(power(u, 2) / 2)))


def _normal_cdf(u: Expr) -> Expr:
    tail = build("normal_tail", absolute(u)) * build("exp", negate(power(u, 2) / 2))
    return where(u < 0, tail, 1 - tail)


def _erf(u: Expr, bits: int) -> Expr:
    a = absolute(u)
    if bits == SINGLE:
        far = build("copysign", build("erf_far", a), u)
        return where(a < TAIL_FROM, build("erf_series", u), far)
    tail = build("normal_tail", build("sqrt", constant(2)) * a) * build("exp", negate(power(u, 2)))
    far = build("copysign", 1 - 2 * tail, u)
    return where(a < TAIL_FROM, build("erf_series", u), far)


def _softsign(u: Expr) -> Expr:
    a = absolute(u)
    return where(a > HUGE, build("copysign", constant(1), u), u * (1 / (1 + a)))


def _root(u: Expr, b: Expr) -> Expr:
    return where(absolute(u) > HUGE, absolute(u), build("sqrt", power(u, 2) + b))


def _squareplus(u: Expr, b: Expr) -> Expr:
    large = absolute(u) / 2 + _root(u, b) / 2
    return where(u < 0, (b / 4) / large, large)


def _algebraic_sigmoid(u: Expr, b: Expr) -> Expr:
    return where(u > HUGE, 1, _squareplus(u, b) / _root(u, b))


def _inverse_root(u: Expr) -> Expr:
    a = absolute(u)
    return where(a > HUGE, 1 / a, 1 / build("sqrt", 1 + power(u, 2)))


def _isru(u: Expr) -> Expr:
    large = build("copysign", constant(1), u)
    return where(absolute(u) > HUGE, large, u / build("sqrt", 1 + power(u, 2)))


def _sign(u: Expr) -> Expr:
    return where(u > 0, 1, where(u < 0, -1, u))


LOWERED: Mapping[str, Callable[..., Expr]] = {
    "sigmoid": _sigmoid,
    "logistic_density": _logistic_density,
    "softplus": _softplus,
    "tanh": _tanh,
    "sech_squared": _sech_squared,
    "normal_pdf": _normal_pdf,
    "normal_cdf": _normal_cdf,
    "softsign": _softsign,
    "squareplus": _squareplus,
    "algebraic_sigmoid": _algebraic_sigmoid,
    "inverse_root": _inverse_root,
    "isru": _isru,
    "sign": _sign,
}
BY_BITS: Mapping[str, Callable[[Expr, int], Expr]] = {"erf": _erf, "tanhshrink": _tanhshrink}
