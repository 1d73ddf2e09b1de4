"""The edge of chaos: variances of weights and biases at which chi_1 = 1 and q is a fixed point."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.theory.variance import second_moments

SLACK = 1e-12  # a bias variance this far below 0, relative to q, is 0 and rounding
SMALLEST, LARGEST, STEPS = 1e-8, 1e6, 113


class Critical(NamedTuple):
    """Weights of variance weight_variance / fan_in, biases of variance bias_variance."""

    weight_variance: float
    bias_variance: float


def critical(f: Nonlinearity, q: float) -> Critical:
    """The point of the edge of chaos whose fixed point is q: weight_variance = 1 / E[f'^2].

    The bias variance is NaN where f jumps or is flat, and negative where no biases make q a fixed
    point. Source: Hayou et al. 2019 (arXiv:1902.06853).
    """
    second, slope_second, *_ = second_moments(f, q)
    if f.jumps or not 0 < slope_second < math.inf:
        return Critical(math.nan, math.nan)
    weight_variance = 1 / slope_second
    bias_variance = q - weight_variance * second
    return Critical(weight_variance, 0.0 if abs(bias_variance) <= SLACK * q else bias_variance)


def edge_of_chaos(f: Nonlinearity) -> list[tuple[float, Critical]]:
    """(q, point) along the edge, for q from 1e-8 to 1e6, where biases can have that variance."""
    ratio = (LARGEST / SMALLEST) ** (1 / (STEPS - 1))
    found = [(q, critical(f, q)) for q in (SMALLEST * ratio**k for k in range(STEPS))]
    return [(q, point) for q, point in found if point.bias_variance >= 0]


def with_biases(f: Nonlinearity, bias_variance: float) -> float | None:
    """The least q on the edge of chaos that has this bias variance; None if there is none."""
    from scipy.optimize import brentq

    def excess(log_q: float) -> float:
        return critical(f, math.exp(log_q)).bias_variance - bias_variance

    points = edge_of_chaos(f)
    for (low, first), (high, second) in pairwise(points):
        if first.bias_variance == bias_variance:
            return low
        if (first.bias_variance < bias_variance) != (second.bias_variance < bias_variance):
            return math.exp(brentq(excess, math.log(low), math.log(high), xtol=1e-14))
    return None
