"""Walk a lowered graph and append the instructions that compute it.

Every number lives in the `main` arithmetic, but the argument of an exponential is computed in
the `wide` one: an argument of 80 that is wrong by half an ulp is a result wrong by 40.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nonlin._errors import CompileError
from nonlin.emit.llvm.arithmetic import functions
from nonlin.emit.llvm.arithmetic.circular import circular
from nonlin.emit.llvm.arithmetic.lanes import Plain
from nonlin.emit.llvm.lowering import scaled
from nonlin.expr.machine.exponents import Argument
from nonlin.expr.nodes import (
    Call,
    Constant,
    Expr,
    Symbol,
    absolute,
    arguments_of,
    as_float,
    is_call,
    square_of,
    symbol,
    value_of,
)

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Exponential, Number

    Value = Any

SQUARED_UP_TO = 64  # an exponent: larger ones are quicker, and more accurate, by logarithm
COMPARISONS = {"greater": ">", "less": "<", "greater_equal": ">=", "less_equal": "<="}


class Evaluator:
    """Numbers of one graph at one place in the code; equal nodes are computed once."""

    def __init__(
        self, main: Arithmetic, wide: Arithmetic, inputs: Callable[[str, Arithmetic], Number]
    ) -> None:
        self.main = main
        self.wide = wide
        self._inputs = inputs
        self._known: dict[tuple[Expr, int], Number] = {}
        self._exponentials: dict[tuple[Expr, int], Exponential] = {}

    def number(self, node: Expr, m: Arithmetic | None = None) -> Number:
        """The value of a node, in the main arithmetic unless told otherwise."""
        m = m or self.main
        key = (node, id(m))
        if key not in self._known:
            self._known[key] = self._compute(node, m)
        return self._known[key]

    def _compute(self, node: Expr, m: Arithmetic) -> Number:
        if isinstance(node, Constant):
            return number_of(m, node.value)
        if isinstance(node, Symbol):
            return self._inputs(node.name, m)
        assert isinstance(node, Call)  # noqa: S101 - for the type checker
        if node.primitive not in SPELLINGS:
            raise CompileError("no_spelling", primitive=node.primitive, target="llvm")
        return SPELLINGS[node.primitive](self, m, *node.arguments)

    def condition(self, node: Expr, m: Arithmetic) -> Value:
        """The mask of a comparison."""
        assert isinstance(node, Call)  # noqa: S101 - for the type checker
        a, b = (self.number(argument, m) for argument in node.arguments)
        return m.compare(COMPARISONS[node.primitive], a, b)

    def exponential(self, u: Expr, m: Arithmetic) -> Exponential:
        """exp(u) in parts, shared by exp and expm1."""
        key = (u, id(m))
        if key not in self._exponentials:
            self._exponentials[key] = self._exponential(u, m)
        return self._exponentials[key]

    def _exponential(self, u: Expr, m: Arithmetic) -> Exponential:
        if m.words == 1 and (argument := Argument.of(u)):
            words = _product(m, *(self.number(factor, m) for factor in argument.factors))
            return functions.exponential(m, *words, argument.falling)
        return self.reduced(self.number(u, self.wide), m)

    def reduced(self, u: Number, m: Arithmetic) -> Exponential:
        """exp of a number in the wide arithmetic."""
        if m is self.wide:
            return functions.exponential(m, u)
        if isinstance(self.wide, Plain) and isinstance(m, Plain):
            return functions.exponential_from(self.wide, m, u)
        return functions.exponential(m, u.high, u.low)


def number_of(m: Arithmetic, value: Fraction) -> Number:
    """An exact rational number, rounded to the arithmetic."""
    high = as_float(value)
    return m.number(high, as_float(value - Fraction(high)) if math.isfinite(high) else 0.0)


def _product(m: Arithmetic, a: Value, b: Value | None = None) -> tuple[Value, Value | None]:
    """a * b as the sum of two words; a itself if there is no b."""
    if b is None:
        return a, None
    high = m.builder.fmul(a, b)
    return high, m.lanes.lost(a, b, high)


def _exp_below(at_largest: float) -> Callable[..., Number]:
    """exp(a - b) for a <= b, b the maximum of a row, whose `RowShift` is known; and where a = b."""

    def spell(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
        x, largest = e.number(a, m), e.number(b, m)
        if isinstance(m, Plain) and isinstance(b, Symbol):
            parts = (f"{b.name}.{part}" for part in functions.RowShift._fields)
            shift = functions.RowShift(*(e.number(symbol(part), m) for part in parts))
            least = shift.least if at_largest else shift.normal  # what is tiny joins no sum
            value = functions.exp_below(m, x, shift, least)
        else:
            value = functions.exp(m, e.exponential(a - b, m))
        return m.select(m.compare(">=", x, largest), m.number(at_largest), value)

    return spell


def _add(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
    for product, other in ((a, b), (b, a)):
        if m.words == 1 and (factors := _two_factors(product)):
            return m.fma(*(e.number(each, m) for each in (*factors, other)))
    return m.add(e.number(a, m), e.number(b, m))


def _two_factors(node: Expr) -> tuple[Expr, ...]:
    """Of a product or a square."""
    if (base := square_of(node)) is not None:
        return base, base
    return arguments_of(node) if is_call(node, "multiply") else ()


def _subtract(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
    if m.words == 1 and (factors := _two_factors(b)):
        p, q = (e.number(each, m) for each in factors)
        return m.fma(m.negate(p), q, e.number(a, m))
    if m.words == 1 and (factors := _two_factors(a)):
        p, q = (e.number(each, m) for each in factors)
        return m.fma(p, q, m.negate(e.number(b, m)))
    return m.subtract(e.number(a, m), e.number(b, m))


def _divide(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
    divisor = value_of(b)
    if divisor is not None:  # a product is several times faster
        return m.multiply(e.number(a, m), number_of(m, 1 / divisor))
    return m.divide(e.number(a, m), e.number(b, m))


def _power(e: Evaluator, m: Arithmetic, a: Expr, n: Expr) -> Number:
    exponent = value_of(n)
    if exponent is not None and (2 * exponent).denominator == 1 and abs(exponent) <= SQUARED_UP_TO:
        return _power_of(m, e.number(a, m), exponent)
    if exponent is None or exponent.denominator != 1:
        return _power_by_logarithm(e, m, a, n)
    size = _power_by_logarithm(e, m, absolute(a), n)
    return functions.copysign(m, size, m.head(e.number(a, m))) if exponent % 2 else size


def _power_by_logarithm(e: Evaluator, m: Arithmetic, a: Expr, n: Expr) -> Number:
    """exp(n log(a)), the argument in the wide arithmetic."""
    wide = e.wide
    argument = wide.multiply(e.number(n, wide), functions.log(wide, e.number(a, wide)))
    return functions.exp(m, e.reduced(argument, m))


def _power_of(m: Arithmetic, base: Number, exponent: Fraction) -> Number:
    """base ** exponent for a multiple of one half, by repeated squaring."""
    if exponent < 0:
        return m.divide(m.number(1.0), _power_of(m, base, -exponent))
    whole, half = divmod(exponent, 1)
    result = m.sqrt(base) if half else None
    count = int(whole)
    while count:
        if count % 2:
            result = base if result is None else m.multiply(result, base)
        count //= 2
        base = m.multiply(base, base) if count else base
    return m.number(1.0) if result is None else result


def _where(e: Evaluator, m: Arithmetic, c: Expr, a: Expr, b: Expr) -> Number:
    return m.select(e.condition(c, m), e.number(a, m), e.number(b, m))


def _extreme(sign: str) -> Callable[..., Number]:
    def spell(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
        p, q = e.number(a, m), e.number(b, m)
        not_a_number = m.builder.fcmp_unordered("uno", m.head(p), m.head(p))
        chosen = m.builder.or_(m.compare(sign, p, q), not_a_number)
        return m.select(chosen, p, q)

    return spell


def _copysign(e: Evaluator, m: Arithmetic, a: Expr, sign: Expr) -> Number:
    return functions.copysign(m, e.number(a, m), m.head(e.number(sign, m)))


def _damp(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
    vanishing, other = e.number(a, m), e.number(b, m)
    gone = m.compare("==", vanishing, m.number(0.0))
    return m.select(
        gone, functions.copysign(m, vanishing, m.head(other)), m.multiply(vanishing, other)
    )


def _absorb(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Number:
    large = e.number(a, m)
    return m.select(m.lanes.finite(m.head(large)), m.add(large, e.number(b, m)), large)


def _guard(e: Evaluator, m: Arithmetic, a: Expr, x: Expr) -> Number:
    given = e.number(x, m)
    missing = m.builder.fcmp_unordered("uno", m.head(given), m.head(given))
    return m.select(missing, given, e.number(a, m))


def _expm1(e: Evaluator, m: Arithmetic, u: Expr) -> Number:
    return functions.expm1(m, e.exponential(u, m), e.number(u, m))


def _rounded_once(e: Evaluator, m: Arithmetic, a: Expr) -> Number:
    """Computed in the wide arithmetic."""
    return functions.converted(e.number(a, e.wide), e.wide, m)


def _by(name: str) -> Callable[..., Number]:
    """A method of the arithmetic."""
    return lambda e, m, *args: getattr(m, name)(*(e.number(a, m) for a in args))


def _with(function: Callable[..., Number]) -> Callable[..., Number]:
    """A function over any arithmetic."""
    return lambda e, m, *args: function(m, *(e.number(a, m) for a in args))


def _circular(name: str) -> Callable[..., Number]:
    """A sine or cosine; of 2 v it also takes v, which is a number where 2 v is none.

    Of c v it takes what c v loses in rounding: beside a zero that is all there is.
    """

    def spell(e: Evaluator, m: Arithmetic, u: Expr) -> Number:
        angle, half, lost = e.number(u, m), None, None
        if is_call(u, "multiply"):
            first, second = (e.number(each, m) for each in arguments_of(u))
            if value_of(arguments_of(u)[0]) == 2:
                half = m.head(second)
            elif m.words == 1 and e.wide.words == 2:
                _, lost = _product(m, first, second)
        return circular(m, name, angle, half, lost)

    return spell


SPELLINGS: Mapping[str, Callable[..., Number]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _by("multiply"),
    "divide": _divide,
    "negate": _by("negate"),
    "power": _power,
    "sqrt": _by("sqrt"),
    "absolute": _with(functions.absolute),
    "maximum": _extreme(">"),
    "minimum": _extreme("<"),
    "where": _where,
    "exp": lambda e, m, u: functions.exp(m, e.exponential(u, m)),
    "expm1": _expm1,
    "log": _with(functions.log),
    "log1p": _with(functions.log1p),
    "expm1_below": lambda e, m, u: functions.expm1_below(m, e.exponential(u, m)),
    "log1p_ratio": _with(functions.log1p_ratio),
    "reciprocal": _by("reciprocal"),
    "sin": _circular("sin"),
    "cos": _circular("cos"),
    "arctan": _with(functions.arctan),
    "erf_series": _with(functions.erf_series),
    "normal_tail": _with(functions.normal_tail),
    "copysign": _copysign,
    "damp": _damp,
    "absorb": _absorb,
    "guard": _guard,
    "rounded_once": _rounded_once,
    **scaled.SPELLINGS,
    "exp_below": _exp_below(1.0),
    "exp_under": _exp_below(0.0),
}
