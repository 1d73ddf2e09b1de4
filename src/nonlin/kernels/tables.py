"""Tables for any formula: piecewise polynomials, fitted to its float64 kernel and tried out.

A function is looked for in halves (most activations repeat on the positive side what they do on
the negative one), its zero at 0 is taken out as a factor, and of all lengths of table and degrees
the cheapest is taken that keeps the promised digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nonlin.emit.llvm.table import SEGMENTS, Output, Positive, Table

Floats = NDArray[np.float64]
Reference = Callable[[Floats], list[Floats]]  # the functions that a table holds

DEGREES = (4, 5, 6, 7)
REACHES = (104.0, 88.0, 60.0, 40.0, 30.0, 24.0, 18.0, 15.0, 12.5, 11.0, 10.0, 9.0, 8.0, 7.0)
REACHES += (6.5, 6.0, 5.75, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0)
NODES = 16  # per segment, at which a polynomial is fitted
CLOSE = 4.5e-8  # of a fit: relative, or near a zero of a derivative absolute
TRIED = 3  # the cheapest tables
MOST_ZEROS = 2  # of a function, but at 0: each costs three instructions
MOST_ULP = 3.6  # of what comes out in float32, tried at some thousand points
ULP_OF_ONE = 2.0**-23
INPUTS = ((1.0, 0.5), (3.0, 0.25), (10.0, 0.25))  # their standard deviations, and how often
EXACT = 1e-15  # how well the two sides of a function must fit together
FAR = np.float64(np.float32(3.4e38))


@dataclass(frozen=True, slots=True)
class Shape:
    """Of the functions at once: their positive sides, if they have any, and which are 0 at 0."""

    positive: tuple[Positive, ...] | None
    starts_at_0: tuple[bool, ...]


def fit(reference: Reference, orders: tuple[int, ...], otherwise: float) -> Table | None:
    """The cheapest table of f (order 0) and f' (order 1), if there is one below `otherwise`.

    otherwise: instructions of the kernel that takes the lanes outside.
    """
    with np.errstate(all="ignore"):
        return _fit(reference, orders, otherwise)


def _fit(reference: Reference, orders: tuple[int, ...], otherwise: float) -> Table | None:
    for mirrored in (False, True):
        function = _mirrored(reference) if mirrored else reference
        shape = _shape(function, orders)
        tables = (_fitted(function, orders, shape, reach) for reach in REACHES)
        found = [(_cost(table, otherwise), table) for table in tables if table is not None]
        for cost, table in sorted(found, key=lambda each: each[0])[:TRIED]:
            if cost < otherwise and _holds(table, function, orders):
                return replace(table, mirrored=mirrored)
        if shape.positive is None:
            break
    return None


def _mirrored(reference: Reference) -> Reference:
    return lambda x: reference(-x)


def _shape(reference: Reference, orders: tuple[int, ...]) -> Shape:
    at_0 = [each[0] for each in reference(np.zeros(1))]
    return Shape(_sides(reference, orders), tuple(bool(value == 0) for value in at_0))


def _sides(reference: Reference, orders: tuple[int, ...]) -> tuple[Positive, ...] | None:
    """f(x) = a + b x + c f(-x) for x > 0, with c = 1, -1 or 0, if that is so."""
    around = reference(np.array([-1e-300, 0.0, 1e-300]))
    t = np.linspace(0.05, 9.0, 64)
    right, left = reference(t), reference(-t)
    if not all(np.all(np.isfinite(each)) for each in (*right, *left)):
        return None
    for sign in (1, -1, 0):
        signs = [sign * (-1) ** order for order in orders]
        rests = [r - c * l for r, l, c in zip(right, left, signs, strict=True)]
        lines = [_line(t, rest, order) for rest, order in zip(rests, orders, strict=True)]
        sizes = [np.abs(r) + np.abs(l) + 1e-300 for r, l in zip(right, left, strict=True)]
        if all(
            np.all(np.abs(rest - a - b * t) <= EXACT * (size + abs(a) + np.abs(b * t)))
            for rest, (a, b), size in zip(rests, lines, sizes, strict=True)
        ):
            return tuple(
                Positive(a, b, c, starts=bool(left != at_0 == right))
                for (a, b), c, (left, at_0, right) in zip(lines, signs, around, strict=True)
            )
    return None


def _line(t: Floats, rest: Floats, order: int) -> tuple[float, float]:
    """The constant and the slope of what is a line, or not; a derivative has no slope here."""
    slope = 0.0 if order else float((rest[-1] - rest[0]) / (t[-1] - t[0]))
    slope = next((v for v in (0.0, round(slope * 64) / 64) if abs(slope - v) < 1e-14), slope)
    constant = float(rest[32] - slope * t[32])
    near = round(constant * 64) / 64
    return (near if abs(constant - near) < 1e-14 else constant), slope


def _fitted(
    reference: Reference, orders: tuple[int, ...], shape: Shape, reach: float
) -> Table | None:
    """The table of the lowest degree over [-reach, reach], or its negative half."""
    first, span = (1 - SEGMENTS, reach) if shape.positive else (-SEGMENTS // 2, 2 * reach)
    scale = float(np.float32((SEGMENTS - 0.5) / span))
    numbers = np.arange(first, first + SEGMENTS)
    places = numbers[:, None] + _nodes()
    if shape.positive:  # of the last segment the negative half
        places[-1] = _nodes(halved=True)
    x = places / scale
    values = reference(x.ravel())
    outputs = []
    for k, order in enumerate(orders):
        factors = ("near", "x") if shape.starts_at_0[k] else ("none",)
        y = values[k].reshape(x.shape)
        positive = shape.positive[k] if shape.positive else None
        zeros = () if order else _zeros(x, y, lambda at: reference(at)[k])
        rows = None
        if len(zeros) <= MOST_ZEROS:
            rows = _rows(x, y, order, factors[0] != "none", zeros, positive is not None)
        if rows is None:
            return None
        turned = _turned(rows, first)
        outputs.append([Output(turned, factor, zeros, positive) for factor in factors])
    low = _inwards((first - 0.49) / scale, 0.0)
    high = _inwards((first + SEGMENTS - 0.51) / scale, 0.0)
    table = Table(
        low=low,
        high=high,
        scale=scale,
        mirrored=False,
        folded=shape.positive is not None,
        below=False,
        above=False,
        orders=orders,
        outputs=tuple(each[0] for each in outputs),
    )
    return _extended(table, [each[-1] for each in outputs], reference)


def _inwards(value: float, to: float) -> float:
    return float(np.nextafter(np.float32(value), np.float32(to)))


def _zeros(
    x: Floats, y: Floats, function: Callable[[Floats], Floats]
) -> tuple[tuple[float, float], ...]:
    """Where f changes its sign, but at 0, as two words of float32."""
    order = np.argsort(x, axis=None)
    x, signs = x.ravel()[order], np.sign(y.ravel()[order])
    places = np.flatnonzero((signs[1:] * signs[:-1] < 0) & ~((x[:-1] < 0) & (x[1:] > 0)))
    low, high = x[places], x[places + 1]
    rising = signs[places + 1]
    for _ in range(60 if 0 < len(places) <= MOST_ZEROS else 0):
        middle = (low + high) / 2
        above = function(middle) * rising > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    words = high.astype(np.float32)
    return tuple((float(a), float(b)) for a, b in zip(words, (high - words).astype(np.float32)))


@cache
def _nodes(halved: bool = False) -> Floats:
    """Where in a segment of length 1, or in its negative half, a polynomial is fitted."""
    nodes = 0.5 * np.cos((2 * np.arange(NODES) + 1) * np.pi / (2 * NODES))
    return np.asarray((nodes - 0.5) / 2 if halved else nodes)


@cache
def _solver(degree: int, halved: bool = False) -> tuple[Floats, Floats]:
    powers = np.vander(_nodes(halved), degree + 1, increasing=True)
    return powers, np.linalg.pinv(powers)


def _polynomials(y: Floats, degree: int, folded: bool) -> tuple[Floats, Floats]:
    """Coefficients by segment, and the values that they give."""
    powers, solver = _solver(degree)
    rows = y @ solver.T
    values = rows @ powers.T
    if folded:
        powers, solver = _solver(degree, halved=True)
        rows[-1] = solver @ y[-1]
        values[-1] = powers @ rows[-1]
    return rows, values


def _rows(
    x: Floats,
    y: Floats,
    order: int,
    divided: bool,
    zeros: tuple[tuple[float, float], ...],
    folded: bool,
) -> Floats | None:
    """Coefficients of the lowest degree that is good enough, by segment."""
    if not np.all(np.isfinite(y)):
        return None
    allowed = CLOSE * np.abs(y)
    if order:
        allowed = np.maximum(allowed, _near_zeros(x, y) * CLOSE)
    target = y
    if divided:
        target, allowed = y / x, allowed / np.abs(x)  # no node lies at 0
    for high, low in zeros:
        target, allowed = target / (x - high - low), allowed / np.abs(x - high - low)
    if np.any(target == 0):
        return None
    for degree in DEGREES:
        rows, values = _polynomials(target, degree, folded)
        if np.all(np.abs(values - target) <= allowed):
            return np.asarray(rows.astype(np.float32).astype(np.float64))
    return None


def _near_zeros(x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Points between a zero and the next extremum on either side."""
    order = np.argsort(x.ravel(), kind="stable")
    values = y.ravel()[order]
    near = np.zeros(len(values), bool)
    grows = np.abs(values[1:]) >= np.abs(values[:-1])
    signs = np.sign(values)
    for k in np.flatnonzero(signs[1:] * signs[:-1] < 0):
        after = np.flatnonzero(~grows[k + 1 :])
        before = np.flatnonzero(grows[:k])
        stop = k + 1 + (after[0] if len(after) else len(values))
        near[(before[-1] + 1 if len(before) else 0) : stop + 1] = True
    result = np.empty_like(near)
    result[order] = near
    return result.reshape(x.shape)


def _turned(rows: Floats, first: int) -> tuple[tuple[float, ...], ...]:
    """By degree; the segment k stands in lane k modulo 32, which is what its low bits say."""
    turned = np.empty_like(rows)
    turned[np.arange(first, first + SEGMENTS) % SEGMENTS] = rows
    return tuple(tuple(map(float, row)) for row in turned.T)


def _extended(table: Table, others: list[Output], reference: Reference) -> Table:
    """The table with the sides on which it may go on as at its ends."""
    choices = [table.outputs]
    if any(a.factor != b.factor for a, b in zip(table.outputs, others, strict=True)):
        choices.append(tuple(others))
    best = table
    for outputs in choices:
        tried = replace(table, outputs=outputs, below=True, above=True)
        sides = {side: _goes_on(tried, reference, side) for side in (-1, 1)}
        tried = replace(tried, below=sides[-1], above=sides[1])
        if sum(sides.values()) > best.below + best.above:
            best = tried
    return best


def _goes_on(table: Table, reference: Reference, side: int) -> bool:
    end = -table.low if table.folded or side < 0 else table.high
    x = side * np.concatenate([np.linspace(end, 4 * end, 24), np.geomspace(end, FAR, 40)])
    x = np.float64(np.float32(np.append(x, side * np.inf)))
    return all(
        bool(np.all(_error(got, truth) <= MOST_ULP))
        for got, truth in zip(evaluate(table, x), reference(x), strict=True)
    )


def evaluate(table: Table, x: Floats) -> list[Floats]:
    """What the instructions of a table give, to the bit, for float32 numbers kept in float64."""
    x = -x if table.mirrored else x
    far = -np.abs(x) if table.folded else x
    near = np.maximum(far, table.low) if table.below or (table.folded and table.above) else far
    near = near if table.folded or not table.above else np.minimum(near, table.high)
    scaled = near * table.scale
    number = np.rint(np.float32(scaled).astype(np.float64))
    rest = _single(scaled - number)
    lane = np.where(np.isnan(number), 0, number).astype(np.int64) % SEGMENTS
    outputs = []
    for each in table.outputs:
        p = _horner(each, lane, rest)
        for high, low in each.zeros:
            p = _single(p * _single(_single(near - high) - low))
        outputs.append(_finish(each, p, x, near, far))
    return outputs


def _single(x: Floats) -> Floats:
    return x.astype(np.float32).astype(np.float64)


def _horner(out: Output, lane: NDArray[np.int64], rest: Floats) -> Floats:
    *lower, highest = (np.asarray(row)[lane] for row in out.coefficients)
    result = highest
    for row in reversed(lower):
        result = _single(result * rest + row)
    return result


def _finish(out: Output, p: Floats, x: Floats, near: Floats, far: Floats) -> Floats:
    by = {"none": np.ones_like(x), "x": far, "near": near}[out.factor]
    exact = p * by
    side = out.positive
    if side is None:
        return _single(exact)
    if side.sign == 1 and side.constant == 0 and side.slope in (0, 1):
        return _single(exact + np.where(x > 0, x * side.slope if side.slope else 0, 0))
    negative = _single(exact)
    line = np.full_like(x, side.constant)
    line = _single(line + side.slope * x if side.slope else line)
    positive = _single(line + side.sign * negative) if side.sign else line
    return np.where(x >= 0 if side.starts else x > 0, positive, negative)


def _error(got: Floats, truth: Floats) -> Floats:
    """In units of the last place of the truth in float32, the smallest normal number at least."""
    single = truth.astype(np.float32)
    unit = np.spacing(np.maximum(np.abs(single), np.finfo(np.float32).tiny))
    error = np.abs(got - truth) / unit.astype(np.float64)
    same = (got == single) | (np.isnan(got) & np.isnan(truth))
    return np.where(same, 0.0, np.where(np.isfinite(error), error, np.inf))


def _points(table: Table) -> Iterator[Floats]:
    """Where a table is tried out: all over it, near 0, and at the borders of its segments."""
    random = np.random.default_rng(0)
    low, high = table.low, -table.low if table.folded else table.high
    yield np.linspace(low, high, 4001)
    yield random.uniform(low, high, 2000)
    borders = (np.arange(-SEGMENTS, SEGMENTS + 1) + 0.5) / table.scale
    for nudge in (-1e-6, 0.0, 1e-6):
        yield np.clip(borders + nudge, low, high)
    tiny = np.geomspace(1e-44, 0.5, 300)
    yield np.concatenate([tiny, -tiny, [0.0, np.nan]])


def _holds(table: Table, reference: Reference, orders: tuple[int, ...]) -> bool:
    x = np.float64(np.float32(np.concatenate(list(_points(table)))))
    x = np.sort(x)
    for got, truth, order in zip(evaluate(table, x), reference(x), orders, strict=True):
        error = _error(got, truth)
        if order:
            known = ~np.isnan(truth)
            near = np.zeros(len(x), bool)
            near[known] = _near_zeros(x[known], truth[known])
            error = np.where(near & (np.abs(got - truth) < 0.8 * ULP_OF_ONE), 0.0, error)
        if np.any(error > MOST_ULP):
            return False
    return True


def _cost(table: Table, otherwise: float) -> float:
    """Vector instructions, with those for lanes outside as often as wide inputs need them."""
    edges = (table.low, -table.low if table.folded else table.high)
    leave = sum(
        0.0
        if goes_on
        else sum(share / 2 * math.erfc(abs(edge) / wide / math.sqrt(2)) for wide, share in INPUTS)
        for edge, goes_on in zip(edges, (table.below, table.above), strict=True)
    )
    return instructions(table) + leave * (otherwise + 40)


def instructions(table: Table) -> int:
    """Vector instructions for 16 numbers, without loads and stores."""
    count = 4 + table.folded + (not table.folded) + 2 * (not table.whole)
    for each in table.outputs:
        count += 2 * each.degree + 1 + (each.factor != "none") + 3 * len(each.zeros)
        side = each.positive
        count += 0 if side is None else 1 if side.sign == 1 and not side.constant else 3
    return count
