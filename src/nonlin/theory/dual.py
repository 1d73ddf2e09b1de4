"""Dual activations: E[f(u) f(v)] and E[f'(u) f'(v)] for u, v normal with a given correlation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial.chebyshev import chebder, chebval

from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.gaussian_moments.quadrature import Array
from nonlin.theory.pairs import POINTS, beyond, expect_pairs
from nonlin.theory.rays import cosine_series
from nonlin.theory.variance import second_moments

REACHES = (8.0, 12.0, 20.0, 30.0)  # standard deviations; more where f grows exponentially
CHECK_POINTS = 14
CHECKED = (0.02, 0.3, 1.7)  # angles that are no nodes of the table
ROUNDING = 1e-13
NODES = (32, 64, 128, 256)  # of the table; each set contains the one before
TOLERANCE = 1e-11  # of the last coefficients, relative to E[f^2]
CUT_OFF = 1e-13  # of what lies beyond the reach, relative to E[f^2]


class DualValues(NamedTuple):
    """E[f(u) f(v)] and E[f'(u) f'(v)]: numbers, or arrays of one shape."""

    value: Array
    slope: Array


@dataclass(frozen=True, slots=True)
class Dual:
    """Both expectations as functions of the correlation of u and v, each of variance q.

    Chebyshev series in the angle arccos(c), in which also functions with kinks are smooth.
    `error` is what the series and the quadrature may be off, relative to E[f^2] and E[f'^2], at
    the angle: near c = 1 that changes by more than c does, and E[f' f'] with it if f has a kink.
    """

    q: float
    coefficients: Array  # (terms, 2)
    error: float

    def __call__(self, correlation: Array | float) -> DualValues:
        """Both at correlations in [-1, 1], of any shape."""
        angle = np.arccos(np.clip(correlation, -1, 1))
        value, slope = chebval(2 * angle / np.pi - 1, self.coefficients)
        return DualValues(value, slope)

    def rate(self, correlation: float) -> float:
        """d E[f(u) f(v)] / dc at -1 < c < 1: E[f'(u) f'(v)] q, and also right where f jumps."""
        angle = math.acos(correlation)
        steepness = chebder(self.coefficients[:, 0])
        along = chebval(2 * angle / np.pi - 1, steepness)
        return float(-along * 2 / np.pi / math.sin(angle))


@lru_cache(maxsize=256)
def dual(f: Nonlinearity, q: float) -> Dual:
    """The dual of f at variance q > 0, tabulated: see `Dual`.

    Source: Daniely et al. 2016 (arXiv:1602.05897), here for any f that has these moments.
    """
    at = _pairs(f, math.sqrt(q), reach_of(f, q))
    samples = np.empty((0, 2))
    for terms in NODES:
        angles = (np.cos(np.pi * np.arange(terms + 1) / terms) + 1) * np.pi / 2
        if len(samples):  # every other one is known
            between = at(angles[1::2], POINTS)
            samples = np.insert(samples, np.arange(1, len(samples)), between, axis=0)
        else:
            samples = at(angles, POINTS)
        coefficients = _series(samples)
        scale = np.abs(samples[-1]) + 1e-300  # at angle 0
        left = float((np.abs(coefficients[-4:]) / scale).max())
        if left < TOLERANCE:
            break
    finer = at(np.array(CHECKED), CHECK_POINTS)
    seen = chebval(2 * np.array(CHECKED) / np.pi - 1, coefficients)
    off = float((np.abs(seen.T - finer) / scale).max())
    off += float((np.abs(samples[-1] - second_moments(f, q)[:2]) / scale).max())
    return Dual(q, coefficients, 4 * left + 2 * off + ROUNDING)


def reach_of(f: Nonlinearity, q: float) -> float:
    """How many standard deviations matter to E[f^2] and E[f'^2]."""
    whole = np.array(second_moments(f, q)[:2])
    for reach in REACHES:
        left_out = beyond(f, math.sqrt(q), reach)
        if (left_out <= CUT_OFF * whole).all():
            break
    return reach


def _pairs(f: Nonlinearity, std: float, reach: float) -> Callable[[Array, int], Array]:
    """Both expectations at angles, (angles, 2): on circles, or between kinks by so many points."""
    cosines = cosine_series(f, std, reach)
    if cosines is not None:
        terms = cosines
        return lambda angles, _: np.asarray(chebval(np.cos(angles), terms).T, np.float64)

    def between_kinks(angles: Array, points: int) -> Array:
        return np.stack([expect_pairs(f, (std,), a, reach, points)[:, 0, 0] for a in angles])

    return between_kinks


def _series(samples: Array) -> Array:
    """Chebyshev coefficients from values at cos(pi k / n), k = 0..n (a cosine transform)."""
    terms = len(samples) - 1
    mirrored = np.concatenate([samples, samples[-2:0:-1]])
    found = np.fft.rfft(mirrored, axis=0).real / terms
    found[[0, -1]] /= 2
    return found
