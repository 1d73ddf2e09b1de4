"""The truth: our float64 kernels, themselves checked against mpmath.

They share the formula with the float32 kernels, and nothing of their arithmetic: other
polynomials, and pairs of doubles in the arguments of exponentials.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import mpmath
import numpy as np

from nonlin.audit.tally import NOWHERE, Array, Format
from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.derivative import derivative

REACH, STEP = 32.0, 2.0**-10  # zeros of derivatives are looked for in -REACH .. REACH
TOUCHING = 2.0**-16  # a minimum of |f'| on the grid below this is a zero without change of sign
STEEP = 0.5  # above, a few ULP are more than one ULP of 1


@cache
def zeros(activation: Any, order: int) -> Array:
    """Intervals around the zeros of a derivative, where its error is bounded absolutely.

    Each goes from the zero to where the derivative stops growing, or reaches 1/2. A zero at
    x = 0 needs none: numbers are dense there.
    """
    if order == 0:
        return NOWHERE
    grid = np.arange(-REACH, REACH + STEP, STEP)
    y = activation.derivative(grid, order, precision="exact")
    size = np.abs(y)
    low = (size[1:-1] < size[:-2]) & (size[1:-1] < size[2:])
    low &= (y[:-2] * y[2:] < 0) | (size[1:-1] < TOUCHING)
    places = [i for i in (np.flatnonzero(low) + 1).tolist() if abs(grid[i]) > STEP]
    found = [[grid[_climb(size, i, -1)], grid[_climb(size, i, 1)]] for i in places]
    return np.array(found) if found else NOWHERE


def _climb(size: Array, i: int, step: int) -> int:
    """From i uphill to the top, or to where it is steep."""
    while 0 < i < len(size) - 1 and size[i] <= size[i + step] < STEEP:
        i += step
    return i


@cache
def oracle(activation: Any, order: int) -> Any:
    """mpmath on the formula as its author wrote it: a function of one number."""
    graph = activation.graph
    return compile_mpmath(derivative(graph, order=order) if order else graph, "x")


def error(got: float, true: Any, kind: Format) -> float:
    """|got - true| in ULP of a format; infinite where one is NaN or too large, the other not."""
    rounded = float(true)
    if math.isnan(rounded) or math.isnan(got):
        return 0.0 if math.isnan(rounded) and math.isnan(got) else math.inf
    if min(abs(rounded), abs(got)) >= kind.limit:
        return 0.0 if (rounded > 0) == (got > 0) else math.inf
    exponent = max(math.frexp(rounded)[1] - 1, kind.lowest)
    return float(mpmath.ldexp(abs(got - true), kind.digits - 1 - exponent))
