"""Tables for functions with many zeros, with kinks, or that rise in a small part of the line.

Segments begin at whole multiples of 1 / scale, so that kinks lie on their borders, and each has a
polynomial around a centre of its own: the zero of f in it or beside it, or else its middle. A zero
is no float32, so the constant term is f at the float32 next to it, and digits last. The scale is
negative, so that a border belongs to what lies on its left, as 0 does in where(x > 0, a, b).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nonlin.emit.llvm.tables.table import SEGMENTS, Output, Table
from nonlin.kernels.tables import pieces
from nonlin.kernels.tables.pieces import Bools, Floats
from nonlin.kernels.tables.shape import Shape
from nonlin.kernels.tables.trial import Functions

STEPS = np.geomspace(1e-6, 3.0, 200)
STILL = 2.0**-26  # relative: less is no change
WHOLE = 1e-12  # of a quotient of two kinks
NEXT, AROUND = 1e-12, np.array([[-1], [0], [1]])
APART = 1e-3  # values that are not the same
NOUGHT = 1e-5  # of the largest value: it may be 0


def tables(
    reference: Functions,
    orders: tuple[int, ...],
    shape: Shape,
    kinks: Floats,
    reaches: Sequence[float],
) -> Iterator[Table]:
    """From the shortest until segments are too long; none where f has nothing of all that."""
    narrow = _narrow(reference)
    if 0 < narrow < reaches[0]:
        reaches = [narrow]
    elif not kinks.size and not _waves(reference, reaches[-1]):
        return
    if _stands_alone(reference, kinks):
        return
    tried = set()
    for reach in reaches:
        span = 2 * reach if shape.positive is None else reach
        scale = _scale(-SEGMENTS / span, kinks)
        if scale and scale not in tried:
            if (table := _table(reference, orders, shape, kinks, scale)) is None:
                return
            yield table
        tried.add(scale)


def _narrow(reference: Functions) -> float:
    """Where f is constant from there on, on both sides, as far as STEPS go."""
    values = np.array([reference(side * STEPS)[0] for side in (-1, 1)])
    moves = np.abs(values - values[:, -1:]) > STILL * np.abs(values[:, -1:])
    places = np.flatnonzero(moves.any(axis=0))
    return float(STEPS[places[-1] + 1]) if len(places) else 0.0


def _waves(reference: Functions, reach: float) -> bool:
    """Does f change its sign more often than other tables can bear?"""
    signs = np.sign(reference(np.linspace(-reach, reach, 1000))[0])
    return int(np.sum(signs[1:] * signs[:-1] < 0)) > pieces.MOST_ZEROS


def _stands_alone(reference: Functions, kinks: Floats) -> bool:
    """Is there at a kink a value of neither side, as that of a slope may be? Saves time only."""
    met = kinks[pieces.single(kinks) == kinks]
    left, here, right = np.stack(reference(met + NEXT * AROUND), axis=1)
    apart = np.minimum(np.abs(here - left), np.abs(here - right))
    return bool(np.any(apart > APART))


def _scale(wanted: float, kinks: Floats) -> float:
    """A scale of about this size by which kinks lie on borders; 0 if there is none."""
    inside = kinks[(kinks != 0) & (np.abs(kinks * wanted) < SEGMENTS)]
    if not inside.size:
        return float(np.float32(wanted))
    unit = inside[np.argmin(np.abs(inside))]
    if np.any(np.abs(inside / unit - np.round(inside / unit)) > WHOLE):
        return 0.0
    left = np.float32(unit)
    left = left if left <= unit else np.nextafter(left, np.float32(-np.inf))
    border = (float(left) + float(np.nextafter(left, np.float32(np.inf)))) / 2
    return float(np.float32(-max(1, round(abs(wanted * unit))) / abs(border)))


def _table(
    reference: Functions, orders: tuple[int, ...], shape: Shape, kinks: Floats, scale: float
) -> Table | None:
    """The table of the lowest degrees."""
    first = -SEGMENTS // 2 if shape.positive is None else 0
    numbers = np.arange(first, first + SEGMENTS) + 0.5
    x = (numbers[:, None] + pieces.nodes()) / scale
    values = reference(x)
    zeros = pieces.zeros(x, values[0], lambda at: reference(at)[0], SEGMENTS)
    if zeros is None or not np.all(np.isfinite(values)):
        return None
    places = np.array([*[high for high, _ in zeros], *pieces.single(kinks)])
    beside = np.abs(reference(places + NEXT * AROUND)[0]).max(axis=0)  # no jump from - to +
    places = places[beside <= NOUGHT * np.max(np.abs(values[0]))]
    places = np.array([*places, *[0.0] * any(shape.at_0), np.inf])
    middles = pieces.single(np.asarray(numbers / scale))
    centres, pinned = _centres(places, middles, kinks, 1 / abs(scale))
    outputs = []
    for k, order in enumerate(orders):
        powers = np.where(centres == 0, shape.at_0[k], pinned)
        rows = _coefficients(x, values[k], order, centres, reference(centres)[k], powers, scale)
        if rows is None:
            return None
        positive = None if shape.positive is None else shape.positive[k]
        outputs.append(Output(pieces.turned(rows, first), "none", (), positive))
    low, high = sorted(pieces.inwards(end / scale) for end in (first, first + SEGMENTS))
    return Table(
        low,
        high,
        scale=scale,
        mirrored=False,
        folded=shape.positive is not None,
        below=True,
        above=True,
        orders=orders,
        outputs=tuple(outputs),
        centres=pieces.turned((tuple(centres.tolist()),), first)[0],
    )


def _centres(places: Floats, middles: Floats, kinks: Floats, width: float) -> tuple[Floats, Bools]:
    """Of each segment, and whether it is one of the places, none of which lies across a kink."""
    nearest = places[np.argmin(np.abs(places - middles[:, None]), axis=1)]
    across = (kinks[:, None] - nearest) * (kinks[:, None] - middles) < 0
    pinned = (np.abs(nearest - middles) < width) & ~across.any(axis=0)
    return np.where(pinned, nearest, middles), pinned


def _coefficients(
    x: Floats,
    y: Floats,
    order: int,
    centres: Floats,
    at_centres: Floats,
    powers: Floats,
    scale: float,
) -> tuple[tuple[float, ...], ...] | None:
    """By degree and segment, for the distance from its centre.

    powers: of that distance, which are in f (but for a constant term) and are taken out first.
    """
    allowed, t = pieces.allowed(x, y, order), x - centres[:, None]
    constants = np.where((powers == 1) & (centres != 0), at_centres, -0.0)  # 0 keeps its sign
    target = (y - constants[:, None]) / t ** powers[:, None]
    shift = (centres - x.mean(axis=1)) * scale
    for degree in pieces.DEGREES:
        found = np.full((SEGMENTS, degree + 1), -0.0)
        for power in set(powers.tolist()):
            which, count = powers == power, degree + 1 - power
            fitted = target[which] @ pieces.solver(count - 1)[1].T
            found[which, power:] = _around(fitted, shift[which]) * scale ** np.arange(count)
        found[:, 0] += constants
        if np.all(np.abs(_values(found, t) - y) <= allowed):
            return tuple(map(tuple, pieces.single(found).T.tolist()))
    return None


def _around(rows: Floats, shift: Floats) -> Floats:
    """The same polynomials around another place (Ruffini)."""
    last = rows.shape[1] - 1
    for begin in range(last):
        for k in range(last - 1, begin - 1, -1):
            rows[:, k] += shift * rows[:, k + 1]
    return rows


def _values(rows: Floats, t: Floats) -> Floats:
    result = rows[:, -1:]
    for k in range(rows.shape[1] - 2, -1, -1):
        result = result * t + rows[:, k : k + 1]
    return result
