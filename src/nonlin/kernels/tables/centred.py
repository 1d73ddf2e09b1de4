"""Tables of functions with many zeros, or kinks: polynomials around whatever lies in a segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nonlin.emit.llvm.tables.table import SEGMENTS, Output, Table
from nonlin.kernels.tables import pieces
from nonlin.kernels.tables.fit import REACHES, Shape, _inwards, _turned
from nonlin.kernels.tables.pieces import Floats
from nonlin.kernels.tables.trial import Functions


def centred(
    reference: Functions, orders: tuple[int, ...], shape: Shape, kinks: Sequence[float]
) -> Iterator[Table]:
    folded = shape.positive is not None
    tried = set()
    reaches = [*reversed(REACHES)]
    narrow = _narrow(reference)
    if 0 < narrow < REACHES[-1]:
        reaches = [narrow]
    for reach in reaches:
        span = reach if folded else 2 * reach
        scale = _scale(SEGMENTS / span, kinks, reach)
        if scale is None or scale in tried:
            continue
        tried.add(scale)
        table = _fitted(reference, orders, shape, np.array(kinks, float), -scale if folded else scale)
        if table is None:
            return
        yield table


def _narrow(reference):
    x = np.geomspace(1e-6, 3.0, 200)
    reach = 0.0
    for side in (-1, 1):
        y = reference(side * x)[0]
        moving = np.flatnonzero(np.abs(y - y[-1]) > 2**-26 * np.abs(y[-1]))
        if len(moving):
            reach = max(reach, x[min(moving[-1] + 1, len(x)-1)])
    return reach


def _scale(least, kinks, reach):
    near = [abs(k) for k in kinks if 0 < abs(k) < reach]
    if not near:
        return float(np.float32(least))
    unit = min(near)
    if any(abs(k / unit - round(k / unit)) > 1e-12 for k in near):
        return None
    number = np.float32(unit)
    below, above = (number, np.nextafter(number, np.float32(np.inf))) if number < unit else (np.nextafter(number, np.float32(0)), number)
    k = max(1, round(least * unit))
    return float(np.float32(k / ((float(below) + float(above)) / 2)))


def _fitted(reference: Functions, orders, shape: Shape, kinks, scale: float) -> Table | None:
    folded = scale < 0
    first = 0 if folded else -SEGMENTS // 2
    numbers = np.arange(first, first + SEGMENTS) + 0.5
    x = (numbers[:, None] + pieces.nodes()) / scale
    values = [each.reshape(x.shape) for each in reference(x.ravel())]
    if not np.all(np.isfinite(values)):
        return None
    zeros = pieces.zeros(x, values[0], lambda at: reference(at)[0], SEGMENTS)
    if zeros is None:
        return None
    at_kinks = reference(kinks)[0] if kinks.size else kinks
    places = np.array([high for high, _ in zeros] + [0.0] * any(shape.at_0) + [*kinks[at_kinks==0]] + [np.inf])
    middles = pieces.single(numbers / scale)
    nearest = places[np.argmin(np.abs(places - middles[:, None]), axis=1)]
    is_zero = np.abs(nearest - middles) * abs(scale) < 1
    is_zero &= ~np.any((kinks[:, None] - nearest) * (kinks[:, None] - middles) < 0, axis=0)
    centres = np.where(is_zero, nearest, middles)
    at_centres = reference(centres)
    outputs = []
    for k, order in enumerate(orders):
        powers = np.where(centres == 0, shape.at_0[k], is_zero)
        found = _coefficients(x, values[k], centres, at_centres[k], powers, scale, order)
        if found is None:
            return None
        positive = shape.positive[k] if shape.positive else None
        rows = tuple(map(tuple, found.T.tolist()))
        outputs.append(Output(_turned(rows, first), "none", (), positive))
    ends = sorted(_inwards(end / scale) for end in (first, first + SEGMENTS))
    if folded:
        ends = [ends[0], 0.0]
    return Table(
        *ends,
        scale=scale,
        mirrored=False,
        folded=folded,
        below=True,
        above=True,
        orders=orders,
        outputs=tuple(outputs),
        centres=_turned((tuple(centres.tolist()),), first)[0],
    )


def _coefficients(x, y, centres, at_centres, powers, scale, order) -> Floats | None:
    allowed = np.abs(y) * pieces.CLOSE
    if order:
        allowed = np.maximum(allowed, pieces.beside_zeros(x, y) * pieces.CLOSE_BESIDE_ZEROS)
    t = x - centres[:, None]
    constants = np.where((powers == 1) & (centres != 0), at_centres, 0.0)
    target = (y - constants[:, None]) / t ** powers[:, None]
    shift = (centres - x.mean(axis=1)) * scale
    for degree in pieces.DEGREES:
        found = np.full((SEGMENTS, degree + 1), -0.0)
        for power in set(powers.tolist()):
            rows = powers == power
            _, solver = pieces._solver(degree - power, False)
            found[rows, power:] = _moved(target[rows] @ solver.T, shift[rows]) * scale ** np.arange(degree - power + 1)
        found[constants != 0, 0] = constants[constants != 0]
        values = found[:, -1:]
        for k in reversed(range(degree)):
            values = values * t + found[:, k : k + 1]
        if np.all(np.abs(values - y) <= allowed):
            return pieces.single(found)
    return None


def _moved(rows: Floats, shift: Floats) -> Floats:
    """Coefficients of the same polynomials in u - shift (Ruffini)."""
    last = rows.shape[1] - 1
    for begin in range(last):
        for k in range(last - 1, begin - 1, -1):
            rows[:, k] += shift * rows[:, k + 1]
    return rows
