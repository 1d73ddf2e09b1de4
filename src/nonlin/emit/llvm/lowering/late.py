"""Products with an exponential, scaled by its power of two at the very end.

exp(-91) is subnormal in float32 and has lost most of its digits, but 91 exp(-91) is a normal
number. So exponentials are kept as (1 + f) 2^n here, and n is applied once the product, or a sum
of such products, is complete.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from nonlin.emit.llvm.arithmetic import functions
from nonlin.expr.interval import Interval
from nonlin.expr.nodes import Call, Constant, Expr, arguments_of, build, is_call, square_of
from nonlin.expr.primitives import bounds_of
from nonlin.expr.walk import fold, rebuild

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number
    from nonlin.emit.llvm.lowering.evaluate import Evaluator

    Value = Any

LATE = ("late_multiply", "late_damp", "late_add")
MOST = 16.0  # what something small may be multiplied by, to stay small
LARGE = 2**60  # a factor that brings back what was cut off below, or is infinite
SMALL = Interval(-2.0, 2.0)  # a factor that brings no subnormal number back to life


def delay(root: Expr) -> Expr:
    """The expression with late products and sums where early ones would lose digits."""
    ranges: dict[Expr, Interval] = {}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        built = _marked(rebuild(node, arguments), ranges)
        ranges[built] = bounds_of(node, [ranges[each] for each in arguments])
        return built

    return fold(fold(root, visit), lambda node, both: _floored(node, both, ranges))[0]


def _floored(
    node: Expr, both: list[tuple[Expr, Expr]], ranges: dict[Expr, Interval]
) -> tuple[Expr, Expr]:
    """The node as it is, and as it may be where 2**-40 counts for nothing: with `exp_floor`.

    There nothing subnormal need be multiplied, which takes a hundred times as long.
    """
    busy, idle = ([each[kind] for each in both] for kind in (0, 1))
    others = [ranges[each] for each in reversed(arguments_of(node))]
    if is_call(node, "exp"):
        return node, build("exp_floor", *busy)
    if is_call(node, "log1p_ratio"):
        busy = idle
    elif is_call(node, "add", "subtract"):
        large = [r.low >= 1 / MOST or r.high <= -1 / MOST for r in others]
        busy = [pair[beside] for pair, beside in zip(both, large, strict=True)]
    elif is_call(node, "multiply", "late_multiply"):
        small = [r.low >= -MOST and r.high <= MOST for r in others]
        idle = [pair[times] for pair, times in zip(both, small, strict=True)]
    elif not is_call(node, "where", "negate"):
        idle = busy
    return rebuild(node, busy), rebuild(node, idle)


def _marked(node: Expr, ranges: dict[Expr, Interval]) -> Expr:
    if not is_call(node, "multiply", "damp", "add"):
        return node
    a, b = arguments_of(node)
    if is_call(node, "add"):
        either = is_call(a, *LATE) or is_call(b, *LATE)
        return build("late_add", a, b) if either and _scales(a) and _scales(b) else node
    if is_call(node, "damp"):
        return build("late_damp", a, b) if _scales(a) else node
    for vanishing, other in ((a, b), (b, a)):
        wide = ranges[other].low < SMALL.low or ranges[other].high > SMALL.high
        free = isinstance(other, Constant) or is_call(other, "reciprocal")  # see `_multiply`
        if _scales(vanishing) and (wide or free or is_call(vanishing, *LATE)):
            return build("late_multiply", vanishing, other)
    return node


def _scales(node: Expr) -> bool:
    """Is there a power of two to keep apart?"""
    if is_call(node, "exp", *LATE):
        return True
    arguments = arguments_of(node)
    if is_call(node, "multiply"):
        return any(map(_scales, arguments))
    if is_call(node, "divide", "negate"):
        return _scales(arguments[0])
    if (base := square_of(node)) is not None:
        return _scales(base)
    return is_call(node, "where") and any(map(_scales, arguments[1:]))


class Scaled(NamedTuple):
    """number * 2 ** exponent; without an exponent, the number itself."""

    number: Number
    exponent: Value | None


def scaled(e: Evaluator, m: Arithmetic, node: Expr) -> Scaled:
    """A node with its power of two apart, if it has one."""
    if not isinstance(node, Call) or not _scales(node):
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
            stretched = number if parts.scale == 1.0 else m.multiply(number, m.number(parts.scale))
            return Scaled(m.fma(parts.fraction, stretched, number), parts.exponent)
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
