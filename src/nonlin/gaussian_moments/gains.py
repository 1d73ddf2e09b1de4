"""Gains: by how much weights must grow so that a signal keeps its size through an activation."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nonlin.expr.nodes import Expr
from nonlin.gaussian_moments.moments import gaussian_moments


def gain(root: Expr, kinks: Sequence[float]) -> float:
    """1 / sqrt(E[f(z)^2]): keeps the second moment of the activations from layer to layer.

    Infinite where f is zero, 0 where E[f(z)^2] diverges, NaN where f is not defined.
    Source: He et al. 2015 (arXiv:1502.01852), here for any f.
    """
    return _inverse_root(gaussian_moments(root, kinks).second)


def gain_backward(root: Expr, kinks: Sequence[float]) -> float:
    """1 / sqrt(E[f'(z)^2]): keeps the size of the gradients. Infinite where f' is zero."""
    return _inverse_root(gaussian_moments(root, kinks).slope_second)


def _inverse_root(second: float) -> float:
    return 1 / math.sqrt(second) if second > 0 else (math.inf if second == 0 else math.nan)
