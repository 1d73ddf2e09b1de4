"""Recognise what an author wrote out: log(1 + exp(x)) is softplus(x), 1 - tanh(x)**2 is sech^2.

The named function has no cancellation and no overflow, and neither have its derivatives, so
this runs once on a formula, before it is differentiated.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from nonlin.expr.nodes import (
    Call,
    Expr,
    add,
    arguments_of,
    build,
    constant,
    is_call,
    multiply,
    negate,
    power,
    square_of,
    value_of,
)
from nonlin.expr.simplify import join, simplify, split, terms_of
from nonlin.expr.walk import rewrite

ONE = constant(1)


@lru_cache(maxsize=1024)
def recognise(formula: Expr) -> Expr:
    """An equal expression in terms of the primitives that are stable."""
    return rewrite(formula, _rule)


def _rule(node: Expr) -> Expr:
    if is_call(node, "add", "subtract"):
        return _sum(node)
    if is_call(node, "multiply", "divide"):
        return _product(node)
    if is_call(node, "power") and value_of(arguments_of(node)[1]) == -1:
        return _product(1 / arguments_of(node)[0])
    if is_call(node, "log", "log1p"):
        return _logarithm(node)
    return node


def _exponent(node: Expr) -> Expr | None:
    """u, if the node is exp(u)."""
    return arguments_of(node)[0] if is_call(node, "exp") else None


def _one_plus_exponential(node: Expr) -> Expr | None:
    """u, if the node is 1 + exp(u)."""
    if not is_call(node, "add", "subtract"):
        return None
    terms = terms_of(node)
    if len(terms) != 2 or terms.get(ONE) != 1:
        return None
    other = next(term for term in terms if term is not ONE)
    return _exponent(other) if terms[other] == 1 else None


def _sum(node: Expr) -> Expr:
    terms = terms_of(node)
    if len(terms) != 2:
        return node
    (first, c), (second, d) = terms.items()
    for (a, p), (b, q) in (((first, c), (second, d)), ((second, d), (first, c))):
        found = _one_and(b, q / p) if a is ONE else _pair(a, b, q / p)
        if found is not None:
            return simplify(multiply(p, found))
    return node


def one_less_exponential(node: Expr) -> Expr:
    """A rule: 1 - exp(u) as -expm1(u), as derivatives come to have it."""
    if not is_call(node, "add", "subtract"):
        return node
    terms = terms_of(node)
    rest = [term for term in terms if term is not ONE]
    found = len(terms) == 2 and len(rest) == 1 and terms[rest[0]] == -terms[ONE]
    return _sum(node) if found and is_call(rest[0], "exp") else node


def _one_and(term: Expr, ratio: Fraction) -> Expr | None:
    """1 + ratio * term under its own name."""
    arguments = arguments_of(term)
    if is_call(term, "tanh") and abs(ratio) == 1:
        return multiply(2, build("sigmoid", simplify(2 * ratio * arguments[0])))
    if is_call(term, "erf") and abs(ratio) == 1:
        scaled = simplify(multiply(ratio, multiply(build("sqrt", constant(2)), arguments[0])))
        return multiply(2, build("normal_cdf", scaled))
    if is_call(term, "cos") and ratio == -1:
        return multiply(2, power(build("sin", simplify(arguments[0] / 2)), 2))
    if is_call(term, "exp") and ratio == -1:
        return negate(build("expm1", arguments[0]))
    if is_call(term, "sigmoid") and ratio == -1:
        return build("sigmoid", negate(arguments[0]))
    if is_call(term, "sigmoid") and ratio == -2:
        return build("tanh", negate(arguments[0]) / 2)
    base = square_of(term)
    if base is not None and ratio == -1 and is_call(base, "tanh"):
        return build("sech_squared", *arguments_of(base))
    return None


def _pair(a: Expr, b: Expr, ratio: Fraction) -> Expr | None:
    """a + ratio * b under its own name."""
    if ratio == -1 and is_call(a, "exp") and is_call(b, "exp"):
        return _difference(*arguments_of(a), *arguments_of(b))
    if ratio == -1 and is_call(b, "tanh") and arguments_of(b)[0] is a:
        return build("tanhshrink", a)
    if ratio == 1 and is_call(b, "sqrt"):
        inside = terms_of(arguments_of(b)[0])
        rest = {term: c for term, c in inside.items() if term is not power(a, 2)}
        if inside.get(power(a, 2)) == 1 and len(rest) == 1:
            (term, c) = next(iter(rest.items()))
            return multiply(2, build("squareplus", a, join(*split(multiply(c, term)))))
    return None


def _difference(u: Expr, v: Expr) -> Expr | None:
    """exp(u) - exp(v) for multiples of one product, beside whose zeros all would cancel."""
    (p, first), (q, second) = split(u), split(v)
    if first != second:
        return None
    if p * q < 0:
        return build("expm1", u) - build("expm1", v)
    if abs(p) < abs(q):  # the smaller exponential is taken out, lest it overflow alone
        return -build("exp", u) * build("expm1", simplify(v - u))
    return build("exp", v) * build("expm1", simplify(u - v))


def _product(node: Expr) -> Expr:
    coefficient, factors = split(node)
    changed = _ratio_of_exponentials(factors) or _density(factors)
    for base, exponent in list(factors.items()):
        u = _one_plus_exponential(base)
        if u is not None and exponent < 0:
            del factors[base]
            logistic = build("sigmoid", negate(u))
            factors[logistic] = factors.get(logistic, Fraction(0)) - exponent
            changed = True
    for base in list(factors):
        changed = _absorb_exponential(base, factors) or _softsign(base, factors) or changed
    return join(coefficient, factors) if changed else node


def _density(factors: dict[Expr, Fraction]) -> bool:
    """sigmoid(u) sigmoid(-u), the derivative of sigmoid"""
    for base, exponent in list(factors.items()):
        partner = (
            build("sigmoid", negate(*arguments_of(base))) if is_call(base, "sigmoid") else base
        )
        if partner is not base and exponent == 1 == factors.get(partner):
            del factors[base], factors[partner]
            factors[build("logistic_density", *arguments_of(base))] = Fraction(1)
            return True
    return False


def _absorb_exponential(base: Expr, factors: dict[Expr, Fraction]) -> bool:
    """exp(u) sigmoid(-u) = sigmoid(u)"""
    u = _exponent(base)
    if u is None or factors.get(base) != 1:
        return False
    partner = build("sigmoid", negate(u))
    if factors.get(partner, 0) < 1:
        return False
    del factors[base]
    factors[partner] -= 1
    logistic = build("sigmoid", u)
    factors[logistic] = factors.get(logistic, Fraction(0)) + 1
    return True


def _softsign(base: Expr, factors: dict[Expr, Fraction]) -> bool:
    """u / (1 + |u|) = softsign(u), in any power: its limits are numbers"""
    if factors.get(base, 0) > -1 or not is_call(base, "add"):
        return False
    for u in list(factors):
        if base in (add(1, build("absolute", u)), add(build("absolute", u), 1)):
            times = min(factors[u], -factors[base])
            if times.denominator != 1 or times < 1:
                return False
            both = {build("softsign", u): times, u: -times, base: times}
            for part, count in both.items():
                factors[part] = factors.get(part, Fraction(0)) + count
            for part in (u, base):
                if not factors[part]:
                    del factors[part]
            return True
    return False


def _ratio_of_exponentials(factors: dict[Expr, Fraction]) -> bool:
    """(exp(u) - exp(-u)) / (exp(u) + exp(-u)) = tanh(u)"""
    for below, exponent in list(factors.items()):
        if exponent != -1 or not is_call(below, "add"):
            continue
        left, right = (_exponent(part) for part in arguments_of(below))
        if left is None or right is None or negate(left) is not right:
            continue
        above = build("expm1", left) - build("expm1", right)
        if factors.get(above) == 1:
            del factors[below], factors[above]
            factors[build("tanh", left)] = Fraction(1)
            return True
    return False


def _logarithm(node: Expr) -> Expr:
    """log(1 + exp(u)) = softplus(u), log(sigmoid(u)) = -softplus(-u), log(1 + u) = log1p(u)"""
    assert isinstance(node, Call)  # noqa: S101 - for the type checker
    inside = node.arguments[0]
    u = _exponent(inside) if node.primitive == "log1p" else _one_plus_exponential(inside)
    if u is not None:
        return build("softplus", u)
    if node.primitive == "log" and is_call(inside, "sigmoid"):
        return negate(build("softplus", negate(arguments_of(inside)[0])))
    if node.primitive == "log" and is_call(inside, "add") and ONE in arguments_of(inside):
        a, b = arguments_of(inside)
        return build("log1p", b if a is ONE else a)
    return node
