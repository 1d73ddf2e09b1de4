"""Mean and variance of the output under a standard normal input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from nonlin.expr.analyse.curve import EDGE
from nonlin.expr.floats import table
from nonlin.expr.nodes import Expr

_PANEL = 0.5
# Gauss and Legendre's rule with five nodes on [-1, 1]
_OUTER, _INNER = (math.sqrt(5 + s * 2 * math.sqrt(10 / 7)) / 3 for s in (1, -1))
_AT_OUTER, _AT_INNER = ((322 - s * 13 * math.sqrt(70)) / 900 for s in (1, -1))
_RULE = (
    (0.0, 128 / 225),
    *((s * _INNER, _AT_INNER) for s in (-1, 1)),
    *((s * _OUTER, _AT_OUTER) for s in (-1, 1)),
)


def normal_moments(root: Expr, points: Sequence[float]) -> tuple[float, float]:
    """(mean, variance) of f(z) for a standard normal z, piece by piece between breakpoints."""
    xs, weights = [], []
    for low, high in pairwise([-EDGE, *(p for p in points if -EDGE < p < EDGE), EDGE]):
        count = math.ceil((high - low) / _PANEL)
        half = (high - low) / count / 2
        for k in range(count):
            for node, weight in _RULE:
                x = low + half * (2 * k + 1 + node)
                xs.append(x)
                weights.append(weight * half * math.exp(-x * x / 2) / math.sqrt(2 * math.pi))
    (ys,) = table([root], xs)
    mean = math.fsum(w * y for w, y in zip(weights, ys, strict=True))
    variance = math.fsum(w * (y - mean) ** 2 for w, y in zip(weights, ys, strict=True))
    return 0.0 if abs(mean) < 1e-9 else mean, variance
