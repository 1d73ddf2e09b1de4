"""The truth: our float64 kernels, themselves checked against mpmath at 50 digits.

They share the formula with the float32 kernels, and nothing of their arithmetic: other
polynomials, and pairs of doubles in the arguments of exponentials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.derivative import derivative
from ulp.tally import FLOAT32, NOWHERE, Array

ORDERS = ("value", "derivative", "second")
REACH, STEP = 16.0, 2.0**-10  # zeros of derivatives are looked for in -REACH .. REACH
TOUCHING = 2.0**-16  # a minimum of |f'| on the grid below this is a zero without change of sign
STEEP = 0.5  # above, a few ULP are more than one ULP of 1
SIZES = ("0", "1e-45", "1e-40", "1.2e-38", "1e-30", "1e-8", "6e-5", "1e-3", "0.1", "0.5", "1")
LARGE = ("3", "10", "17", "30", "88", "89", "104", "300", "1e4", "1e8", "1e19", "3.4e38", "inf")


def truth(activation: Any, x: Array, order: int, precision: str = "fast") -> Array:
    """f or a derivative at x, as float64."""
    with np.errstate(all="ignore"):
        wide = x.astype(np.float64)
    if order == 0:
        return activation(wide, precision=precision)
    return activation.derivative(wide, order, precision=precision)


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
    places = [i for i in np.flatnonzero(low) + 1 if abs(grid[i]) > STEP]
    found = [[grid[_climb(size, i, -1)], grid[_climb(size, i, 1)]] for i in places]
    return np.array(found) if found else NOWHERE


def _climb(size: Array, i: int, step: int) -> int:
    """From i uphill to the top, or to where it is steep."""
    while 0 < i < len(size) - 1 and size[i] <= size[i + step] < STEEP:
        i += step
    return i


def check(activation: Any, points: int) -> dict[str, Any]:
    """The worst error of the truth, in float32 ULP, at special and at random points.

    Around zeros of a derivative in ULP of 1 where that is less: what is compared with it there.
    """
    x = _points(activation, points)
    found: dict[str, Any] = {"points": len(x)}
    for order, label in enumerate(ORDERS):
        got = truth(activation, x, order)
        true = oracle(activation, order, x)
        errors = np.array([_error(g, t) for g, t in zip(got, true, strict=True)])
        for low, high in zeros(activation, order):
            for i in np.flatnonzero((x >= low) & (x <= high)):
                errors[i] = min(errors[i], abs(float(got[i] - true[i])) / FLOAT32.epsilon)
        worst = int(np.argmax(errors))
        found[label] = [float(errors[worst]), str(x[worst])]
    return found


def oracle(activation: Any, order: int, x: Sequence[Any]) -> list[Any]:
    """mpmath on the formula as its author wrote it."""
    graph = activation.graph
    function = compile_mpmath(derivative(graph, order=order) if order else graph, "x")
    return [function(float(each)) for each in x]


def _points(activation: Any, count: int) -> Array:
    """Special numbers, what surrounds breakpoints and zeros of derivatives, random numbers."""
    special = [sign + size for size in (*SIZES, *LARGE) for sign in ("", "-")]
    near = [*activation.properties.breakpoints, *zeros(activation, 1).ravel()[:8]]
    bare = [np.float32(each) for each in (*special, *near, *_crossings(activation)[:4])]
    around = [np.nextafter(each, np.float32(to)) for each in bare for to in (-np.inf, np.inf)]
    random = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        anything = random.integers(0, 1 << 32, count // 2, np.uint32).view(np.float32)
        usual = 5 * random.standard_normal(count - count // 2).astype(np.float32)
    return np.array([*bare, *around, np.float32("nan"), *anything, *usual], np.float32)


def _crossings(activation: Any) -> list[float]:
    """The zeros of f' themselves."""
    found = []
    for low, high in zeros(activation, 1):
        grid = np.linspace(low, high, 100_001)
        found.append(grid[np.argmin(np.abs(activation.derivative(grid, 1)))])
    return found


def _error(got: float, true: Any) -> float:
    """|got - true| in float32 ULP; infinite where one is NaN or too large and the other not."""
    rounded = float(true)
    if math.isnan(rounded) or math.isnan(got):
        return 0.0 if math.isnan(rounded) and math.isnan(got) else math.inf
    if min(abs(rounded), abs(got)) >= FLOAT32.limit:
        return 0.0 if (rounded > 0) == (got > 0) else math.inf
    exponent = max(math.frexp(rounded)[1] - 1, FLOAT32.lowest)
    return float(abs(float(got) - true)) * 2.0 ** (FLOAT32.digits - 1 - exponent)
