"""What the theory works on: the graph of an activation, and where it is not smooth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from nonlin.emit.numpy import compile_together
from nonlin.expr.derivative import derivatives
from nonlin.expr.nodes import Expr
from nonlin.gaussian_moments.quadrature import Array


@dataclass(frozen=True, slots=True)
class Nonlinearity:
    """f as a graph whose only symbol is x; `breaks`: where f, f' or f'' jumps; `jumps`: where f."""

    root: Expr
    breaks: tuple[float, ...] = ()
    jumps: tuple[float, ...] = ()

    def __call__(self, x: Array) -> Array:
        """f(x), of the shape of x."""
        values: Array = derivatives_of(self.root, 0)(x)[0]
        return values


@lru_cache(maxsize=512)
def derivatives_of(root: Expr, order: int) -> Callable[[Array], Array]:
    """f and its derivatives to `order` as one function: x of any shape gives (order + 1, ...)."""
    return compile_together(*derivatives(root, range(order + 1)))
