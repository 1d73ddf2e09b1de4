"""Evaluate a graph to any number of digits: the judge of every other target.

The definitions in the primitives table are run at a working precision that is doubled
until two successive results agree, so that cancellation in the formula does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import mpmath

from nonlin.expr.nodes import COMPARISONS, Call, Constant, Expr, Symbol
from nonlin.expr.primitives import TABLE
from nonlin.expr.walk import postorder

Value: TypeAlias = Any  # an mpf, or a list of them for a row

CAP = 4000  # bits; a difference that is still 0 here is taken to be exactly 0
LIMIT_CAP = 9000  # bits, at the far points that stand for infinity
FAR = ("1e8", "1e32", "1.7e32", "1e128", "1.3e128", "1e512", "1.1e512")

# Arguments beyond 2**bits count as infinite: the exponent of the result would not fit in memory.
_HUGE = {
    **dict.fromkeys(("exp", "expm1", "sigmoid", "logistic_density", "softplus"), 5000),
    **dict.fromkeys(("tanh", "sech_squared", "tanhshrink", "normal_pdf"), 5000),
    **dict.fromkeys(("normal_cdf", "erf"), 300),
}
_LARGE = 64  # bits of the exponent of an argument that is large
_CANCELLING = ("add", "subtract", "squareplus", "algebraic_sigmoid")
_CHOOSING = ("where", *COMPARISONS)


def compile_mpmath(root: Expr, *names: str, digits: int = 50) -> Callable[..., Value]:
    """The expression as a function of the named symbols, right to `digits` digits.

    Arguments are floats, integers or mpf; a list stands for a row (needed by row-wise
    primitives) and gives a list back. At an infinity the result is the limit of the
    function, NaN where there is none; a NaN anywhere gives NaN (in every element of a row).
    """
    order = postorder(root)

    def settle(values: Sequence[Value], cap: int) -> Value:
        bits = int(digits * 3.33) + 40
        before = None
        while True:
            with mpmath.workprec(bits):
                now, sure = _evaluate(order, dict(zip(names, values, strict=True)))
                agreed = sure and before is not None and _agree(before, now, digits)
            if agreed or bits == cap:
                break
            before, bits = now, min(2 * bits, cap) if sure else cap
        with mpmath.workdps(digits):
            return _each(lambda v: +v, now)

    def run(*values: Value) -> Value:
        flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
        if any(map(mpmath.isnan, flat)):
            return _each(lambda *parts: mpmath.nan, *values)
        if any(map(mpmath.isinf, flat)):
            far = [settle([_moved(v, mpmath.mpf(t)) for v in values], LIMIT_CAP) for t in FAR]
            return _each(lambda *tail: _limit(tail), *far)
        return settle(values, CAP)

    return run


def _evaluate(order: Sequence[Expr], values: dict[str, Value]) -> tuple[Value, bool]:
    """The value of the last node, and whether no sum vanished by cancellation on the way."""
    results: dict[Expr, Value] = {}
    sure = True
    for node in order:
        if isinstance(node, Constant):
            results[node] = mpmath.mpf(node.value.numerator) / node.value.denominator
        elif isinstance(node, Symbol):
            results[node] = _each(mpmath.mpf, values[node.name])
        elif isinstance(node, Call):
            arguments = [results[argument] for argument in node.arguments]
            results[node] = _apply(node.primitive, arguments)
            sure = sure and not _vanished(node.primitive, arguments, results[node])
    return results[order[-1]], sure


def _apply(primitive: str, arguments: list[Value]) -> Value:
    if primitive.startswith("row_"):
        row = arguments[0]
        spoilt = any(map(mpmath.isnan, row))
        return mpmath.nan if spoilt else TABLE[primitive].oracle(mpmath, *arguments)
    return _each(lambda *parts: _number(primitive, parts), *arguments)


def _number(primitive: str, parts: Sequence[Any]) -> Any:
    """One primitive on numbers: NaN where it is not defined, infinite at a pole."""
    if primitive not in _CHOOSING and any(map(mpmath.isnan, parts)):
        return mpmath.nan
    if primitive in _HUGE and mpmath.isfinite(parts[0]) and _bits(parts[0]) > _HUGE[primitive]:
        parts = [mpmath.inf * mpmath.sign(parts[0])]
    try:
        result = TABLE[primitive].oracle(_CONTEXT, *parts)
    except ZeroDivisionError:
        above = parts[0] if primitive == "divide" else 1
        return mpmath.nan if above == 0 else mpmath.inf * mpmath.sign(above)
    if isinstance(result, mpmath.mpc):
        return mpmath.nan
    return result if isinstance(result, bool) else mpmath.mpf(result)


class _Context:
    """mpmath's functions, but those that raise e to a power take the quick way for large ones.

    From 600 bits on, mpmath squares e as often as a whole number has bits: at the far points,
    thousands of times. It does not for what lies beside that number, by less than what counts.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(mpmath.mp, name)

    def exp(self, x: Any) -> Any:
        """e to the power of x."""
        if _bits(x) > _LARGE:
            x = mpmath.fadd(x, mpmath.ldexp(1, -mpmath.mp.prec - 20), exact=True)
        return mpmath.exp(x)

    def npdf(self, x: Any) -> Any:
        """The density of a normal variable."""
        if _bits(x) <= _LARGE:
            return mpmath.npdf(x)
        return self.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)

    def sech(self, x: Any) -> Any:
        """1 / cosh(x), of which far out no more than one exponential counts."""
        return mpmath.sech(x) if _bits(x) <= _LARGE else 2 * self.exp(-abs(x))

    def expm1(self, x: Any) -> Any:
        """e to the power of x, less 1."""
        return mpmath.expm1(x) if _bits(x) <= _LARGE else self.exp(x) - 1


_CONTEXT = _Context()


def _bits(number: Any) -> int:
    return int(mpmath.mag(number)) if number and mpmath.isfinite(number) else 0


def _vanished(primitive: str, arguments: list[Value], result: Value) -> bool:
    if primitive not in _CANCELLING:
        return False
    zeros = _each(lambda r, *parts: r == 0 and any(p != 0 for p in parts), result, *arguments)
    return any(zeros) if isinstance(zeros, list) else bool(zeros)


def _each(function: Callable[..., Any], *arguments: Value) -> Value:
    """The function on numbers; on every element where an argument is a row."""
    lengths = [len(a) for a in arguments if isinstance(a, list)]
    if not lengths:
        return function(*arguments)
    rows = [a if isinstance(a, list) else [a] * lengths[0] for a in arguments]
    return [function(*parts) for parts in zip(*rows, strict=True)]


def _agree(before: Value, now: Value, digits: int) -> bool:
    def same(a: Any, b: Any) -> bool:
        if mpmath.isnan(a) or mpmath.isnan(b):
            return bool(mpmath.isnan(a) and mpmath.isnan(b))
        return bool(a == b or abs(a - b) <= abs(b) * mpmath.mpf(10) ** -digits)

    results = _each(same, before, now)
    return all(results) if isinstance(results, list) else results


def _moved(value: Value, far: Any) -> Value:
    return _each(lambda v: far * mpmath.sign(v) if mpmath.isinf(v) else v, value)


def _limit(tail: Sequence[Any]) -> Any:
    """What values at ever farther points tend to; NaN if to nothing."""
    if any(map(mpmath.isnan, tail)):
        return mpmath.nan
    sizes, last = [abs(v) for v in tail], tail[-1]
    if all(v == last for v in tail[-4:]):
        return last
    if all(abs(v - last) <= abs(last) * mpmath.mpf(10) ** -20 for v in tail[-4:]):
        return last
    if _shrinks(sizes):
        return mpmath.mpf(0)
    grows = _shrinks(sizes, -1) and len({mpmath.sign(v) for v in tail}) == 1
    return mpmath.inf * mpmath.sign(last) if grows else mpmath.nan


def _shrinks(sizes: Sequence[Any], direction: int = 1) -> bool:
    """Does each step to the next power (of FAR) halve the size?"""
    steps = [sizes[i] for i in (0, 1, 3, 5)][::direction]
    return all(b == 0 or b <= a / 2 for a, b in pairwise(steps))
