"""E[f(u) f(v)] and E[f'(u) f'(v)] for smooth f: on circles, where a correlation is a shift.

With u = std r cos(t) and v = other_std r cos(t - angle), r and t independent, the mean over t is
the correlation of two even periodic functions: in their Fourier coefficients a product.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, rule
from nonlin.theory.variance import second_moments

FURTHER = 1.0  # in the plane more lies beyond a reach than on a line
WIDTH, POINTS = 1.25, 10  # of rings
LEVELS = ((4, 1), (8, 1), (12, 1), (16, 1), (20, 1), (4, 2), (4, 4), (4, 8))
# halvings of the first ring, where f may change fast near 0; pieces of the others, for waves
CLOSE = 1e-11  # of the second moments, relative
FEWEST, MOST = 32, 2**16  # terms of a Fourier series
NEGLIGIBLE = 1e-13  # of its last terms, relative to the roots of the second moments


class Ring(NamedTuple):
    """Circles: weights (circles,), cosine coefficients of f and f' (2, stds, circles, terms).

    Scaled so that weights * a_m * b_m * cos(m angle), summed, is the expectation.
    """

    weights: Array
    coefficients: Array


def cosine_series(f: Nonlinearity, std: float, reach: float) -> Array | None:
    """Both expectations for one deviation, as coefficients of cos(m angle): (terms, 2).

    None where f has breaks, or changes too fast to be followed.
    """
    rings = _rings(f, (std,), reach)
    if rings is None:
        return None
    found = np.zeros((max(ring.coefficients.shape[-1] for ring in rings), 2))
    for weights, coefficients in rings:
        squares = np.square(coefficients[:, 0])
        found[: squares.shape[-1]] += np.einsum("kcm,c->mk", squares, weights)
    return found


def all_pairs(f: Nonlinearity, stds: Array, angles: Array, reach: float) -> Array | None:
    """Both for all pairs of deviations, (2, rows, rows), at angles (rows, rows); None likewise."""
    rings = _rings(f, tuple(stds.tolist()), reach)
    if rings is None:
        return None
    found, cosines = np.zeros((2, *angles.shape)), np.cos(angles)
    for weights, coefficients in rings:
        before, now = cosines, np.ones_like(angles)
        for term in np.moveaxis(coefficients, -1, 0):
            found += (term * weights) @ term.swapaxes(1, 2) * now
            before, now = now, 2 * cosines * now - before
    return (found + found.swapaxes(1, 2)) / 2  # sums in either order, and rounding, are one


def _rings(f: Nonlinearity, stds: tuple[float, ...], reach: float) -> list[Ring] | None:
    """As many rings as the second moments at the smallest and largest deviation need."""
    if f.breaks:
        return None
    levels = [_level(f, std, reach) for std in {min(stds), max(stds)}]
    known = [each for each in levels if each is not None]
    if len(known) < len(levels):
        return None
    return _drawn(f, stds, reach, (max(each[0] for each in known), max(each[1] for each in known)))


@lru_cache(maxsize=1024)
def _level(f: Nonlinearity, std: float, reach: float) -> tuple[int, int] | None:
    """The first of `LEVELS` that has the right second moments."""
    exact = np.array(second_moments(f, std**2)[:2])
    for level in LEVELS:
        rings = _drawn(f, (std,), reach, level)
        if rings is None:
            return None
        found = sum(np.einsum("kacm,c->k", np.square(a), weights) for weights, a in rings)
        if np.abs(found - exact).max() <= CLOSE * np.abs(exact).max():
            return level
    return None


def _drawn(
    f: Nonlinearity, stds: tuple[float, ...], reach: float, level: tuple[int, int]
) -> list[Ring] | None:
    """Rings out to the reach, each with as many terms as it needs."""
    scale = np.sqrt([second_moments(f, std**2)[:2] for std in (max(stds),)]).T[:, None]
    halvings, pieces = level
    count = pieces * math.ceil((reach + FURTHER) / WIDTH)
    regular = np.linspace(0.0, reach + FURTHER, count + 1)
    edges = np.unique(np.append(regular, regular[1] * 0.5 ** np.arange(halvings)))
    nodes, parts = rule(POINTS)
    found, terms = [], FEWEST
    for low, high in pairwise(edges.tolist()):
        radii = (high + low) / 2 + (high - low) / 2 * nodes
        weights = (high - low) / 2 * parts * radii * np.exp(-(radii**2) / 2)
        while True:
            coefficients = _cosines(f, np.array(stds)[:, None] * radii, terms)
            last = np.sqrt(weights) * np.abs(coefficients[..., -terms // 8 :]).max(axis=-1)
            if not (last > NEGLIGIBLE * scale[:, None]).any():
                break
            if terms == MOST:
                return None
            terms *= 2
        found.append(Ring(weights, coefficients))
    return found


def _cosines(f: Nonlinearity, radii: Array, terms: int) -> Array:
    """Cosine coefficients of f and f' on circles of these radii: (2, *radii.shape, terms + 1)."""
    places = np.cos(np.pi * np.arange(terms + 1) / terms)
    values = derivatives_of(f.root, 1)(radii[..., None] * places)
    mirrored = np.concatenate([values, values[..., -2:0:-1]], axis=-1)
    found = np.fft.rfft(mirrored).real / terms
    found[..., 0] /= 2
    found[..., -1] /= 2
    found[..., 1:] /= math.sqrt(2)
    return np.asarray(found)
