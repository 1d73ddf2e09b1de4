"""Mean field theory of wide, fully connected networks: what depth does to a signal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.theory.dual import Dual, dual
from nonlin.theory.variance import LEVEL, FixedPoint, VarianceMap

Phase = Literal["ordered", "chaotic", "edge"]

PLACES = 400  # correlations at which C(c) and c are compared
DOUBTS = 20.0  # errors of the table by which they must differ for one to be the larger
TRAINABLE = 6.0  # depth scales that a trainable network may have: Schoenholz et al. 2017


@dataclass(frozen=True, slots=True)
class MeanField:
    """What weights of variance weight_variance / fan_in and such biases do in the wide limit.

    `fixed_points` of the variance map, ascending; `q_star` the one that inputs of unit variance
    reach (0 or infinite, if they vanish or explode). `chi_1` is the slope of the correlation map
    at 1, and `gradient_growth` by how much the squared gradient grows in each layer on its way
    back: the same, but where f jumps chi_1 is infinite and gradients see the slopes between the
    jumps. The phase is ordered (chi_1 < 1: inputs become alike, gradients vanish), chaotic
    (chi_1 > 1: like inputs move apart, gradients explode unless f jumps) or the edge between
    them. `c_star` is the correlation that two inputs end with, NaN where q_star is 0 or infinite
    and there is none.

    `xi_q` and `xi_c` are depth scales in layers: lengths and correlations approach their fixed
    points as exp(-layer / xi), and more slowly than any exponential where they are infinite.
    Where q_star is 0 or infinite, xi_c is 1 / |log chi_1|, the scale of the gradients.
    `trainable_depth` is the largest depth at which such networks were seen to train, 6 xi_c;
    where f jumps, 6 layers of the scale of gradients if that is less.

    Sources: Poole et al. 2016 (arXiv:1606.05340), Schoenholz et al. 2017 (arXiv:1611.01232).
    """

    weight_variance: float
    bias_variance: float
    fixed_points: tuple[FixedPoint, ...]
    q_star: float
    chi_1: float
    gradient_growth: float
    phase: Phase
    c_star: float
    xi_q: float
    xi_c: float

    @property
    def trainable_depth(self) -> float:
        """6 xi_c, or less where f jumps; in layers, infinite on the edge of chaos."""
        if self.gradient_growth < self.chi_1:
            return TRAINABLE * min(self.xi_c, depth_scale(self.gradient_growth))
        return TRAINABLE * self.xi_c

    @property
    def gradients(self) -> Phase:
        """The phase that gradients are in: ordered if they vanish, chaotic if they explode."""
        return _phase(self.gradient_growth)


def mean_field(f: Nonlinearity, weight_variance: float, bias_variance: float) -> MeanField:
    """The mean field theory of layers of f with these variances."""
    lengths = VarianceMap(f, weight_variance, bias_variance)
    q = lengths.settled()
    near = min(max(q, 1e-14), 1e14)
    chi = lengths.correlation_slope(near)
    inside = 0 < q < math.inf
    c_star, c_slope = _correlation(lengths, q, chi) if inside else (math.nan, chi)
    return MeanField(
        weight_variance,
        bias_variance,
        lengths.fixed_points(),
        q,
        chi,
        lengths.gradient_growth(near),
        _phase(chi),
        c_star,
        depth_scale(lengths.slope(near)),
        depth_scale(c_slope),
    )


def _phase(chi: float) -> Phase:
    if abs(chi - 1) <= LEVEL:
        return "edge"
    return "ordered" if chi < 1 else "chaotic"


def depth_scale(slope: float) -> float:
    """1 / |log slope|, in layers: infinite where the slope is 1, 0 where it is 0 or infinite."""
    size = abs(slope)
    if abs(size - 1) <= LEVEL:
        return math.inf
    return 1 / abs(math.log(size)) if 0 < size < math.inf else 0.0


def _correlation(lengths: VarianceMap, q: float, chi: float) -> tuple[float, float]:
    """The stable fixed point of the correlation map, and the slope there."""
    if chi <= 1 + LEVEL:
        return 1.0, chi
    table = dual(lengths.f, q)
    c = _below_one(lengths, table, chi)
    slope = lengths.weight_variance * table.rate(c) / q if abs(c) < 1 else chi
    return c, slope


def _below_one(lengths: VarianceMap, table: Dual, chi: float) -> float:
    """The largest c < 1 with C(c) = c: just below 1, C(c) < c in the chaotic phase.

    Looked for as close to 1 as the table tells C(c) - c, about (1 - chi) (1 - c), from its error.
    """
    from scipy.optimize import brentq

    def excess(c: float) -> float:
        return float(correlation(lengths, table, c)) - c

    angles = np.pi * np.linspace(0.0, 1.0, PLACES) ** 2
    places = np.cos(angles[angles > math.sqrt(DOUBTS * table.error / (chi - 1))])
    signs = correlation(lengths, table, places) >= places
    above = int(np.argmax(signs))
    if not signs.any():
        return -1.0
    return float(brentq(excess, places[above], places[above - 1])) if above else 1.0


def correlation(lengths: VarianceMap, table: Dual, c: np.ndarray | float) -> np.ndarray:
    """The correlation map: that of two neurons' inputs in the next layer, both of variance q.

    Source: Poole et al. 2016.
    """
    shared = lengths.weight_variance * table(c).value + lengths.bias_variance
    own = lengths.weight_variance * table(1.0).value + lengths.bias_variance
    found: np.ndarray = shared / own
    return found
