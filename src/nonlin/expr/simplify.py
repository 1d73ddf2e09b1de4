"""Collect like terms and factors, so that derivatives stay short, readable and accurate.

A sum is kept as {term: coefficient} and a product as {base: exponent}, both in the order in
which their parts first appear: the author's order survives.
"""

from __future__ import annotations

from fractions import Fraction
from math import log2

from nonlin.expr.nodes import (
    Call,
    Expr,
    add,
    arguments_of,
    build,
    constant,
    divide,
    foldable,
    is_call,
    multiply,
    power,
    subtract,
    value_of,
)
from nonlin.expr.walk import rewrite

Factors = dict[Expr, Fraction]
Terms = dict[Expr, Fraction]

LARGEST = 900  # exponent of 2: a product of coefficients stays clear of overflow
_SUMS = ("add", "subtract", "negate")
_PRODUCTS = ("multiply", "divide", "negate", "power")


def simplify(root: Expr) -> Expr:
    """An equal expression with like terms and factors collected."""
    return rewrite(root, _collect)


def _collect(node: Expr) -> Expr:
    if is_call(node, "add", "subtract"):
        return _sum(node)
    if is_call(node, *_PRODUCTS):
        return join(*split(node))
    return node


def split(node: Expr) -> tuple[Fraction, Factors]:
    """A product as (coefficient, {base: exponent})."""
    coefficient, factors = Fraction(1), Factors()
    stack: list[tuple[Expr, Fraction]] = [(node, Fraction(1))]
    while stack:
        part, exponent = stack.pop()
        number = value_of(part)
        if number is not None and foldable(number, exponent):
            coefficient *= number**exponent.numerator
        elif inner := _parts(part, exponent):
            coefficient *= inner[0]
            stack.extend(reversed(inner[1]))
        else:
            _count(factors, part, exponent)
    return coefficient, factors


def _count(factors: Factors, base: Expr, exponent: Fraction) -> None:
    """One more factor. x**0.5 * x**0.5 stays what it is: x would be defined below 0, too."""
    total = factors.get(base, Fraction(0)) + exponent
    if total.denominator == 1 and exponent.denominator != 1:
        base, exponent, total = power(base, exponent), Fraction(1), Fraction(1)
        total += factors.get(base, Fraction(0))
    factors[base] = total


def _parts(part: Expr, exponent: Fraction) -> tuple[int, list[tuple[Expr, Fraction]]] | None:
    """One level of a product taken apart; None for what is no product."""
    arguments = arguments_of(part)
    whole = exponent.denominator == 1
    if whole and is_call(part, "multiply") and _distributes(arguments, exponent):
        return 1, [(arguments[0], exponent), (arguments[1], exponent)]
    if whole and is_call(part, "divide"):
        return 1, [(arguments[0], exponent), (arguments[1], -exponent)]
    if whole and is_call(part, "negate"):
        return -1 if exponent % 2 else 1, [(arguments[0], exponent)]
    if whole and is_call(part, "power") and (n := value_of(arguments[1])) is not None:
        keeps_domain = n.denominator == 1 or (n * exponent).denominator != 1
        return (1, [(arguments[0], n * exponent)]) if keeps_domain else None
    return None


def _distributes(factors: tuple[Expr, ...], exponent: Fraction) -> bool:
    """Is every number among the factors, raised to the exponent, still one that floats can hold?"""
    numbers = [n for n in map(value_of, factors) if n]
    sizes = [abs(log2(abs(n.numerator)) - log2(n.denominator)) for n in numbers]
    return all(size * abs(exponent) < LARGEST for size in sizes)


def join(coefficient: Fraction, factors: Factors) -> Expr:
    """The product of a coefficient and powers, as numerator / denominator."""
    coefficient, factors = _double_angle(coefficient, factors)
    above, below = constant(coefficient.numerator), constant(1)
    decimal = _is_decimal(coefficient)
    if decimal:
        above = constant(coefficient)
    for base, exponent in factors.items():
        if exponent > 0:
            above = multiply(above, power(base, exponent))
        elif exponent < 0:
            below = multiply(below, power(base, -exponent))
    return divide(above, below if decimal else multiply(coefficient.denominator, below))


def _is_decimal(number: Fraction) -> bool:
    """Was it written as a decimal (0.044715) rather than as a quotient (1/6)?"""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and number.denominator >= 10


def _double_angle(coefficient: Fraction, factors: Factors) -> tuple[Fraction, Factors]:
    """sin(u) cos(u) = sin(2u) / 2, which has no cancellation in 1 + 2 sin(u) cos(u)."""
    for base, exponent in factors.items():
        if is_call(base, "sin") and exponent == 1:
            partner = build("cos", *arguments_of(base))
            if factors.get(partner) == 1:
                double = build("sin", simplify(2 * arguments_of(base)[0]))
                rest = {b: e for b, e in factors.items() if b is not partner}
                joined = {(double if b is base else b): e for b, e in rest.items()}
                return coefficient / 2, joined
    return coefficient, factors


def _sum(node: Expr) -> Expr:
    terms = terms_of(node)
    common = _common_factors(list(terms))
    if common:
        rest = Terms()
        for term, coefficient in terms.items():
            left = join(Fraction(1), _without(term, common))
            rest[left] = rest.get(left, Fraction(0)) + coefficient
        return join(*split(multiply(join(Fraction(1), common), _sum(_add_up(rest)))))
    quotient = _rest_of_one(terms)
    return _add_up(terms) if quotient is None else quotient


def _rest_of_one(terms: Terms) -> Expr | None:
    """c - c a / (1 + a) as c / (1 + a), where nothing cancels."""
    if len(terms) != 2 or sum(terms.values()) != 0:
        return None
    quotient = next((term for term in terms if is_call(term, "divide")), None)
    if quotient is None or constant(1) not in terms:
        return None
    above, below = arguments_of(quotient)
    whole = terms_of(below)
    if whole.keys() != {constant(1), above} or set(whole.values()) != {Fraction(1)}:
        return None
    return divide(constant(terms[constant(1)]), below)


def terms_of(node: Expr) -> Terms:
    """A sum as {term without its coefficient: coefficient}; the number itself under 1."""
    terms = Terms()
    stack = [(node, Fraction(1))]
    while stack:
        part, sign = stack.pop()
        arguments = arguments_of(part)
        if is_call(part, *_SUMS):
            signs = {"add": (sign, sign), "subtract": (sign, -sign), "negate": (-sign,)}
            assert isinstance(part, Call)  # noqa: S101 - for the type checker
            stack.extend(reversed(list(zip(arguments, signs[part.primitive], strict=True))))
            continue
        coefficient, factors = split(part)
        term = join(Fraction(1), factors)
        terms[term] = terms.get(term, Fraction(0)) + sign * coefficient
    return {term: c for term, c in _distributed(terms).items() if c != 0}


def _distributed(terms: Terms) -> Terms:
    """2 (1 + a) + 3 a = 2 + 5 a: a sum is multiplied out if a term of it stands beside it."""
    spread = Terms()
    for term, coefficient in terms.items():
        inner = terms_of(term) if is_call(term, *_SUMS) else {}
        if not inner.keys() & terms.keys():
            inner = {term: Fraction(1)}
        for each, share in inner.items():
            spread[each] = spread.get(each, Fraction(0)) + coefficient * share
    return spread


def _add_up(terms: Terms) -> Expr:
    total = constant(0)
    for term, coefficient in sorted(terms.items(), key=lambda item: item[1] < 0):
        piece = join(*_scaled(term, abs(coefficient)))
        total = subtract(total, piece) if coefficient < 0 else add(total, piece)
    return total


def _scaled(term: Expr, coefficient: Fraction) -> tuple[Fraction, Factors]:
    own, factors = split(term)
    return own * coefficient, factors


def _common_factors(terms: list[Expr]) -> Factors:
    """Bases that every term has, with the exponent nearest to 0."""
    if len(terms) < 2:
        return {}
    first, *others = [split(term)[1] for term in terms]
    common = Factors()
    for base, exponent in first.items():
        exponents = [exponent, *(factors.get(base, Fraction(0)) for factors in others)]
        if min(exponents) > 0:
            common[base] = min(exponents)
        elif max(exponents) < 0:
            common[base] = max(exponents)
    return common


def _without(term: Expr, common: Factors) -> Factors:
    _, factors = split(term)
    return {base: exponent - common.get(base, Fraction(0)) for base, exponent in factors.items()}
