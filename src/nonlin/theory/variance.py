"""The variance map of a wide layer, q -> sw^2 E[f(sqrt(q) z)^2] + sb^2, and its fixed points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, expect_all, rule

Stability = Literal["stable", "unstable", "neutral"]

SMALLEST, LARGEST = 1e-14, 1e14  # stand for 0 and infinity
GRID = np.geomspace(1e-12, 1e12, 97)
LEVEL = 1e-9  # V(q) / q this close to 1 is 1, and so is a slope
LOST = 1e-3  # relative error of a moment that says nothing about V(q) - q
NEAR = 0.1  # V(q) / q - 1 at the place of the grid beside which V(q) may touch q
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
        return self.weight_variance * second_moments(self.f, q).value + self.bias_variance

    def slope(self, q: float) -> float:
        """dV/dq, also where f jumps: E[f^2 (z^2 - 1)] / (2 q), by the slope of the density."""
        return self.weight_variance * second_moments(self.f, q).along / (2 * q)

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
        return self.weight_variance * second_moments(self.f, q).slope

    def lengths(self, q: float, layers: int) -> list[float]:
        """q, V(q), V(V(q)), ...: layers + 1 numbers."""
        found = [q]
        for _ in range(layers):
            found.append(self(found[-1]))
        return found

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """All of them, ascending, that V crosses or touches between 1e-12 and 1e12."""
        growth = self._scan()
        inner = sorted(self._crossings(growth) + self._touching(growth))
        return (*self._zero(), *map(self._at, inner), *self._infinity(growth))

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
        """V(q) / q - 1 on the grid, up to where waves become too fast to be followed."""
        found = []
        for q in GRID:
            moments = second_moments(self.f, q)
            if q > 1 and LOST * moments.value < moments.error < math.inf:
                break
            found.append(self._known_growth(q))
        return np.array(found)

    def _crossings(self, growth: Array) -> list[float]:
        """Where V(q) - q changes its sign; nothing where it is 0 over a stretch."""
        known = np.flatnonzero(growth)
        found = []
        for low, high in pairwise(known):
            if (growth[low] > 0) != (growth[high] > 0):
                found.append(self._crossing(GRID[low], GRID[high]))
        return found

    def _crossing(self, low: float, high: float) -> float:
        from scipy.optimize import brentq

        ends = math.log(low), math.log(high)
        return math.exp(brentq(self._growth, *ends, xtol=1e-14, rtol=1e-15))

    def _touching(self, growth: Array) -> list[float]:
        """Where V(q) comes to q and turns back; two crossings, if it goes beyond in between."""
        side, size = np.sign(growth), np.abs(growth)
        least = (size[1:-1] <= np.minimum(size[:-2], size[2:])) & (size[1:-1] < NEAR)
        same = (side[:-2] * side[2:] > 0) & (side[:-2] * side[1:-1] >= 0)
        found = []
        for place in np.flatnonzero(least & same):
            low, high = GRID[place], GRID[place + 2]
            turn = self._turning(low, high)
            value = side[place] * self._growth(math.log(turn))
            if abs(value) <= LEVEL:
                found.append(turn)
            elif value < 0:
                found += [self._crossing(low, turn), self._crossing(turn, high)]
        return found

    def _turning(self, low: float, high: float) -> float:
        """Where V(q) / q turns between the two, or the lower one."""
        from scipy.optimize import brentq

        ends = math.log(low), math.log(high)
        if self._turn(ends[0]) * self._turn(ends[1]) >= 0:
            return low
        return math.exp(brentq(self._turn, *ends, xtol=1e-14, rtol=1e-15))

    def _growth(self, log_q: float) -> float:
        """V(q) / q - 1"""
        q = math.exp(log_q)
        value = self(q) / q - 1
        return value if math.isfinite(value) else 1e300

    def _known_growth(self, q: float) -> float:
        """The same; 0 where it is nothing but rounding, or a wave too fast to be followed."""
        value = self._growth(math.log(q))
        return 0.0 if abs(value) <= max(LEVEL, self._doubt(q)) else value

    def _doubt(self, q: float) -> float:
        """What V(q) / q may be off."""
        error = self.weight_variance * second_moments(self.f, q).error / q
        return error if math.isfinite(error) else 0.0  # E[f^2] is infinite, and known to be

    def _turn(self, log_q: float) -> float:
        """Slope of V(q) / q over log q."""
        q = math.exp(log_q)
        return self.slope(q) - self(q) / q

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
        farthest = next(
            (q for q in (LARGEST, *GRID.tolist()[::-1]) if self._doubt(q) <= LEVEL), LARGEST
        )
        slope = self(farthest) / farthest
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


class SecondMoments(NamedTuple):
    """E[f^2], E[f'^2] and E[f^2 (z^2 - 1)], and a bound on the error of the first."""

    value: float
    slope: float
    along: float
    error: float


@lru_cache(maxsize=4096)
def second_moments(f: Nonlinearity, q: float) -> SecondMoments:
    """At sqrt(q) z, z standard normal, q > 0."""
    std = math.sqrt(q)
    evaluate = derivatives_of(f.root, 1)

    def integrands(x: Array) -> Array:
        value, slope = np.square(evaluate(x))
        return np.stack([value, slope, value * (np.square(x / std) - 1)])

    first, second, third = expect_all(integrands, f.breaks, 0.0, std)
    return SecondMoments(first.value, second.value, third.value, first.error)
