"""Make an expression safe to evaluate in floating point, at every input, infinities included.

Three things spoil a correct formula: an overflow that a vanishing factor should have beaten
(0 * inf), something added to an infinity that beats it (inf + sin(inf)), and a branch that swallows
NaN. They are mended here, with primitives that only the machine targets spell: `damp`,
`absorb` and `guard`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from nonlin.expr.floats import as_function
from nonlin.expr.interval import Interval
from nonlin.expr.nodes import (
    COMPARISONS,
    Call,
    Constant,
    Expr,
    Symbol,
    absolute,
    arguments_of,
    build,
    constant,
    is_call,
    multiply,
    negate,
    power,
    symbol,
    where,
)
from nonlin.expr.overflow import FAR, square_beside_number, without_overflow
from nonlin.expr.primitives import bounds_of
from nonlin.expr.recognise import one_less_exponential
from nonlin.expr.simplify import Factors, join, simplify, split
from nonlin.expr.walk import fold, postorder, rebuild, rewrite, symbols

MACHINE = ("damp", "absorb", "guard")  # what stabilising adds to the primitives of the table
_EXPONENTIAL = (
    "exp", "expm1", "sigmoid", "logistic_density", "tanh", "sech_squared", "normal_cdf",
    "normal_pdf", "erf",
)  # fmt: skip
_VANISHING = (
    "exp", "sigmoid", "logistic_density", "softplus", "sech_squared", "normal_cdf", "normal_pdf",
)  # fmt: skip
_OF_POWERS = ("add", "subtract", "negate", "multiply", "divide", "absolute", "where", *COMPARISONS)
_ZERO_AT_ZERO = ("tanh", "erf", "log1p", "expm1", "negate")  # they vanish where their argument does


@lru_cache(maxsize=1024)
def stabilise(root: Expr) -> Expr:
    """An equal expression without 0 * inf, inf + oscillation and swallowed NaN."""
    root = simplify(rewrite(rewrite(root, _slope_of_mish), _tanh_of_softplus))
    root = _mend(rewrite(root, one_less_exponential))
    return _guarded(without_overflow(root, _bound))


def _bound(node: Expr) -> Interval:
    return fold(node, _bounds)


def _softplus_inside(node: Expr, outer: str) -> Expr | None:
    """The u of outer(softplus(u))."""
    if not is_call(node, outer) or not is_call(arguments_of(node)[0], "softplus"):
        return None
    return arguments_of(arguments_of(node)[0])[0]


def _parts_of_tanh(u: Expr) -> tuple[Expr, Expr, Expr]:
    """e, d, q with e = exp(-|u|) and tanh(softplus(u)) = q, or e q below 0, q = 1 - e t/d.

    t = 1 + e below 0, 2 e above; d = 1 + (1 + e) t. One exponential, and little is rounded.
    """
    e = build("exp", negate(absolute(u)))
    t = where(u < 0, 1 + e, 2 * e)
    d = 1 + (1 + e) * t
    return e, d, 1 - e * t / d


def _tanh_of_softplus(node: Expr) -> Expr:
    """One exponential instead of three; sech^2 is 4 (1 + e)^2/d^2, above 0 times e^2."""
    if (u := _softplus_inside(node, "tanh")) is not None:
        e, _, q = _parts_of_tanh(u)
        return where(u < 0, e, 1) * q
    if (u := _softplus_inside(node, "sech_squared")) is not None:
        e, d, _ = _parts_of_tanh(u)
        return 4 * where(u < 0, 1, power(e, 2)) * power((1 + e) / d, 2)
    return node


def _slope_of_mish(node: Expr) -> Expr:
    """tanh(s) + A sech^2(s) s', s = softplus(u), as a product: what is rounded is common.

    Below 0 it is e (q + A (1 - (e (2 + e) + 2 e^2/d)/d)), above q + A 4 e^2 (1 + e)/d^2.
    """
    if not is_call(node, "add"):
        return node
    gate, product = arguments_of(node)
    u = _softplus_inside(gate, "tanh")
    if u is None:
        return node
    coefficient, factors = split(product)
    slopes = build("sech_squared", *arguments_of(gate)), build("sigmoid", u)
    if any(factors.pop(each, None) != 1 for each in slopes):
        return node
    factor = join(coefficient, factors)
    e, d, q = _parts_of_tanh(u)
    below = factor * (1 - e * ((2 + e) + 2 * e / d) / d)
    above = factor * (4 * power(e, 2) * (1 + e) / power(d, 2))
    return where(u < 0, e, 1) * where(u < 0, q + below, q + above)


def _mend(root: Expr) -> Expr:
    undefined = _is_undefined(root)

    def rule(node: Expr) -> Expr:
        if is_call(node, "multiply", "divide"):
            return _damped(node, _bound)
        if is_call(node, "add"):
            a, b = arguments_of(node)
            for large, small in ((a, b), (b, a)):
                if _oscillates(small) and _bound(small).bounded and not _bound(large).bounded:
                    return build("absorb", large, small)
        return _outgrown(node) if undefined else node

    return _rewrite_products(root, rule)


def _rewrite_products(root: Expr, rule: Callable[[Expr], Expr]) -> Expr:
    """Bottom-up, but a product is handed over whole, not factor by factor."""
    raw: dict[Expr, Expr] = {}
    done: dict[Expr, Expr] = {}
    for node in postorder(root):
        whole = is_call(node, "multiply", "divide", "negate")
        arguments = [
            raw[argument] if whole and is_call(argument, "multiply", "divide") else done[argument]
            for argument in arguments_of(node)
        ]
        raw[node] = rebuild(node, arguments)
        done[node] = rule(raw[node])
    return done[root]


def _outgrown(node: Expr) -> Expr:
    """exp(x) - 3 x at infinity: the exponential beats numbers, x and x**2 beside it."""
    if not is_call(node, "add", "subtract"):
        return node
    a, b = arguments_of(node)
    other = negate(b) if is_call(node, "subtract") else b
    for large, small in ((a, other), (other, a)):
        if _explodes(large) and all(map(_is_low, postorder(small))):
            return build("absorb", large, small)
    return node


def _explodes(node: Expr) -> bool:
    """Is it a multiple of an exponential without bounds?"""
    if is_call(node, "absorb"):
        return _explodes(arguments_of(node)[0])
    factors = {b: e for b, e in split(node)[1].items() if "x" in symbols([b])}
    return list(factors.values()) == [1] and all(
        is_call(each, "exp", "expm1") and not _bound(each).bounded for each in factors
    )


def _is_low(node: Expr) -> bool:
    """May it be part of a small power of x?"""
    if is_call(node, "power"):
        return arguments_of(node)[1] is constant(2)
    return not isinstance(node, Call) or is_call(node, *_OF_POWERS)


def _is_undefined(node: Expr) -> bool:
    """At one of the infinities?"""
    names = [name for name in symbols([node]) if name != "x"]
    run = as_function(node, "x", *names)
    return any(math.isnan(run(x, *(1.0 for _ in names))) for x in (math.inf, -math.inf))


def _bounds(node: Expr, arguments: list[Interval]) -> Interval:
    if isinstance(node, Symbol) and node.name != "x":
        return Interval(0.5, 2.0)
    return bounds_of(node, arguments)


def _oscillates(node: Expr) -> bool:
    return any(is_call(part, "sin", "cos") for part in postorder(node))


def _damped(node: Expr, bound: Callable[[Expr], Interval]) -> Expr:
    """Vanishing factors gathered on the left of a `damp`, if the rest can become infinite.

    exp(-exp(x)) beats exp(x), which beats powers: the deeper one is damped first.
    """
    coefficient, factors = split(node)
    _merge_roots(factors)
    _merge_gates(factors)
    _merge_squares(factors)
    vanishing: Factors = {b: e for b, e in factors.items() if e > 0 and _vanishes(b)}
    rest: Factors = {b: e for b, e in factors.items() if b not in vanishing}
    if not vanishing:
        vanishing = {b: e for b, e in rest.items() if e < 0 and not bound(b).bounded}
        rest = {b: e for b, e in rest.items() if b not in vanishing}
        if not vanishing or not _tends_to_zero(node):
            return join(coefficient, factors)
    numerator = {b: e for b, e in rest.items() if e > 0}
    damped = _by_depth(vanishing, bound)
    if all(bound(base).bounded and not _oscillates(base) for base in numerator):
        return multiply(damped, join(coefficient, rest)) if is_call(damped, "damp") else node
    return build("damp", damped, join(coefficient, rest))


def _by_depth(vanishing: Factors, bound: Callable[[Expr], Interval]) -> Expr:
    """The product of factors that vanish: the bounded ones with most exponentials beat the rest."""
    deepest = max(map(_depth, vanishing))
    first = {b: e for b, e in vanishing.items() if _depth(b) == deepest and bound(b).bounded}
    rest = {b: e for b, e in vanishing.items() if b not in first}
    if not first or all(bound(base).bounded for base in rest):
        return join(Fraction(1), vanishing)
    return build("damp", join(Fraction(1), first), _by_depth(rest, bound))


def _depth(node: Expr) -> int:
    """How many exponentials are nested."""
    own = is_call(node, *_EXPONENTIAL)
    return own + max(map(_depth, arguments_of(node)), default=0)


def _merge_roots(factors: Factors) -> None:
    """u / sqrt(1 + u^2) is one function, with a limit at infinity."""
    for base, exponent in list(factors.items()):
        if not is_call(base, "inverse_root") or exponent < 1:
            continue
        (u,) = arguments_of(base)
        times = min(exponent, factors.get(u, Fraction(0)))
        if times >= 1:
            for part, count in ((base, -times), (u, -times), (build("isru", u), times)):
                factors[part] = factors.get(part, Fraction(0)) + count
    for base in [base for base, exponent in factors.items() if exponent == 0]:
        del factors[base]


def _merge_gates(factors: Factors) -> None:
    """u (arctan(u) / pi + 1/2) tends to -1/pi."""
    for base in [base for base in factors if is_call(base, "arctan_gate")]:
        (u,) = arguments_of(base)
        if factors[base] == 1 == factors.get(u):
            del factors[base], factors[u]
            factors[where(u < -(2**60), -1 / build("pi"), u * base)] = Fraction(1)


def _merge_squares(factors: Factors) -> None:
    """u / (3 + c u^2) is 1 / (c u) where 3 is nothing beside the square, which may overflow."""
    for base, exponent in list(factors.items()):
        found = square_beside_number(base)
        if found is None or any(map(_oscillates, factors)):
            continue
        share, u = found
        times = factors.get(u, Fraction(0))
        if 1 <= times <= -exponent:
            quotient = where(absolute(u) > FAR, 1 / (share * u), u / base)
            factors[base] += times
            factors[quotient] = factors.pop(u)
            if not factors[base]:
                del factors[base]


def _vanishes(node: Expr) -> bool:
    """Does it tend to 0 like an exponential, at one end at least?"""
    arguments = arguments_of(node)
    if is_call(node, "power", *_ZERO_AT_ZERO):
        return _vanishes(arguments[0])
    if is_call(node, "multiply", "divide", "damp"):
        return any(map(_vanishes, arguments))
    if is_call(node, "add", "subtract"):
        return all(map(_vanishes, arguments))
    if is_call(node, "where"):
        branches = arguments[1:]
        steady = [each for each in branches if isinstance(each, Constant)]
        return len(steady) == 1 and any(map(_vanishes, branches))
    return is_call(node, *_VANISHING)


def _tends_to_zero(node: Expr) -> bool:
    """Does it, at both ends, as far as three powers of ten can tell?"""
    names = [name for name in symbols([node]) if name != "x"]
    run = as_function(node, "x", *names)
    for sign in (1.0, -1.0):
        sizes = [abs(run(sign * x, *(1.0 for _ in names))) for x in (1e3, 1e6, 1e9)]
        if not (sizes[0] > 10 * sizes[1] and sizes[1] > 10 * sizes[2]) and any(sizes):
            return False
    return True


def _guarded(root: Expr) -> Expr:
    """NaN in, NaN out: `guard(y, x)` is x where x is NaN."""
    names = [name for name in symbols([root]) if name != "x"]
    answer = as_function(root, "x", *names)(math.nan, *(1.0 for _ in names))
    return root if math.isnan(answer) else build("guard", root, symbol("x"))
