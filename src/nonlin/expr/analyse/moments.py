"""Mean and variance of the output under a standard normal input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from nonlin.expr.analyse.curve import EDGE, STEP
from nonlin.expr.analyse.shape import beside
from nonlin.expr.floats import table
from nonlin.expr.nodes import Expr


def normal_moments(root: Expr, points: Sequence[float]) -> tuple[float, float]:
    """(mean, variance) of f(z) for a standard normal z: Simpson's rule between breakpoints."""
    edges = [-EDGE, *(p for p in points if -EDGE < p < EDGE), EDGE]
    xs: list[float] = []
    weights: list[float] = []
    for low, high in pairwise(edges):
        count = 2 * max(2, math.ceil((high - low) / STEP / 2))
        step = (high - low) / count
        # the ends of a piece belong to it, not to its neighbour
        first, last = beside(low, 1, 1e-12), beside(high, -1, 1e-12)
        for k in range(count + 1):
            x = low + k * step
            xs.append(min(max(x, first), last))
            weight = 1 if k in (0, count) else 4 if k % 2 else 2
            weights.append(weight * step / 3 * math.exp(-x * x / 2) / math.sqrt(2 * math.pi))
    (ys,) = table([root], xs)
    mean = sum(w * y for w, y in zip(weights, ys, strict=True))
    variance = sum(w * (y - mean) ** 2 for w, y in zip(weights, ys, strict=True))
    return 0.0 if abs(mean) < 1e-7 else mean, variance
