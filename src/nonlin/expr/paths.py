"""What a kernel computes from a formula f(x): derivatives in one pass, or a gradient carried back.

A path is either a tuple of orders (0 is the value), or one of the names of `NAMED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nonlin.expr.derivative import derivatives
from nonlin.expr.nodes import Expr, multiply, symbol
from nonlin.expr.stable import stabilise

Path = tuple[int, ...] | str


@dataclass(frozen=True, slots=True)
class Named:
    """The arrays that come in and go out, and how the outputs follow from f and f'."""

    inputs: tuple[str, ...]
    outputs: int
    rule: Callable[[Expr, Expr], list[Expr]]


_GRAD, _VALUE = symbol("grad"), symbol("value")

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
    value, slope = (stabilise(root) for root in derivatives(formula, (0, 1)))
    return NAMED[path].rule(value, slope)
