"""Primitives in terms of simpler ones, for targets that lack them: no overflow, no cancellation.

A target spells some primitives itself; `basic` replaces the others by formulas of those. All
that the formulas share, such as exp(-|x|) in a sigmoid and its derivative, is one node.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

from nonlin.emit.llvm.coefficients import DOUBLE, SINGLE, TAIL_CENTRE
from nonlin.expr.floats import constant_value
from nonlin.expr.nodes import (
    Call,
    Constant,
    Expr,
    absolute,
    arguments_of,
    build,
    constant,
    negate,
    value_of,
    where,
)
from nonlin.expr.walk import fold, rebuild

ARITHMETIC = ("add", "subtract", "multiply", "divide", "negate")
TABLES = {"single": SINGLE, "double": DOUBLE}
HUGE = "1e30"  # a bounded number added to a larger one changes nothing
_LARGEST_POWER = 16  # a higher one is left to the target's own power function


def _exp(a: Expr) -> Expr:
    return build("exp", a)


def _decay(a: Expr) -> Expr:
    return _exp(negate(absolute(a)))


def _sqrt(a: Expr) -> Expr:
    return build("sqrt", a)


def _logistic_density(a: Expr) -> Expr:
    below = 1 + _decay(a)
    return _decay(a) / (below * below)


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


def _softsign(a: Expr) -> Expr:
    size = absolute(a)
    return where(size < 1, a / (1 + size), build("sign", a) * (1 - 1 / (1 + size)))


def _scaled(a: Expr, b: Expr) -> tuple[Expr, Expr, Expr]:
    """Is |a| > sqrt(b)? Then the smaller over the larger t, and 1 / sqrt(1 + t^2)."""
    size, root = absolute(a), _sqrt(b)
    larger = size > root
    t = where(larger, root, size) / where(larger, size, root)
    return larger, t, 1 / _sqrt(1 + t * t)


def _squareplus(a: Expr, b: Expr) -> Expr:
    larger, t, _ = _scaled(a, b)
    root = where(larger, absolute(a), _sqrt(b)) * _sqrt(1 + t * t)
    return where(a > 0, a / 2 + root / 2, b / 2 / (root + absolute(a)))


def _algebraic_sigmoid(a: Expr, b: Expr) -> Expr:
    """With cos and sin of the angle whose tangent is sqrt(b) / |a|."""
    larger, t, w = _scaled(a, b)
    cosine, sine = where(larger, w, t * w), where(larger, t * w, w)
    above = (1 + cosine) / 2
    return where(a > 0, above, sine * sine / (4 * above))


def _inverse_root(a: Expr) -> Expr:
    larger, t, w = _scaled(a, constant(1))
    return where(larger, t * w, w)


def _isru(a: Expr) -> Expr:
    larger, t, w = _scaled(a, constant(1))
    return build("sign", a) * where(larger, w, t * w)


def _tanhshrink(a: Expr) -> Expr:
    """Lambert's continued fraction of tanh near 0, as one quotient of polynomials."""
    w = a * a
    above, below = _lambert(17)
    near = a * (w * _horner(above, w) / _horner(below, w))
    return where(absolute(a) > 1, a - build("tanh", a), near)


def _lambert(last: int) -> tuple[list[Fraction], list[Fraction]]:
    """P, Q with a - tanh(a) = a w P(w) / Q(w), w = a^2, from w / (3 + w / (5 + ...))."""
    above, below = [Fraction(1)], [Fraction(last)]  # the fraction so far is w above / below
    for odd in range(last - 2, 1, -2):
        above, below = below, _sum([odd * c for c in below], [Fraction(0), *above])
    scale = below[0]
    below = _sum(below, [Fraction(0), *above])
    return [c / scale for c in above], [c / scale for c in below]


def _sum(a: Sequence[Fraction], b: Sequence[Fraction]) -> list[Fraction]:
    longer = max(len(a), len(b))
    padded = ([*each, *[Fraction(0)] * (longer - len(each))] for each in (a, b))
    return [p + q for p, q in zip(*padded, strict=True)]


def _horner(coefficients: Sequence[float | Fraction], w: Expr) -> Expr:
    *rest, last = coefficients
    total = constant(last)
    for coefficient in reversed(rest):
        total = total * w + coefficient if coefficient > 0 else total * w - -coefficient
    return total


def _upper_tail(size: Expr, table: str) -> Expr:
    """P(z > size) of a standard normal z, size >= 0; the polynomial is the kernels'."""
    t = 1 / (1 + constant(TAIL_CENTRE[table]) * size)
    polynomial = _horner(TABLES[table]["normal_tail"], 2 * t - 1)
    return _exp(-(size * size) / 2) * (t * polynomial)


def _normal_cdf(a: Expr, table: str) -> Expr:
    tail = _upper_tail(absolute(a), table)
    return where(a < 0, tail, 1 - tail)


def _erf(a: Expr, table: str) -> Expr:
    near = a * _horner(TABLES[table]["error_function"], a * a)
    tail = _upper_tail(constant(2**0.5) * absolute(a), table)
    return where(absolute(a) < 1, near, build("sign", a) * (1 - 2 * tail))


def _log1p(a: Expr) -> Expr:
    """Kahan's: the rounding of 1 + a is undone by the quotient. HP-15C handbook, 1982."""
    u = 1 + a
    corrected = build("log", u) * (a / (u - 1))
    return where(absolute(u - 1) > 0, where(u < constant(HUGE), corrected, build("log", u)), a)


RULES: Mapping[str, Callable[..., Expr]] = {
    "sign": _sign,
    "maximum": _maximum,
    "minimum": _minimum,
    "expm1": lambda a: where(absolute(a) < 1, build("tanh", a / 2) * (_exp(a) + 1), _exp(a) - 1),
    "log1p": _log1p,
    "sigmoid": lambda a: where(a < 0, _decay(a), 1) / (1 + _decay(a)),
    "logistic_density": _logistic_density,
    "softplus": lambda a: build("maximum", a, constant(0)) + build("log1p", _decay(a)),
    "sech_squared": lambda a: 4 * _logistic_density(2 * a),
    "tanhshrink": _tanhshrink,
    "normal_pdf": lambda a: _exp(-(a * a) / 2) * constant((2 * 3.141592653589793) ** -0.5),
    "softsign": _softsign,
    "squareplus": _squareplus,
    "algebraic_sigmoid": _algebraic_sigmoid,
    "inverse_root": _inverse_root,
    "isru": _isru,
    "below_max": lambda a, largest: where(a >= largest, 0, a - largest),
    "damp": lambda a, b: where(absolute(a) > 0, a * b, a),
    "absorb": lambda a, b: where(absolute(a) < constant(HUGE), a + b, a),
}
FITTED: Mapping[str, Callable[[Expr, str], Expr]] = {"normal_cdf": _normal_cdf, "erf": _erf}


def basic(root: Expr, native: Collection[str], table: str = "double") -> Expr:
    """The expression in the primitives of `native`, with every number worked out.

    table: the polynomials for the normal distribution: "double", or "single" for float32 only.
    """

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        if not isinstance(node, Call):
            return node
        rebuilt = rebuild(node, arguments)
        return _lowered(_worked_out(rebuilt), native, table)

    return fold(root, visit)


def _worked_out(node: Expr) -> Expr:
    """A number, where all arguments are numbers."""
    if all(isinstance(argument, Constant) for argument in arguments_of(node)):
        number = constant_value(node)
        if number is not None and number - number == 0:  # finite
            return constant(number)
    return node


def _lowered(node: Expr, native: Collection[str], table: str) -> Expr:
    if not isinstance(node, Call):
        return node
    name = node.primitive
    if name == "power":
        return _power(*node.arguments)
    if name in native:
        return node
    if name in FITTED:
        return basic(FITTED[name](node.arguments[0], table), native, table)
    return basic(RULES[name](*node.arguments), native, table) if name in RULES else node


def _power(base: Expr, exponent: Expr) -> Expr:
    """Products and roots for the usual exponents."""
    n = value_of(exponent)
    if n is None or abs(n) > _LARGEST_POWER or n.denominator not in (1, 2):
        return build("power", base, exponent)
    whole = _whole_power(base, abs(n.numerator) // n.denominator)
    result = whole if n.denominator == 1 else whole * _sqrt(base)
    return result if n > 0 else 1 / result


def _whole_power(base: Expr, n: int) -> Expr:
    if n == 0:
        return constant(1)
    half = _whole_power(base, n // 2)
    squared = half * half
    return squared * base if n % 2 else squared
