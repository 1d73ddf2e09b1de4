"""The table of primitives: everything that a formula may be made of.

A row gives the derivative with respect to each argument, the definition that mpmath
evaluates (the judge of every other target), bounds on the values and, where the function
is not defined everywhere, its domain. What a primitive is made of stands in `decompositions`,
how a target spells it in that target's file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nonlin.expr import floats, interval
from nonlin.expr import vocabulary as f
from nonlin.expr.interval import REALS, SIGNED_UNIT, UNIT, Interval
from nonlin.expr.nodes import (
    Call,
    Constant,
    Expr,
    absolute,
    as_float,
    constant,
    negate,
    power,
    where,
)

Partial = Callable[..., Expr]
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row.

    `partials[i]` is the derivative with respect to argument i, in terms of all arguments.
    `oracle(mp, *arguments)` is the definition. `bounds` maps intervals of the arguments to
    one of the result. `branches(arguments, slopes)`, where given, is the whole chain rule: a
    branch is differentiated as it stands, never multiplied by 0 or 1.
    """

    name: str
    partials: tuple[Partial, ...]
    oracle: Callable[..., Any]
    bounds: interval.Rule = interval.always(REALS)
    domain: Interval = REALS
    branches: Callable[[Sequence[Expr], Sequence[Expr]], Expr] | None = None

    @property
    def arity(self) -> int:
        """Number of arguments."""
        return len(self.partials)


def _zero(*_: Expr) -> Expr:
    return constant(0)


def _one(*_: Expr) -> Expr:
    return constant(1)


def _rising(name: str) -> interval.Rule:
    return interval.increasing(lambda a: floats.function_of(name)(a))


def _arithmetic() -> tuple[Primitive, ...]:
    """Numbers, the four operations, powers and roots."""
    return (
        Primitive("pi", (), lambda m: m.pi, lambda: Interval(3.14, 3.15)),
        Primitive("add", (_one, _one), lambda m, a, b: a + b, interval.added),
        Primitive(
            "subtract", (_one, lambda *_: constant(-1)), lambda m, a, b: a - b, interval.subtracted
        ),
        Primitive(
            "multiply",
            (lambda a, b: b, lambda a, b: a),
            lambda m, a, b: a * b,
            interval.multiplied,
        ),
        Primitive(
            "divide",
            (lambda a, b: 1 / b, lambda a, b: -a / power(b, 2)),
            lambda m, a, b: a / b,
            interval.divided,
        ),
        Primitive("negate", (lambda a: constant(-1),), lambda m, a: -a, interval.negated),
        Primitive(
            "power",
            (lambda a, n: n * power(a, n - 1), lambda a, n: power(a, n) * f.log(a)),
            lambda m, a, n: m.power(a, n),
            interval.raised,
        ),
        Primitive(
            "sqrt",
            (lambda a: 1 / (2 * f.sqrt(a)),),
            lambda m, a: m.sqrt(a),
            interval.increasing(lambda a: floats.sqrt(max(a, 0.0))),
            interval.POSITIVE,
        ),
    )


def _piecewise() -> tuple[Primitive, ...]:
    """Conditions and functions with kinks. At a kink: sign(0) = 0, relu'(0) = 0."""
    return (
        Primitive("greater", (_zero, _zero), lambda m, a, b: a > b, interval.always(UNIT)),
        Primitive("less", (_zero, _zero), lambda m, a, b: a < b, interval.always(UNIT)),
        Primitive("greater_equal", (_zero, _zero), lambda m, a, b: a >= b, interval.always(UNIT)),
        Primitive("less_equal", (_zero, _zero), lambda m, a, b: a <= b, interval.always(UNIT)),
        Primitive(
            "where",
            (_zero, _zero, _zero),
            lambda m, c, a, b: a if c else b,
            lambda c, a, b: interval.hull(a, b),
            branches=lambda args, slopes: where(args[0], slopes[1], slopes[2]),
        ),
        Primitive(
            "absolute",
            (f.sign,),
            lambda m, a: abs(a),
            interval.absolute_value,
        ),
        Primitive("sign", (_zero,), lambda m, a: m.sign(a), interval.always(SIGNED_UNIT)),
        Primitive(
            "maximum",
            (_zero, _zero),
            lambda m, a, b: a if a > b else b,
            interval.larger,
            branches=lambda args, slopes: where(args[0] > args[1], *slopes),
        ),
        Primitive(
            "minimum",
            (_zero, _zero),
            lambda m, a, b: a if a < b else b,
            interval.smaller,
            branches=lambda args, slopes: where(args[0] < args[1], *slopes),
        ),
        Primitive(
            "surrogate",
            (_zero, _zero),
            lambda m, a, b: a,
            lambda a, b: a,
            branches=lambda args, slopes: slopes[1],
        ),
    )


def _elementary() -> tuple[Primitive, ...]:
    """Exponentials, logarithms and circular functions."""
    return (
        Primitive("exp", (f.exp,), lambda m, a: m.exp(a), _rising("exp")),
        Primitive("expm1", (f.exp,), lambda m, a: m.expm1(a), _rising("expm1")),
        Primitive(
            "log",
            (lambda a: 1 / a,),
            lambda m, a: m.log(a),
            interval.increasing(lambda a: floats.log(max(a, 0.0))),
            interval.POSITIVE,
        ),
        Primitive(
            "log1p",
            (lambda a: 1 / (1 + a),),
            lambda m, a: m.log1p(a),
            interval.increasing(lambda a: floats.log1p(max(a, -1.0))),
            Interval(-1.0, float("inf")),
        ),
        Primitive("sin", (f.cos,), lambda m, a: m.sin(a), interval.always(SIGNED_UNIT)),
        Primitive(
            "cos", (lambda a: -f.sin(a),), lambda m, a: m.cos(a), interval.always(SIGNED_UNIT)
        ),
        Primitive(
            "arctan",
            (lambda a: 1 / (1 + power(a, 2)),),
            lambda m, a: m.atan(a),
            _rising("arctan"),
        ),
        Primitive(
            "arctan_gate",
            (lambda a: 1 / (f.pi * (1 + power(a, 2))),),
            lambda m, a: -m.atan(1 / a) / m.pi if a < -1 else m.atan(a) / m.pi + HALF,
            interval.always(UNIT),
        ),
    )


def _tanhshrink(m: Any, a: Any) -> Any:
    # near 0 the difference loses twice as many bits as a has in front of its first one
    lost = 0 if a == 0 or m.isinf(a) else max(0, -2 * m.mag(a))
    with m.workprec(m.prec + lost):
        difference = a - m.tanh(a)
    return +difference


def _logistic() -> tuple[Primitive, ...]:
    """The logistic and hyperbolic family, closed under differentiation without cancellation."""
    return (
        Primitive(
            "sigmoid",
            (f.logistic_density,),
            lambda m, a: 1 / (1 + m.exp(-a)),
            _rising("sigmoid"),
        ),
        Primitive(
            "logistic_density",
            (lambda a: negate(f.tanh(a / 2)) * f.logistic_density(a),),
            lambda m, a: m.exp(-abs(a)) / (1 + m.exp(-abs(a))) ** 2,
            interval.always(Interval(0.0, 0.25)),
        ),
        Primitive(
            "softplus",
            (f.sigmoid,),
            lambda m, a: m.log1p(m.exp(a)),
            _rising("softplus"),
        ),
        Primitive("tanh", (f.sech_squared,), lambda m, a: m.tanh(a), _rising("tanh")),
        Primitive(
            "sech_squared",
            (lambda a: -2 * f.tanh(a) * f.sech_squared(a),),
            lambda m, a: m.sech(a) ** 2,
            interval.always(UNIT),
        ),
        Primitive(
            "tanhshrink",
            (lambda a: power(f.tanh(a), 2),),
            _tanhshrink,
            _rising("tanhshrink"),
        ),
    )


def _normal() -> tuple[Primitive, ...]:
    """The normal distribution."""
    return (
        Primitive(
            "normal_cdf",
            (f.normal_pdf,),
            lambda m, a: m.ncdf(a),
            _rising("normal_cdf"),
        ),
        Primitive(
            "normal_pdf",
            (lambda a: negate(a) * f.normal_pdf(a),),
            lambda m, a: m.npdf(a),
            interval.always(Interval(0.0, 0.4)),
        ),
        Primitive(
            "erf",
            (lambda a: 2 * f.exp(negate(power(a, 2))) / f.sqrt(f.pi),),
            lambda m, a: m.erf(a),
            _rising("erf"),
        ),
    )


def _algebraic() -> tuple[Primitive, ...]:
    """Functions of square roots and quotients that plain arithmetic would spoil."""
    return (
        Primitive(
            "softsign",
            (lambda a: 1 / power(1 + absolute(a), 2),),
            lambda m, a: a / (1 + abs(a)),
            _rising("softsign"),
        ),
        Primitive(
            "squareplus",
            (f.algebraic_sigmoid, lambda a, b: 1 / (4 * f.sqrt(power(a, 2) + b))),
            lambda m, a, b: (a + m.sqrt(a * a + b)) / 2,
            interval.always(interval.POSITIVE),
        ),
        Primitive(
            "algebraic_sigmoid",
            (
                lambda a, b: b / 2 / power(power(a, 2) + b, HALF * 3),
                lambda a, b: -a / 4 / power(power(a, 2) + b, HALF * 3),
            ),
            lambda m, a, b: (1 + a / m.sqrt(a * a + b)) / 2,
            interval.always(UNIT),
        ),
    )


def _inverse_roots() -> tuple[Primitive, ...]:
    """1/sqrt(1 + a^2) and a/sqrt(1 + a^2), closed under differentiation, right at infinity."""
    return (
        Primitive(
            "inverse_root",
            (lambda a: -f.isru(a) * power(f.inverse_root(a), 2),),
            lambda m, a: 1 / m.sqrt(1 + a * a),
            interval.always(UNIT),
        ),
        Primitive(
            "isru",
            (lambda a: power(f.inverse_root(a), 3),),
            lambda m, a: m.sign(a) if m.isinf(a) else a / m.sqrt(1 + a * a),
            _rising("isru"),
        ),
    )


def _threshold(m: Any, row: Any, power: Any) -> Any:
    """t with sum(max(z - t, 0) ** power) = 1, halving the interval that holds it."""
    low, high = max(row) - 1, max(row)
    for _ in range(m.mp.prec + 4):
        middle = (low + high) / 2
        total = m.fsum((z - middle) ** power for z in row if z > middle)
        low, high = (middle, high) if total > 1 else (low, middle)
    return high


def _first(m: Any, row: Any) -> Any:
    place = row.index(max(row))
    return [m.mpf(int(i == place)) for i in range(len(row))]


def _pooled(m: Any, row: Any, pieces: Any) -> Any:
    size = int(pieces)
    return [max(row[start : start + size]) for start in range(0, len(row), size)]


def _rowwise() -> tuple[Primitive, ...]:
    """Reductions over the axis of a row-wise function, and results of another length.

    row_threshold(z, p): t with sum(max(z - t, 0) ** p) = 1, p at least 1 (sparsemax, entmax).
    row_first(z): 1 at the first of the largest elements, else 0. row_join(a, b): a, then b.
    row_pool(a, k): the largest of each k neighbours.
    """
    return (
        Primitive("row_max", (_zero,), lambda m, row: max(row), lambda a: a),
        Primitive("row_sum", (_zero,), lambda m, row: m.fsum(row)),
        Primitive("row_threshold", (_zero, _zero), _threshold),
        Primitive("row_first", (_zero,), _first, interval.always(UNIT)),
        Primitive("row_join", (_zero, _zero), lambda m, a, b: [*a, *b], interval.hull),
        Primitive("row_pool", (_zero, _zero), _pooled, lambda a, _: a),
    )


_FAMILIES = (
    _arithmetic, _piecewise, _elementary, _logistic, _normal, _algebraic, _inverse_roots, _rowwise
)  # fmt: skip
TABLE: Mapping[str, Primitive] = {row.name: row for family in _FAMILIES for row in family()}
# of what some targets have besides
_BESIDES: Mapping[str, interval.Rule] = {
    "hypot": interval.hypotenuse,
    "reciprocal": lambda a: interval.divided(Interval(1.0, 1.0), a),
    "expm1_below": interval.always(Interval(-1.0, 0.0)),
}


def bounds_of(node: Expr, arguments: Sequence[Interval]) -> Interval:
    """Bounds of a number or a primitive; everything, where nothing is known."""
    if isinstance(node, Constant):
        return Interval(as_float(node.value), as_float(node.value))
    if isinstance(node, Call) and node.primitive in TABLE:
        return TABLE[node.primitive].bounds(*arguments)
    rule = _BESIDES.get(node.primitive) if isinstance(node, Call) else None
    return rule(*arguments) if rule else REALS
