"""Each primitive on one Python float: stable, total (no exceptions), IEEE at infinities."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from nonlin.expr.nodes import Call, Constant, Expr, Symbol
from nonlin.expr.walk import postorder


def as_float(value: Fraction) -> float:
    """The nearest double; infinite beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


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


def sigmoid(a: float) -> float:
    """1 / (1 + exp(-a))"""
    e = exp(-abs(a))
    return (e if a < 0 else 1.0) / (1 + e)


def logistic_density(a: float) -> float:
    """sigmoid(a) * sigmoid(-a)"""
    e = exp(-abs(a))
    return e / (1 + e) ** 2


def softplus(a: float) -> float:
    """log(1 + exp(a))"""
    return maximum(a, 0.0) + log1p(exp(-abs(a)))


def sech_squared(a: float) -> float:
    """1 / cosh(a)**2"""
    return 4 * logistic_density(2 * a)


def normal_cdf(a: float) -> float:
    """Probability that a standard normal variable is below a."""
    return math.erfc(-a * math.sqrt(0.5)) / 2


def normal_pdf(a: float) -> float:
    """Density of the standard normal distribution."""
    return exp(-a * a / 2) / math.sqrt(2 * math.pi)


def softsign(a: float) -> float:
    """a / (1 + |a|)"""
    return a / (1 + abs(a)) if abs(a) < 1 else math.copysign(1 - 1 / (1 + abs(a)), a)


def squareplus(a: float, b: float) -> float:
    """(a + sqrt(a**2 + b)) / 2"""
    root = math.hypot(a, sqrt(b))
    return (a + root) / 2 if a > 0 else quotient(b / 2, root - a)


def algebraic_sigmoid(a: float, b: float) -> float:
    """(1 + a / sqrt(a**2 + b)) / 2"""
    root = math.hypot(a, sqrt(b))
    return quotient(squareplus(a, b), root) if abs(a) < math.inf else float(a > 0)


def inverse_root(a: float) -> float:
    """1 / sqrt(1 + a**2)"""
    return 1 / math.hypot(1.0, a)


def isru(a: float) -> float:
    """a / sqrt(1 + a**2)"""
    return math.copysign(1.0, a) if math.isinf(a) else a / math.hypot(1.0, a)


def tanhshrink(a: float) -> float:
    """a - tanh(a)"""
    if abs(a) > 1:
        return a - math.tanh(a)
    fraction = 0.0
    for odd in range(25, 1, -2):
        fraction = a * a / (odd + fraction)
    return a * fraction / (1 + fraction)


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
    """a + b, where an infinite a beats a bounded b that has no limit."""
    return a if math.isinf(a) else a + b


def guard(a: float, x: float) -> float:
    """a, or NaN where x is NaN."""
    return x if x != x else a


def _oscillation(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda a: function(a) if math.isfinite(a) else math.nan


FLOATS: Mapping[str, Callable[..., float]] = {
    "pi": lambda: math.pi,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": quotient,
    "negate": lambda a: -a,
    "power": power,
    "absolute": abs,
    "sign": lambda a: math.copysign(1.0, a) if a > 0 or a < 0 else a,
    "maximum": maximum,
    "minimum": minimum,
    "greater": lambda a, b: a > b,
    "less": lambda a, b: a < b,
    "greater_equal": lambda a, b: a >= b,
    "less_equal": lambda a, b: a <= b,
    "where": lambda condition, a, b: a if condition else b,
    "sqrt": sqrt,
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "sin": _oscillation(math.sin),
    "cos": _oscillation(math.cos),
    "arctan": math.atan,
    "tanh": math.tanh,
    "sech_squared": sech_squared,
    "sigmoid": sigmoid,
    "logistic_density": logistic_density,
    "softplus": softplus,
    "normal_cdf": normal_cdf,
    "normal_pdf": normal_pdf,
    "erf": math.erf,
    "softsign": softsign,
    "squareplus": squareplus,
    "algebraic_sigmoid": algebraic_sigmoid,
    "inverse_root": inverse_root,
    "isru": isru,
    "tanhshrink": tanhshrink,
    "copysign": math.copysign,
    "damp": damp,
    "absorb": absorb,
    "guard": guard,
}


def as_function(root: Expr, *names: str) -> Callable[..., float]:
    """The expression as a function of the named symbols, in double precision.

    The nodes are laid out once as a list of steps; a call runs down the list.
    """
    order = postorder(root)
    place = {node: index for index, node in enumerate(order)}
    slots = {node.name: place[node] for node in order if isinstance(node, Symbol)}
    start = [as_float(node.value) if isinstance(node, Constant) else 0.0 for node in order]
    steps = [
        (place[node], FLOATS[node.primitive], [place[argument] for argument in node.arguments])
        for node in order
        if isinstance(node, Call)
    ]

    def run(*values: float) -> float:
        results = start.copy()
        for name, value in zip(names, values, strict=True):
            if name in slots:
                results[slots[name]] = value
        for target, function, sources in steps:
            results[target] = function(*[results[source] for source in sources])
        return results[-1]

    return run


def table(roots: Sequence[Expr], xs: Sequence[float]) -> list[list[float]]:
    """Every expression in x at every x: one list each, parts in common worked out once."""
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
