"""What comes out of a table, to the bit, and how far that is from the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nonlin.emit.llvm.tables.table import SEGMENTS, Output, Table
from nonlin.expr.analyse.breaks import crossings
from nonlin.expr.nodes import Constant, Expr
from nonlin.expr.walk import postorder
from nonlin.kernels.tables.pieces import Floats, beside_zeros, single

Singles = NDArray[np.float32]
Functions = Callable[[Floats], list[Floats]]  # the functions that a table holds

PROMISED = 4.0
MOST_ULP = 3.3  # at some thousand points
MOST_BESIDE_ZEROS = 0.75 * 2.0**-23  # of a derivative; one unit of the last place of 1 is promised
FIRST = 250  # one point in so many is tried before all
MOST_PLACES = 16  # constants of a formula, and zeros of its parts: it is tried closely around
BESIDE = np.arange(-8.0, 9.0)  # floats on either side of centres and borders
LARGEST = float(np.finfo(np.float32).max)


def evaluate(table: Table, x: Floats) -> list[Floats]:
    """What the instructions of a table give for float32 numbers; all arrays are of float64."""
    x = -x if table.mirrored else x
    far = -np.abs(x) if table.folded else x
    near = np.maximum(far, table.low) if table.below or (table.folded and table.above) else far
    near = near if table.folded or not table.above else np.minimum(near, table.high)
    scaled = near * table.scale
    number = np.floor(scaled) if table.centres else np.rint(single(scaled))
    lane = np.where(np.isfinite(number), number, 0).astype(np.int64) % SEGMENTS
    rest = single(near - np.array(table.centres)[lane] if table.centres else scaled - number)
    return [
        _finished(each, _polynomial(each, lane, rest, near), x, near, far) for each in table.outputs
    ]


def _polynomial(out: Output, lane: NDArray[np.int64], rest: Floats, near: Floats) -> Floats:
    *lower, highest = (np.asarray(row)[lane] for row in out.coefficients)
    p = highest
    for row in reversed(lower):
        p = single(p * rest + row)
    for high, low in out.zeros:
        p = single(p * single(single(near - high) - low))
    return p


def _finished(out: Output, p: Floats, x: Floats, near: Floats, far: Floats) -> Floats:
    exact = p * {"none": np.ones_like(x), "x": far, "near": near}[out.factor]
    side = out.positive
    if side is None:
        return single(exact)
    line = np.full_like(x, side.constant)
    line = single(line + side.slope * x) if side.slope else line
    if side.adds:
        base = np.where(x > 0, line, np.where(x == 0, x, 0.0))  # -0 stays
        return single(exact + base if side.slope else exact)
    negative = single(exact)
    if side.turns:
        return np.where(np.signbit(x), negative, -negative)
    positive = single(line + side.sign * negative) if side.sign else line
    return np.where(x >= 0 if side.starts else x > 0, positive, negative)


def errors(got: Floats, truth: Floats) -> Floats:
    """In units of the last place of the truth as a normal float32."""
    near = truth.astype(np.float32)
    unit = np.spacing(np.maximum(np.abs(near), np.finfo(np.float32).tiny)).astype(np.float64)
    error = np.abs(got - truth) / unit
    same = (got == near) | (np.isnan(got) & np.isnan(truth))
    return np.where(same, 0.0, np.where(np.isfinite(error), error, np.inf))


def goes_on(table: Table, reference: Functions, side: int) -> bool:
    """Is it right on this side of 0 up to infinity?"""
    x = side * _beyond(abs(table.ends[side > 0]))
    return all(_is_right(table, reference, each) for each in (x[::FIRST], x))


def _is_right(table: Table, reference: Functions, x: Floats) -> bool:
    pairs = zip(evaluate(table, x), reference(x), strict=True)
    return all(bool(np.all(errors(got, truth) <= MOST_ULP)) for got, truth in pairs)


@lru_cache(maxsize=256)
def _beyond(end: float) -> Floats:
    near, far = np.linspace(end, 4 * end, 200), np.geomspace(end, LARGEST, 800)
    return single(np.concatenate([near, far, np.array([np.inf])]))


def holds(table: Table, reference: Functions) -> bool:
    """Does it keep what is promised, wherever it is tried?"""
    x = np.sort(single(np.concatenate(list(_points(table)))))
    if table.centres:  # no number twice, but 0 and -0
        x = x[np.append(True, x[1:] != x[:-1]) | (x == 0)]
    pairs = zip(evaluate(table, x), reference(x), strict=True)
    kept = zip(pairs, table.orders, strict=True)
    return all(right(x, *pair, order, MOST_ULP) for pair, order in kept)


def right(x: Floats, got: Floats, truth: Floats, order: int, most: float = PROMISED) -> bool:
    """Is a function, or its slope, at the sorted points x as right as it should be?"""
    error, at_0 = errors(got, truth), (x == 0) & ~np.signbit(x)
    if not order and np.any(np.signbit(got[at_0]) != np.signbit(truth[at_0])):
        return False
    if order:
        known = np.isfinite(truth)
        near = beside_zeros(x[known], truth[known])
        close = np.abs(got - truth)[known] < MOST_BESIDE_ZEROS
        error[known] = np.where(near & close, 0.0, error[known])
    return bool(np.all(error <= most))


@lru_cache(maxsize=64)
def everywhere(formula: Expr) -> Floats:
    """Some thousand float32 numbers, sorted; denser around the constants of the formula, and
    around the zeros of its parts."""
    middle, far = np.linspace(-20, 20, 4003), np.geomspace(1e-6, 1e36, 1500)
    constants = {abs(float(n.value)) for n in postorder(formula) if isinstance(n, Constant)}
    zeros = {abs(zero) for zero in crossings(formula)}
    places = [c for known in (constants, zeros) for c in sorted(known)[:MOST_PLACES]]
    beside = np.append(0.0, np.geomspace(1e-7, 0.3, 60))
    around = [c * (1 + side * beside) for c in places for side in (-1, 1)]
    x = np.concatenate([middle, far, -far, *around, *(-each for each in around)])
    return np.unique(single(x[np.abs(x) <= LARGEST]))


def _points(table: Table) -> Iterator[Floats]:
    """All over the table, near 0, and at the borders of its segments."""
    random = np.random.default_rng(0)
    low, high = table.ends
    yield np.linspace(low, high, 4001)
    yield random.uniform(low, high, 2000)
    borders = (np.arange(-SEGMENTS, SEGMENTS + 1) + 0.5) / table.scale
    for nudge in (-1e-6, 0.0, 1e-6):
        yield np.clip(borders + nudge, low, high)
    if table.centres:
        starts = np.arange(-SEGMENTS, SEGMENTS + 1) / table.scale
        around = single(np.concatenate([table.centres, starts]))[:, None]
        beside = around + BESIDE * np.spacing(np.abs(around).astype(np.float32))
        yield np.clip(np.concatenate([beside, -beside], axis=None), low, high)
    tiny = np.geomspace(1e-44, 0.5, 300)
    yield np.concatenate([tiny, -tiny, [0.0, -0.0, np.nan]])
