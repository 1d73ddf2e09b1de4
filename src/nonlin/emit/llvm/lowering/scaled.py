"""Numbers with their power of two apart, until a late product is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from nonlin.emit.llvm.arithmetic import functions
from nonlin.expr.machine.late import LATE, scales
from nonlin.expr.nodes import Call, Constant, Expr, arguments_of, is_call

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number
    from nonlin.emit.llvm.lowering.evaluate import Evaluator

    Value = Any

LARGE = 2**60  # a factor that brings back what was cut off below, or is infinite


class Scaled(NamedTuple):
    """number * 2 ** exponent; without an exponent, the number itself."""

    number: Number
    exponent: Value | None


def scaled(e: Evaluator, m: Arithmetic, node: Expr) -> Scaled:
    """A node with its power of two apart, if it has one."""
    if not isinstance(node, Call) or not scales(node):
        return Scaled(e.number(node, m), None)
    if node.primitive == "exp":
        parts = e.exponential(node.arguments[0], m)
        return Scaled(functions.mantissa(m, parts), parts.exponent)
    return _SCALED[node.primitive](e, m, *node.arguments)


def _plus(m: Arithmetic, a: Value | None, b: Value | None) -> Value | None:
    if a is None or b is None:
        return b if a is None else a
    return m.builder.fadd(a, b)


def _multiply(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Scaled:
    for exponential, other in ((a, b), (b, a)):
        small = isinstance(other, Constant) and abs(other.value) < LARGE
        bounded = small or is_call(other, "normal_tail", "reciprocal", "log1p_ratio")
        if m.words == 1 and is_call(exponential, "exp") and bounded:
            parts = e.exponential(arguments_of(exponential)[0], m)
            number = e.number(other, m)  # (1 + f) number, rounded once
            return Scaled(m.fma(parts.fraction, number, number), parts.exponent)
    p, q = (_vanished(m, scaled(e, m, each)) for each in (a, b))
    return Scaled(m.multiply(p.number, q.number), _plus(m, p.exponent, q.exponent))


def _vanished(m: Arithmetic, a: Scaled) -> Scaled:
    """0 where the exponential was cut off below: a large factor must not bring it back."""
    if a.exponent is None:
        return a
    return Scaled(m.select(_gone(m, a.exponent), m.number(0.0), a.number), a.exponent)


def _gone(m: Arithmetic, exponent: Value) -> Value:
    least = functions.LIMITS[m.lanes.format.name][0] / functions.LN2[0]
    return m.builder.fcmp_ordered("<=", exponent, m.lanes.number(round(least) + 0.5))


def _square(e: Evaluator, m: Arithmetic, a: Expr, _: Expr) -> Scaled:
    p = scaled(e, m, a)
    return Scaled(m.multiply(p.number, p.number), _plus(m, p.exponent, p.exponent))


def _divide(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Scaled:
    p = scaled(e, m, a)
    return Scaled(m.divide(p.number, e.number(b, m)), p.exponent)


def _negate(e: Evaluator, m: Arithmetic, a: Expr) -> Scaled:
    p = scaled(e, m, a)
    return Scaled(m.negate(p.number), p.exponent)


def _damp(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Scaled:
    """A product in which a that vanished beats b, even an infinite one."""
    p, other = scaled(e, m, a), e.number(b, m)
    assert p.exponent is not None  # noqa: S101 - for the type checker: `a` scales
    gone = _gone(m, p.exponent)
    if is_call(a, "late_damp"):  # its number may be 0, whatever its power of two is
        nothing = m.compare("==", p.number, m.number(0.0))
        gone = m.builder.or_(gone, nothing)
    zero = functions.copysign(m, m.number(0.0), m.head(other))
    return Scaled(m.select(gone, zero, m.multiply(p.number, other)), p.exponent)


def _where(e: Evaluator, m: Arithmetic, c: Expr, a: Expr, b: Expr) -> Scaled:
    condition, p, q = e.condition(c, m), scaled(e, m, a), scaled(e, m, b)
    zero = m.lanes.number(0.0)
    exponents = [zero if each is None else each for each in (p.exponent, q.exponent)]
    number = m.select(condition, p.number, q.number)
    return Scaled(number, m.builder.select(condition, *exponents))


def _add(e: Evaluator, m: Arithmetic, a: Expr, b: Expr) -> Scaled:
    """Both numbers at the larger of their powers of two."""
    p, q = scaled(e, m, a), scaled(e, m, b)
    if p.exponent is None or q.exponent is None:
        raise AssertionError("both scale")
    f = m.builder
    larger = f.select(f.fcmp_ordered(">", p.exponent, q.exponent), p.exponent, q.exponent)
    there = (m.shift(each.number, f.fsub(each.exponent, larger)) for each in (p, q))
    return Scaled(m.add(*there), larger)


_SCALED: dict[str, Callable[..., Scaled]] = {
    "multiply": _multiply,
    "late_multiply": _multiply,
    "divide": _divide,
    "power": _square,
    "negate": _negate,
    "late_damp": _damp,
    "late_add": _add,
    "where": _where,
}


def _finished(name: str) -> Callable[..., Number]:
    def spell(e: Evaluator, m: Arithmetic, *arguments: Expr) -> Number:
        number, exponent = _SCALED[name](e, m, *arguments)
        return number if exponent is None else m.shift(number, exponent)

    return spell


def _exp_floor(e: Evaluator, m: Arithmetic, u: Expr) -> Number:
    parts = e.exponential(u, m)
    return functions.exp(m, parts._replace(exponent=functions.floored(m, parts.exponent)))


SPELLINGS: dict[str, Callable[..., Number]] = {
    "exp_floor": _exp_floor,
    **{name: _finished(name) for name in LATE},
}
