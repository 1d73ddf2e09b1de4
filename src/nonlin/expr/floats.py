"""Graphs on Python floats: stable, total (no exceptions), IEEE at infinities."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

from nonlin.expr.decompositions import in_library
from nonlin.expr.interpret import OPERATORS, interpreter
from nonlin.expr.nodes import Call, Expr, Symbol, call, symbol
from nonlin.expr.walk import postorder


def exp(a: float) -> float:
    """e**a, infinite instead of an OverflowError."""
    return math.exp(a) if a < 709.78 else (math.inf if not math.isnan(a) else a)


def expm1(a: float) -> float:
    """e**a - 1"""
    return math.expm1(a) if a < 709.78 else (math.inf if not math.isnan(a) else a)


def log(a: float) -> float:
    """Natural logarithm: -inf at 0, NaN below."""
    return math.log(a) if a > 0 else (-math.inf if a == 0 else math.nan)


def log1p(a: float) -> float:
    """log(1 + a)"""
    return math.log1p(a) if a > -1 else (-math.inf if a == -1 else math.nan)


def sqrt(a: float) -> float:
    """Square root, NaN below 0."""
    return math.sqrt(a) if a >= 0 else math.nan


def maximum(a: float, b: float) -> float:
    """The larger; NaN if either is NaN."""
    return a + b if a != a or b != b else max(a, b)


def minimum(a: float, b: float) -> float:
    """The smaller; NaN if either is NaN."""
    return a + b if a != a or b != b else min(a, b)


def quotient(a: float, b: float) -> float:
    """a / b by the rules of IEEE 754: x/0 is an infinity, 0/0 is NaN."""
    if b != 0:
        return a / b
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


def power(a: float, n: float) -> float:
    """a ** n; NaN where it is not real, infinite instead of an exception."""
    try:
        return math.pow(a, n)
    except OverflowError:
        return -math.inf if a < 0 and n % 2 == 1 else math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan


def damp(a: float, b: float) -> float:
    """a * b, where an a that has vanished beats an infinite b."""
    return math.copysign(a, b) if a == 0 else a * b


def absorb(a: float, b: float) -> float:
    """a + b, where an infinite a beats whatever b is."""
    return a if math.isinf(a) else a + b


def guard(a: float, x: float) -> float:
    """a, or NaN where x is NaN."""
    return x if x != x else a


def sin(a: float) -> float:
    """Sine; NaN at infinity, where it has no limit."""
    return math.sin(a) if math.isfinite(a) else math.nan


def cos(a: float) -> float:
    """Cosine; NaN at infinity, where it has no limit."""
    return math.cos(a) if math.isfinite(a) else math.nan


def sign(a: float) -> float:
    """-1, 0 or 1"""
    return math.copysign(1.0, a) if a > 0 or a < 0 else a


# what Python has itself: the rest is put together, see `decompositions`
FLOATS: Mapping[str, Callable[..., float]] = {
    **OPERATORS,
    "pi": lambda: math.pi,
    "divide": quotient,
    "power": power,
    "absolute": abs,
    "sign": sign,
    "maximum": maximum,
    "minimum": minimum,
    "where": lambda condition, a, b: a if condition else b,
    "sqrt": sqrt,
    "hypot": math.hypot,
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "sin": sin,
    "cos": cos,
    "arctan": math.atan,
    "tanh": math.tanh,
    "erf": math.erf,
    "erfc": math.erfc,
    "copysign": math.copysign,
    "damp": damp,
    "absorb": absorb,
    "guard": guard,
}


@lru_cache(maxsize=256)
def as_function(root: Expr, *names: str) -> Callable[..., float]:
    """The expression as a function of the named symbols, in double precision."""
    run = interpreter([in_library(root, FLOATS)], names, FLOATS)
    return lambda *values: run(*values)[0]


@cache
def function_of(primitive: str, arity: int = 1) -> Callable[..., float]:
    """What computes a primitive."""
    names = ("a", "b", "c")[:arity]
    return FLOATS.get(primitive) or as_function(call(primitive, *map(symbol, names)), *names)


def table(roots: Sequence[Expr], xs: Sequence[float]) -> list[list[float]]:
    """Every expression in x at every x: one list each, parts in common worked out once."""
    roots = [in_library(root, FLOATS) for root in roots]
    columns: dict[Expr, list[float]] = {}
    for node in postorder(*roots):
        if isinstance(node, Call) and node.arguments:
            arguments = [columns[argument] for argument in node.arguments]
            columns[node] = list(map(FLOATS[node.primitive], *arguments))
        elif isinstance(node, Symbol):
            columns[node] = list(xs)
        else:
            columns[node] = [as_function(node)()] * len(xs)
    return [columns[root] for root in roots]


def constant_value(node: Expr) -> float | None:
    """The number that an expression without symbols stands for, pi included."""
    if any(isinstance(part, Symbol) for part in postorder(node)):
        return None
    return as_function(node)()
