"""What a training engine in a browser needs beside activations, as expressions: see `wasm`.

JavaScript's own exp, log, sin and cos differ between browsers, and its loops have no vectors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nonlin.expr.machine.modes import MODES, Mode
from nonlin.expr.nodes import Expr, absolute, build, compare, constant, multiply, symbol, where

TINY = 1e-36  # below, a gradient or the mean of some is 0: see `network.optimise`
FAINT = 4e-18  # below, a slope is 0 for the mean of squares: 1 - BETA2 of its square is subnormal
BETA1, BETA2 = 0.9, 0.999  # of Adam, as there


@dataclass(frozen=True, slots=True)
class Export:
    """A function of a module: what it computes of which arrays and parameters."""

    name: str
    roots: tuple[Expr, ...]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    mode: Mode


def _helper(name: str, roots: Iterable[Expr], inputs: str = "x", parameters: str = "") -> Export:
    mode = MODES["float32", "derived" if name in ("sin", "cos") else "fast"]
    return Export(name, tuple(roots), tuple(inputs.split()), tuple(parameters.split()), mode)


def _unless_tiny(number: Expr, least: float = TINY) -> Expr:
    return where(compare("less", absolute(number), constant(least)), constant(0), number)


def _moved(step: Expr) -> Expr:
    """Values after a step, with decay: keep is 1 - rate decay."""
    return symbol("keep") * symbol("values") - symbol("size") * step


def _adamw() -> Export:
    """size, epsilon: the learning rate and 1e-8, corrected for how young the means are."""
    slope, first, second = map(symbol, ("slope", "first", "second"))
    mean = _unless_tiny(constant(BETA1) * first + constant(1 - BETA1) * slope)
    seen = _unless_tiny(slope, FAINT)
    square = _unless_tiny(constant(BETA2) * second + constant(1 - BETA2) * seen * seen)
    moved = _moved(mean / (build("sqrt", square) + symbol("epsilon")))
    return _helper("adamw", [moved, mean, square], "values slope first second", "keep size epsilon")


def _sgd() -> Export:
    speed = _unless_tiny(symbol("momentum") * symbol("velocity") + symbol("slope"))
    return _helper("sgd", [_moved(speed), speed], "values slope velocity", "keep size momentum")


HELPERS = (
    *(_helper(name, [build(name, symbol("x"))]) for name in ("exp", "log", "sin", "cos")),
    _helper("multiply", [_unless_tiny(multiply(symbol("x"), symbol("y")))], "x y"),
    _adamw(),
    _sgd(),
)
