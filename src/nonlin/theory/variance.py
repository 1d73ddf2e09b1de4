"""The variance map of a wide layer, q -> sw^2 E[f(sqrt(q) z)^2] + sb^2, and its fixed points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, expect_all, rule

Stability = Literal["stable", "unstable", "neutral"]

SMALLEST, LARGEST = 1e-14, 1e14  # stand for 0 and infinity
GRID = np.geomspace(1e-12, 1e12, 97)
LEVEL = 1e-9  # V(q) / q this close to 1 is 1, and so is a slope
SCAN_REACH, SCAN_PANELS = 10.0, 40


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """V(q) = q, and the slope dV/dq there; q may be 0 or infinite.

    A fixed point is stable where lengths nearby approach it, neutral where the slope is 1.
    """

    q: float
    slope: float
    stability: Stability


@dataclass(frozen=True, slots=True)
class VarianceMap:
    """V(q) = weight_variance * E[f(sqrt(q) z)^2] + bias_variance, z standard normal.

    The variance of a neuron's input in one layer from that in the layer before, for weights of
    variance weight_variance / fan_in. Source: Poole et al. 2016 (arXiv:1606.05340).
    """

    f: Nonlinearity
    weight_variance: float
    bias_variance: float

    def __call__(self, q: float) -> float:
        """V(q)"""
        return self.weight_variance * second_moments(self.f, q)[0] + self.bias_variance

    def slope(self, q: float) -> float:
        """dV/dq, also where f jumps: E[f^2 (z^2 - 1)] / (2 q), by the slope of the density."""
        return self.weight_variance * second_moments(self.f, q)[2] / (2 * q)

    def correlation_slope(self, q: float) -> float:
        """chi_1, the slope at c = 1 of the correlation map: `gradient_growth`, or infinite.

        Infinite where f jumps, which tears like inputs apart. Source: Schoenholz et al. 2017
        (arXiv:1611.01232).
        """
        return math.inf if self.f.jumps else self.gradient_growth(q)

    def gradient_growth(self, q: float) -> float:
        """weight_variance * E[f'(sqrt(q) z)^2], by which the squared gradient grows in a layer.

        Also where f jumps: backpropagation sees the slopes between the jumps only.
        """
        return self.weight_variance * second_moments(self.f, q)[1]

    def lengths(self, q: float, layers: int) -> list[float]:
        """q, V(q), V(V(q)), ...: layers + 1 numbers."""
        found = [q]
        for _ in range(layers):
            found.append(self(found[-1]))
        return found

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """All of them, ascending, as far as V(q) - q changes its sign between 1e-12 and 1e12."""
        growth = self._scan()
        inner = [self._at(q) for q in self._crossings(growth)]
        return (*self._zero(), *inner, *self._infinity(growth))

    def settled(self, start: float = 1.0) -> float:
        """Where lengths that begin at `start` go; `start` itself where V(q) = q all around it."""
        here = self(start) / start - 1
        points = [point.q for point in self.fixed_points()]
        if abs(here) <= LEVEL:
            return min((q for q in points if math.isclose(q, start, rel_tol=1e-6)), default=start)
        if here > 0:
            return min((q for q in points if q > start), default=math.inf)
        return max((q for q in points if q < start), default=0.0)

    def _scan(self) -> Array:
        """V(q) / q - 1 on the grid, by one rule for all; 0 where it is nothing but rounding."""
        with np.errstate(all="ignore"):
            second, _ = tabulated(self.f, GRID)
            growth = (self.weight_variance * second + self.bias_variance) / GRID - 1
        growth = np.nan_to_num(growth, nan=math.inf, posinf=math.inf)
        return np.where(np.abs(growth) <= LEVEL, 0.0, growth)

    def _crossings(self, growth: Array) -> list[float]:
        """Where V(q) - q changes its sign; nothing where it is 0 over a stretch."""
        from scipy.optimize import brentq

        signs = np.sign(growth)
        known = np.flatnonzero(signs)
        found = []
        for low, high in pairwise(known):
            if signs[low] == signs[high]:
                continue
            ends = math.log(GRID[low]), math.log(GRID[high])
            if self._growth(ends[0]) * self._growth(ends[1]) < 0:
                found.append(math.exp(brentq(self._growth, *ends, xtol=1e-14, rtol=1e-15)))
        return found

    def _growth(self, log_q: float) -> float:
        q = math.exp(log_q)
        value = self(q) / q - 1
        return value if math.isfinite(value) else 1e300

    def _at(self, q: float) -> FixedPoint:
        slope = self.slope(q)
        return FixedPoint(q, slope, _stability(slope))

    def _zero(self) -> tuple[FixedPoint, ...]:
        """q = 0 stays where nothing is added and f(0) = 0."""
        if self.bias_variance or not self(SMALLEST) < math.sqrt(SMALLEST):
            return ()
        slope = self(SMALLEST) / SMALLEST
        return (FixedPoint(0.0, slope, _stability(slope)),)

    def _infinity(self, growth: Array) -> tuple[FixedPoint, ...]:
        """Lengths go to infinity, or would stay there, where V grows without end."""
        slope = self(LARGEST) / LARGEST
        if not math.isfinite(slope):
            return (FixedPoint(math.inf, math.inf, "stable"),)
        if slope < LEVEL:
            return ()
        stability = _stability(1 / slope)
        if stability == "neutral" and any(growth):  # the biases decide, or what f adds to a line
            stability = "stable" if growth[np.flatnonzero(growth)[-1]] > 0 else "unstable"
        return (FixedPoint(math.inf, slope, stability),)


def _stability(slope: float) -> Stability:
    if abs(slope - 1) <= LEVEL:
        return "neutral"
    return "stable" if slope < 1 else "unstable"


def tabulated(f: Nonlinearity, variances: Array) -> tuple[Array, Array]:
    """E[f^2] and E[f'^2] at many variances by one rule for all, to look at, not to compute with."""
    edges = np.linspace(-SCAN_REACH, SCAN_REACH, SCAN_PANELS + 1)
    nodes, weights = rule(8)
    half = (edges[1] - edges[0]) / 2
    z = ((edges[1:] + edges[:-1])[:, None] / 2 + half * nodes).ravel()
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * np.tile(weights * half, SCAN_PANELS)
    with np.errstate(all="ignore"):
        value, slope = derivatives_of(f.root, 1)(np.sqrt(variances)[:, None] * z) ** 2 @ density
    return value, slope


@lru_cache(maxsize=4096)
def second_moments(f: Nonlinearity, q: float) -> tuple[float, float, float]:
    """E[f^2], E[f'^2] and E[f^2 (z^2 - 1)] at sqrt(q) z, z standard normal, q > 0."""
    std = math.sqrt(q)
    evaluate = derivatives_of(f.root, 1)

    def integrands(x: Array) -> Array:
        value, slope = np.square(evaluate(x))
        return np.stack([value, slope, value * (np.square(x / std) - 1)])

    first, second, third = expect_all(integrands, f.breaks, 0.0, std)
    return first.value, second.value, third.value
