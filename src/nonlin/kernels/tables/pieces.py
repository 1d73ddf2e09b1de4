"""The polynomials of a table: one for each segment, all of the lowest degree that will do."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nonlin.emit.llvm.tables.table import SEGMENTS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Zeros = tuple[tuple[float, float], ...]  # each as two words of float32

DEGREES = (4, 5, 6, 7)
NODES = 16  # per segment, at which a polynomial is fitted
CLOSE = 4.5e-8  # of a fit, relative
CLOSE_BESIDE_ZEROS = 2.5e-8  # of a derivative, absolute
MOST_ZEROS = 2  # of a function, but at 0: each costs three instructions
PARTS, DIVISIONS = 16, 15  # to find a zero to the last bit: 16^15 is 2^60


@cache
def nodes(halved: bool = False) -> Floats:
    """Where in a segment of length 1, or in its negative half, a polynomial is fitted."""
    places = 0.5 * np.cos((2 * np.arange(NODES) + 1) * np.pi / (2 * NODES))
    return np.asarray((places - 0.5) / 2 if halved else places)


@cache
def solver(degree: int, halved: bool = False) -> tuple[Floats, Floats]:
    """From coefficients to values at the nodes, and back by least squares."""
    powers = np.asarray(np.vander(nodes(halved), degree + 1, increasing=True))
    return powers, np.asarray(np.linalg.pinv(powers), np.float64)


def coefficients(target: Floats, allowed: Floats, halved: bool) -> Floats | None:
    """Of every segment by degree, rounded to float32; None if no degree comes near enough.

    target: values at the nodes by segment. halved: the last segment has its negative half only.
    """
    for degree in DEGREES:
        powers, inverse = solver(degree, False)
        found = target @ inverse.T
        values = found @ powers.T
        if halved:
            powers, inverse = solver(degree, True)
            found[-1] = inverse @ target[-1]
            values[-1] = powers @ found[-1]
        if np.all(np.abs(values - target) <= allowed):
            return single(found)
    return None


def single(x: Floats) -> Floats:
    """Rounded to float32."""
    return np.asarray(x.astype(np.float32), np.float64)


def zeros(
    x: Floats, y: Floats, function: Callable[[Floats], Floats], most: int = MOST_ZEROS
) -> Zeros | None:
    """Where f changes its sign, but at 0; None if that are too many places."""
    order = np.argsort(x, axis=None)
    x, signs = x.ravel()[order], np.sign(y.ravel()[order])
    turns = (signs[1:] * signs[:-1] < 0) & ~((x[:-1] < 0) & (x[1:] > 0))
    places = np.flatnonzero(turns)
    if len(places) > most:
        return None
    low, high, rising = x[places], x[places + 1], signs[places + 1]
    for _ in range(DIVISIONS if len(places) else 0):
        grid = low + (high - low) * np.arange(PARTS + 1)[:, None] / PARTS
        grid[-1] = high
        above = function(grid[1:]) * rising > 0
        above[-1] = True
        first = np.argmax(above, axis=0), np.arange(len(places))
        low, high = grid[:-1][first], grid[1:][first]
    words = single(high)
    return tuple(zip(words.tolist(), single(high - words).tolist(), strict=True))


def beside_zeros(x: Floats, y: Floats) -> Bools:
    """Points between a zero of y and the next extremum on either side."""
    order = np.argsort(x, axis=None, kind="stable")
    values = y.ravel()[order]
    signs, sizes = np.sign(values), np.abs(values)
    grows = sizes[1:] >= sizes[:-1]
    falls_after, grows_before = np.flatnonzero(~grows), np.flatnonzero(grows)
    near = np.zeros(len(values), bool)
    for k in np.flatnonzero(signs[1:] * signs[:-1] < 0):
        before = grows_before[grows_before < k]
        after = falls_after[falls_after > k]
        first = before[-1] + 1 if len(before) else 0
        last = after[0] if len(after) else len(values)
        near[first : last + 1] = True
    result = np.empty_like(near)
    result[order] = near
    return result.reshape(x.shape)


def allowed(x: Floats, y: Floats, order: int) -> Floats:
    """How far from y, f or its derivative, a fit may be."""
    close = np.abs(y) * CLOSE
    return np.maximum(close, beside_zeros(x, y) * CLOSE_BESIDE_ZEROS) if order else close


def inwards(end: float) -> float:
    """The next float32 towards 0."""
    return float(np.nextafter(np.float32(end), np.float32(0.0)))


def turned(rows: tuple[tuple[float, ...], ...], first: int) -> tuple[tuple[float, ...], ...]:
    """The segment k in lane k modulo 32, which is what its last bits say."""
    shift = first % SEGMENTS
    return tuple(row[SEGMENTS - shift :] + row[: SEGMENTS - shift] for row in rows)
