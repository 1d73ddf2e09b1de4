"""Sums that vanish somewhere: beside that place what was rounded before is all that is left."""

from __future__ import annotations

from functools import lru_cache

from nonlin.expr.floats import as_function
from nonlin.expr.machine.singles import constant_of, is_exact
from nonlin.expr.nodes import Expr, arguments_of, build, is_call
from nonlin.expr.walk import fold, postorder, rebuild, symbols

_KEPT = ("multiply", "negate", "guard", "damp")  # they vanish where one of their arguments does
_OF_POLYNOMIALS = ("add", "subtract", "multiply", "negate", "power")
_TRIED = ((0.7, 0.7), (0.7, -0.4), (-0.4, 0.7))  # for the parameters, in turn
_GRID = (*(k / 4 for k in range(-48, 49)), *(s * 10.0**k for s in (1, -1) for k in (2, 4)))


@lru_cache(maxsize=1024)
def crosses_zero(root: Expr, fused: bool = True) -> bool:
    """Is a factor of the result a sum of rounded terms whose sign changes somewhere?

    fused: a product and a sum round once together.
    """
    arguments = arguments_of(root)
    if is_call(root, "divide"):
        return crosses_zero(arguments[0], fused)
    if is_call(root, "where", *_KEPT):
        return any(crosses_zero(each, fused) for each in arguments[is_call(root, "where") :])
    if not is_call(root, "add", "subtract") or "x" not in symbols([root]):
        return False
    if constant_of(root) is not None:  # see `in_two_words`
        return False
    if all(map(_rounds_once if fused else is_exact, arguments)):
        return False
    return _changes_sign(root)


def widen_polynomials(root: Expr) -> Expr:
    """The expression with factors like 9 x**2 - 9 in the wide arithmetic, as slopes have them.

    Beyond the zero they would still take over a multiple of what 9 x**2 was rounded by.
    """
    products = (node for node in postorder(root) if is_call(node, "multiply", "damp"))
    factors = {factor for product in products for factor in arguments_of(product)}
    found = {factor for factor in factors if _is_polynomial(factor) and crosses_zero(factor)}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        built = rebuild(node, arguments)
        return build("rounded_once", built) if node in found else built

    return fold(root, visit)


def _is_polynomial(node: Expr) -> bool:
    """Is it a sum with powers, made of sums and products alone?"""
    calls = [part for part in postorder(node) if arguments_of(part)]
    curved = is_call(node, "add", "subtract") and any(is_call(each, "power") for each in calls)
    return curved and all(is_call(each, *_OF_POLYNOMIALS) for each in calls)


def _changes_sign(root: Expr) -> bool:
    names = [name for name in symbols([root]) if name != "x"]
    f = as_function(root, "x", *names)
    for pair in _TRIED if names else _TRIED[:1]:
        numbers = [pair[place % 2] for place in range(len(names))]
        values = [f(x, *numbers) for x in _GRID]
        if any(v < 0 for v in values) and any(v > 0 for v in values):
            return True
    return False


def _rounds_once(term: Expr) -> bool:
    """Is it at most one operation on exact numbers, which the sum then may fuse?"""
    if is_exact(term):
        return True
    parts = arguments_of(term)
    return is_call(term, "multiply", "power", "divide") and all(map(is_exact, parts))
