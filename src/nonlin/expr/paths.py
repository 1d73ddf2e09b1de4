"""What a kernel computes from a formula f(x): derivatives in one pass, or a gradient carried back.

A path is either a tuple of orders (0 is the value), or one of the names of `NAMED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.nodes import Expr, constant, multiply, symbol
from nonlin.expr.recognise import recognise
from nonlin.expr.simplify import simplify
from nonlin.expr.stable import stabilise
from nonlin.expr.walk import substitute, symbols

Path = tuple[int, ...] | str


@dataclass(frozen=True, slots=True)
class Named:
    """The arrays that come in and go out, and how the outputs follow from f and f'."""

    inputs: tuple[str, ...]
    outputs: int
    rule: Callable[[Expr, Expr], list[Expr]]


VALUE = "value"  # beside x, what a gated pair takes
_GRAD, _VALUE = symbol("grad"), symbol(VALUE)

NAMED = {
    "from_output": Named(("grad", "y"), 1, lambda rule, _: [rule]),
    "backward": Named(("grad", "x"), 1, lambda f, slope: [multiply(_GRAD, slope)]),
    "gate": Named(("value", "x"), 1, lambda f, slope: [multiply(_VALUE, f)]),
    "gate_backward": Named(
        ("grad", "value", "x"),
        2,
        lambda f, slope: [multiply(_GRAD, f), multiply(multiply(_GRAD, _VALUE), slope)],
    ),
}


def inputs_of(path: Path) -> tuple[str, ...]:
    """Names of the arrays that the path reads; x is the argument of the formula."""
    return NAMED[path].inputs if isinstance(path, str) else ("x",)


def outputs_of(path: Path) -> int:
    """How many arrays the path writes."""
    return NAMED[path].outputs if isinstance(path, str) else len(path)


def roots_of(formula: Expr, path: Path) -> list[Expr]:
    """One expression per output, safe to evaluate; a gradient only multiplies."""
    if not isinstance(path, str):
        return [stabilise(root) for root in derivatives(formula, path)]
    if path == "from_output":  # the formula is that of the gradient already
        return NAMED[path].rule(formula, formula)
    if is_gated(formula):
        factor = gate_factor(formula)
        if factor is None:
            return _pair_roots(formula, path)
        formula = factor
    value, slope = (stabilise(root) for root in derivatives(formula, (0, 1)))
    return NAMED[path].rule(value, slope)


@dataclass(frozen=True, slots=True)
class Tabled:
    """The outputs of a path, of its inputs and of f0 and f1, which are f and f' of a formula."""

    formula: Expr
    orders: tuple[int, ...]
    outputs: list[Expr]


def tabled(formula: Expr, path: Path) -> Tabled | None:
    """A path by f and f', if these are all that it needs."""
    names = symbol("f0"), symbol("f1")
    if not isinstance(path, str):
        orders = tuple(sorted(set(path)))
        fits = max(path) <= 1 and not is_gated(formula)
        return Tabled(formula, orders, [names[order] for order in path]) if fits else None
    factor = gate_factor(formula) if is_gated(formula) else formula
    if path == "from_output" or factor is None:
        return None
    orders = {"backward": (1,), "gate": (0,), "gate_backward": (0, 1)}[path]
    return Tabled(factor, orders, NAMED[path].rule(*names))


def is_gated(formula: Expr) -> bool:
    """Does it take two arrays, `value` and the input x of its gate?"""
    return VALUE in symbols([formula])


def gate_factor(formula: Expr) -> Expr | None:
    """f, where the formula is value * f(x)."""
    factor = derivative(formula, VALUE)
    rest = simplify(substitute(formula, {VALUE: 0}))
    return factor if not is_gated(factor) and rest == constant(0) else None


def _pair_roots(formula: Expr, path: str) -> list[Expr]:
    """The paths "gate" and "gate_backward" of a formula in value and x that is no product."""
    pair = recognise(formula)
    if path == "gate":
        return [stabilise(pair)]
    slopes = (stabilise(derivative(pair, name)) for name in (VALUE, "x"))
    return [multiply(_GRAD, slope) for slope in slopes]
