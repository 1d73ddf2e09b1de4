"""Dual activations: E[f(u) f(v)] and E[f'(u) f'(v)] for u, v normal with a given correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, rule
from nonlin.theory.variance import second_moments

REACHES = (8.0, 12.0, 20.0, 30.0)  # standard deviations; more where f grows exponentially
WIDTH = 1.25
POINTS = 10
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
        value, slope = np.polynomial.chebyshev.chebval(2 * angle / np.pi - 1, self.coefficients)
        return DualValues(value, slope)

    def rate(self, correlation: float) -> float:
        """d E[f(u) f(v)] / dc at -1 < c < 1: E[f'(u) f'(v)] q, and also right where f jumps."""
        angle = math.acos(correlation)
        steepness = np.polynomial.chebyshev.chebder(self.coefficients[:, 0])
        along = np.polynomial.chebyshev.chebval(2 * angle / np.pi - 1, steepness)
        return float(-along * 2 / np.pi / math.sin(angle))


@lru_cache(maxsize=256)
def dual(f: Nonlinearity, q: float) -> Dual:
    """The dual of f at variance q > 0, tabulated: see `Dual`.

    Source: Daniely et al. 2016 (arXiv:1602.05897), here for any f that has these moments.
    """
    reach, off = _reach(f, q)
    std = math.sqrt(q)
    known: dict[float, Array] = {}
    for terms in NODES:
        places = np.cos(np.pi * np.arange(terms + 1) / terms)
        for place in places:
            key = round(float(place), 14)
            if key not in known:
                known[key] = expect_pair(f, std, std, (place + 1) * np.pi / 2, reach)
        samples = np.stack([known[round(float(place), 14)] for place in places])
        coefficients = _series(samples)
        scale = np.abs(samples[-1]) + 1e-300  # at angle 0
        left = float((np.abs(coefficients[-4:]) / scale).max())
        if left < TOLERANCE:
            break
    finer = [expect_pair(f, std, std, angle, reach, CHECK_POINTS) for angle in CHECKED]
    series = np.polynomial.chebyshev.chebval(2 * np.array(CHECKED) / np.pi - 1, coefficients)
    off += float((np.abs(series.T - np.stack(finer)) / scale).max())
    return Dual(q, coefficients, 4 * left + 2 * off + ROUNDING)


def _reach(f: Nonlinearity, q: float) -> tuple[float, float]:
    """How far the rule must go, and by how much it misses E[f^2] and E[f'^2] then."""
    std = math.sqrt(q)
    exact = np.array(second_moments(f, q)[:2])
    for reach in REACHES:
        found = expect_pair(f, std, std, 0.0, reach)
        off = float(np.max(np.abs(found - exact) / np.maximum(np.abs(exact), 1e-300)))
        if off < CUT_OFF:
            break
    return reach, off


def _series(samples: Array) -> Array:
    """Chebyshev coefficients from values at cos(pi k / n), k = 0..n (a cosine transform)."""
    terms = len(samples) - 1
    mirrored = np.concatenate([samples, samples[-2:0:-1]])
    found = np.fft.rfft(mirrored, axis=0).real / terms
    found[[0, -1]] /= 2
    return found


def expect_pair(
    f: Nonlinearity,
    std: float,
    other_std: float,
    angle: float,
    reach: float = REACHES[0],
    points: int = POINTS,
) -> Array:
    """[E[f(u) f(v)], E[f'(u) f'(v)]] for u, v of these standard deviations, correlation cos(angle).

    With u = std (a y + d w), v = other_std (a y - d w) and y, w independent, both integrals are
    split where a kink is met: the inner one where u or v is at it, the outer one where both are.
    Beyond a right angle v is mirrored, so that d never exceeds a.
    """
    mirror = angle > np.pi / 2
    half = (np.pi - angle) / 2 if mirror else angle / 2
    a, d = math.cos(half), math.sin(half)
    first, second = (np.array(f.breaks) / each for each in (std, other_std))
    second = -second if mirror else second
    crossings = (first[:, None] - second).ravel() / (2 * max(d, 1e-300))
    largest = max(std, other_std)
    crossings = np.append(crossings, _scales(d * largest, reach))
    w, outer = _nodes(_panels(crossings[None, :], reach), points)
    w, outer = w.T, outer.ravel()
    first, second = (
        np.append(first, _scales(std, reach)),
        np.append(second, _scales(other_std, reach)),
    )
    kinks = np.concatenate([first - d * w, second + d * w], axis=1) / a
    y, inner = _nodes(_panels(kinks, reach), points)
    u, v = std * (a * y + d * w), other_std * (a * y - d * w)
    evaluate = derivatives_of(f.root, 1)
    product = evaluate(u) * evaluate(-v if mirror else v)
    found: Array = ((product * inner).sum(axis=2) * outer).sum(axis=1)
    return found


def _scales(std: float, reach: float) -> Array:
    """Where f(std z) may change although the density hardly does: at x = 0, +-1, +-2, +-4, ..."""
    if std <= 1:
        return np.array([])
    powers = 2.0 ** np.arange(0, math.log2(reach * std)) / std
    return np.concatenate([-powers, [0.0], powers])


def _panels(extra: Array, reach: float) -> Array:
    """Edges of the panels in each row: regular ones, and those extra ones that are in reach."""
    regular = np.linspace(-reach, reach, math.ceil(2 * reach / WIDTH) + 1)
    rows = np.broadcast_to(regular, (len(extra), len(regular)))
    return np.sort(np.concatenate([rows, np.clip(extra, -reach, reach)], axis=1), axis=1)


def _nodes(edges: Array, points: int) -> tuple[Array, Array]:
    """Nodes of every row, and their weights under the normal density."""
    nodes, weights = rule(points)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    places = (edges[:, 1:] + edges[:, :-1])[:, :, None] / 2 + half * nodes
    density = np.exp(-places * places / 2) / math.sqrt(2 * math.pi) * half * weights
    return places.reshape(len(edges), -1), density.reshape(len(edges), -1)
