"""Mean field theory at every point of a plane of variances: by tables, to about 1 %, to look at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.gaussian_moments.quadrature import Array
from nonlin.theory.dual import dual
from nonlin.theory.mean_field import TRAINABLE
from nonlin.theory.variance import tabulated

LENGTHS = np.geomspace(1e-8, 1e8, 600)  # q, among which fixed points are looked for
ANGLES = np.pi * np.linspace(0.0, 1.0, 60) ** 2  # of correlations, closest together at 1
DUALS = (4, 12)  # tables, at least and at most
PER_DECADE = 3  # tables for each power of ten of q
HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Plane:
    """What `MeanField` has, of the same names: each of shape (biases, weights)."""

    chi_1: Array
    gradient_growth: Array
    trainable_depth: Array


def plane(f: Nonlinearity, weights: Array, biases: Array) -> Plane:
    """The mean field at all pairs of these variances of weights and biases, each ascending."""
    q, growth = _settled(f, weights, biases)
    chi = np.full_like(growth, np.inf) if f.jumps else growth
    apart = (chi > 1) & (q > LENGTHS[1]) & (q < LENGTHS[-2])
    slope = chi.copy()
    if apart.any():
        sw, sb = (each[apart] for each in np.broadcast_arrays(weights, biases[:, None]))
        found = _at_fixed_point(f, q[apart], sw, sb)
        slope[apart] = np.where(np.isnan(found), chi[apart], found)
    depth = _scales(slope)
    return Plane(
        chi, growth, TRAINABLE * (np.minimum(depth, _scales(growth)) if f.jumps else depth)
    )


def _scales(slope: Array) -> Array:
    """As `mean_field.depth_scale`."""
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.abs(np.log(np.abs(slope))))


def _settled(f: Nonlinearity, weights: Array, biases: Array) -> tuple[Array, Array]:
    """The fixed point that unit lengths reach, and weights * E[f'^2] there."""
    second, slope = tabulated(f, LENGTHS)
    growth = weights[:, None] * second + biases[:, None, None] - LENGTHS
    start = int(np.searchsorted(LENGTHS, 1.0))
    up, down = growth[..., start:] <= 0, growth[..., start::-1] >= 0
    above = np.where(up.any(axis=-1), start + np.argmax(up, axis=-1), len(LENGTHS) - 1)
    below = np.where(down.any(axis=-1), start - np.argmax(down, axis=-1), 0)
    high = np.where(growth[..., start] > 0, above, below + 1)
    low = np.clip(high - 1, 0, len(LENGTHS) - 2)
    first, last = (
        np.take_along_axis(growth, each[..., None], axis=-1)[..., 0] for each in (low, low + 1)
    )
    crosses = np.sign(first) != np.sign(last)
    share = np.where(crosses, first / np.where(crosses, first - last, 1.0), high > low)
    q, steep = (each[low] + share * (each[low + 1] - each[low]) for each in (LENGTHS, slope))
    return q, weights * steep


def _at_fixed_point(f: Nonlinearity, q: Array, sw: Array, sb: Array) -> Array:
    """Slope of the correlation map at its largest fixed point below 1; NaN where none is seen."""
    shared = _duals(f, q)

    def mapped(angle: Array | float) -> Array:
        place = np.broadcast_to(2 * np.asarray(angle) / np.pi - 1, q.shape)
        return np.asarray(sw * chebyshev.chebval(place, shared, tensor=False) + sb / q)

    own = mapped(0.0)
    above = np.stack([mapped(angle) >= own * math.cos(angle) for angle in ANGLES[1:]])
    first = np.argmax(above, axis=0)
    low, high = ANGLES[first], ANGLES[first + 1]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        beyond = mapped(middle) >= own * np.cos(middle)
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    place = 2 * high / np.pi - 1
    along = chebyshev.chebval(place, chebyshev.chebder(shared), tensor=False)
    slope = -sw * along * 2 / np.pi / np.sin(high) / own
    return np.where(above.any(axis=0) & (first > 0), slope, np.nan)


def _duals(f: Nonlinearity, q: Array) -> Array:
    """Series of E[f(u) f(v)] / q in the angle at each q, shape (terms, points): see `Dual`."""
    from scipy.interpolate import CubicSpline

    ends = math.log10(q.min()) - 1e-3, math.log10(q.max()) + 1e-3
    count = int(np.clip(math.ceil(PER_DECADE * (ends[1] - ends[0])) + 1, *DUALS))
    nodes = np.linspace(*ends, count)
    series = [dual(f, 10**node).coefficients[:, 0] / 10**node for node in nodes]
    terms = max(map(len, series))
    padded = np.stack([np.pad(each, (0, terms - len(each))) for each in series])
    found: Array = CubicSpline(nodes, padded)(np.log10(q)).T
    return found
