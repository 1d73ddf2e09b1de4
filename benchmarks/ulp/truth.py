"""The truth of `nonlin.audit`, itself checked against mpmath at 50 digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from nonlin.audit.tally import FLOAT32, Array
from nonlin.audit.truth import error, oracle, zeros

ORDERS = ("value", "derivative", "second")
SIZES = ("0", "1e-45", "1e-40", "1.2e-38", "1e-30", "1e-8", "6e-5", "1e-3", "0.1", "0.5", "1")
LARGE = ("3", "10", "17", "30", "88", "89", "104", "300", "1e4", "1e8", "1e19", "3.4e38", "inf")


def truth(activation: Any, x: Array, order: int, precision: str = "fast") -> Array:
    """f or a derivative at x, as float64."""
    with np.errstate(all="ignore"):
        wide = x.astype(np.float64)
    if order == 0:
        return activation(wide, precision=precision)
    return activation.derivative(wide, order, precision=precision)


def check(activation: Any, points: int) -> dict[str, Any]:
    """The worst error of the truth, in float32 ULP, at special and at random points.

    Around zeros of a derivative in ULP of 1 where that is less: what is compared with it there.
    """
    x = _points(activation, points)
    found: dict[str, Any] = {"points": len(x)}
    for order, label in enumerate(ORDERS):
        got = truth(activation, x, order)
        true = [oracle(activation, order)(float(each)) for each in x]
        errors = np.array([error(g, t, FLOAT32) for g, t in zip(got, true, strict=True)])
        for low, high in zeros(activation, order):
            for i in np.flatnonzero((x >= low) & (x <= high)):
                errors[i] = min(errors[i], abs(float(got[i] - true[i])) / FLOAT32.epsilon)
        worst = int(np.argmax(errors))
        found[label] = [float(errors[worst]), str(x[worst])]
    return found


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
