"""The cheapest table of a function that keeps the promised digits, if there is one.

A function is looked for in halves: most activations repeat on the positive side what they do on
the negative one. Its zeros are taken out as factors, and of all lengths and degrees the table is
taken whose instructions, with those of the lanes that it leaves to others, are the fewest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nonlin.emit.llvm.tables.table import SEGMENTS, Output, Positive, Table
from nonlin.expr.analyse import breakpoints
from nonlin.expr.nodes import Expr
from nonlin.kernels.tables import pieces, trial
from nonlin.kernels.tables.pieces import Floats
from nonlin.kernels.tables.trial import Functions

REACHES = (
    *(104.0, 88.0, 60.0, 40.0, 30.0, 24.0, 18.0, 15.0, 12.5, 11.0, 10.0, 9.0, 8.0),
    *(7.0, 6.5, 6.0, 5.75, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0),
)
INPUTS = ((1.0, 0.5), (3.0, 0.25), (10.0, 0.25))  # their standard deviations, and how often
COLLECTING = 40  # instructions for a lane that others take, beside theirs
WORTH = 0.85  # of the instructions without a table: short calls load its registers, too
TRIED = 3  # tables, the cheapest first
NEAR_0, MOST_ORDER = 2.0**-9, 3
TINY = 1e-300
EXACT = 1e-15  # how well the two sides of a function must fit together
ROUND = 64  # parts of 1 that constants and slopes of lines usually are


@dataclass(frozen=True, slots=True)
class Shape:
    """Of the functions at once: their positive sides, if they have any, and the order of their
    zeros at 0: 2 for what is like x² there, 0 for none."""

    positive: tuple[Positive, ...] | None
    at_0: tuple[int, ...]


def fit(reference: Functions, orders: tuple[int, ...], otherwise: float, formula: Expr | None = None) -> Table | None:
    """The table of f (order 0) and f' (order 1) that costs least, if clearly below `otherwise`.

    otherwise: instructions of the kernel that takes the lanes outside, for 16 numbers.
    """
    with np.errstate(all="ignore"):
        for mirrored in (False, True):
            function = _mirrored(reference) if mirrored else reference
            shape = _shape(function, orders)
            found = (_fitted(function, orders, shape, reach) for reach in REACHES)
            if (table := _cheapest(found, function, otherwise)) is not None:
                return replace(table, mirrored=mirrored)
            if shape.positive is None or all(side.pure for side in shape.positive):
                break
        for mirrored in (False, True) if formula is not None else ():
            function = _mirrored(reference) if mirrored else reference
            shape = _shape(function, orders)
            kinks = breakpoints(formula)
            from nonlin.kernels.tables.centred import centred
            found = centred(function, orders, shape, [-k for k in kinks] if mirrored else kinks)
            if (table := _cheapest(found, function, otherwise)) is not None:
                return replace(table, mirrored=mirrored)
            if shape.positive is None or all(side.pure for side in shape.positive):
                break
    return None


def _mirrored(reference: Functions) -> Functions:
    return lambda x: reference(-x)


def _cheapest(
    found: Iterable[Table | None], reference: Functions, otherwise: float
) -> Table | None:
    tables = sorted((table for table in found if table), key=lambda each: each.instructions)
    cheapest: list[tuple[float, Table]] = []
    for table in tables:  # as if it went on on both sides, which costs one more at most
        if len(cheapest) == TRIED and table.instructions - 1 > cheapest[-1][0]:
            break
        tried = _furthest(table, reference)
        cheapest = sorted([*cheapest, (cost(tried, otherwise), tried)], key=lambda each: each[0])
        cheapest = cheapest[:TRIED]
    good = (t for price, t in cheapest if price < WORTH * otherwise and trial.holds(t, reference))
    return next(good, None)


def _shape(reference: Functions, orders: tuple[int, ...]) -> Shape:
    values = reference(np.array([0.0, NEAR_0, NEAR_0 / 2]))
    return Shape(_sides(reference, orders), tuple(_order_of_zero(*each) for each in values))


def _order_of_zero(at_0: float, near: float, nearer: float) -> int:
    if at_0 != 0 or near == 0 or nearer == 0:
        return int(at_0 == 0)
    order = math.log2(abs(near / nearer))
    return round(order) if abs(order - round(order)) < 0.01 and 1 <= order < MOST_ORDER + 0.5 else 1


def _sides(reference: Functions, orders: tuple[int, ...]) -> tuple[Positive, ...] | None:
    """f(x) = a + b x + c f(-x) for x > 0, with c = 1, -1 or 0, if that is so."""
    t = np.linspace(0.05, 9.0, 64)
    right, left = reference(t), reference(-t)
    if not np.all(np.isfinite([*right, *left])):
        return None
    starts = [_starts(*each) for each in reference(np.array([-TINY, 0.0, TINY]))]
    for sign in (1, -1, 0):
        signs = [sign * (-1) ** order for order in orders]
        sides = [
            _side(t, a, b, c, order)
            for a, b, c, order in zip(right, left, signs, orders, strict=True)
        ]
        if None not in sides:
            pairs = zip(sides, starts, strict=True)
            return tuple(replace(side, starts=first) for side, first in pairs if side)
    return None


def _starts(before: float, at_0: float, after: float) -> bool:
    """Does 0 belong to the positive side? Where f is 0 there, its sign does."""
    before, after = (0.0 if abs(value) < TINY**0.5 else value for value in (before, after))
    return at_0 == after and (before != at_0 or at_0 == 0)


def _side(t: Floats, right: Floats, left: Floats, sign: int, order: int) -> Positive | None:
    """A derivative has no slope here."""
    rest = right - sign * left
    if not np.all(np.abs(rest) < trial.LARGEST):
        return None
    slope = 0.0 if order else _rounded((rest[-1] - rest[0]) / (t[-1] - t[0]))
    constant = _rounded(rest[len(t) // 2] - slope * t[len(t) // 2])
    size = np.abs(right) + np.abs(left) + abs(constant) + np.abs(slope * t)
    fits = np.abs(rest - constant - slope * t) <= EXACT * size
    return Positive(constant, slope, sign, starts=False) if np.all(fits) else None


def _rounded(value: float) -> float:
    near = round(value * ROUND) / ROUND
    return near if abs(value - near) < EXACT * ROUND else float(value)


def _fitted(
    reference: Functions, orders: tuple[int, ...], shape: Shape, reach: float
) -> Table | None:
    """The table of the lowest degrees over [-reach, reach], or its negative half."""
    folded = shape.positive is not None
    first, span = (1 - SEGMENTS, reach) if folded else (-SEGMENTS // 2, 2 * reach)
    scale = float(np.float32((SEGMENTS - 0.5) / span))
    places = np.arange(first, first + SEGMENTS)[:, None] + pieces.nodes()
    if folded:
        places[-1] = pieces.nodes(halved=True)
    x = places / scale
    values = [each.reshape(x.shape) for each in reference(x.ravel())]
    outputs = []
    for k, order in enumerate(orders):
        positive = shape.positive[k] if shape.positive else None
        factor = "near" if shape.at_0[k] else "none"
        more = ((0.0, 0.0),) * (shape.at_0[k] - 1)
        out = _output(reference, k, order, x, values[k], Output((), factor, more, positive))
        if out is None:
            return None
        outputs.append(replace(out, coefficients=_turned(out.coefficients, first)))
    ends = _inwards((first - 0.49) / scale), _inwards((first + SEGMENTS - 0.51) / scale)
    return Table(
        *ends,
        scale=scale,
        mirrored=False,
        folded=folded,
        below=True,
        above=True,
        orders=orders,
        outputs=tuple(outputs),
    )


def _inwards(end: float) -> float:
    return float(np.nextafter(np.float32(end), np.float32(0.0)))


def _output(
    reference: Functions, k: int, order: int, x: Floats, y: Floats, plain: Output
) -> Output | None:
    """The k-th function with its zeros and coefficients by segment; y: its values at x."""
    zeros = () if order else pieces.zeros(x, y, lambda at: reference(at)[k])
    if zeros is None or not np.all(np.isfinite(y)):
        return None
    allowed = np.abs(y) * pieces.CLOSE
    if order:
        allowed = np.maximum(allowed, pieces.beside_zeros(x, y) * pieces.CLOSE_BESIDE_ZEROS)
    divisor = x if plain.factor == "near" else np.ones_like(x)  # no node lies at 0
    zeros += plain.zeros
    for high, low in zeros:
        divisor = divisor * (x - high - low)
    target = y / divisor
    if np.any(target == 0):
        return None
    found = pieces.coefficients(target, allowed / np.abs(divisor), plain.positive is not None)
    if found is None:
        return None
    return replace(plain, zeros=zeros, coefficients=tuple(map(tuple, found.T.tolist())))


def _turned(rows: tuple[tuple[float, ...], ...], first: int) -> tuple[tuple[float, ...], ...]:
    """The segment k in lane k modulo 32, which is what its last bits say."""
    shift = first % SEGMENTS
    return tuple(row[SEGMENTS - shift :] + row[: SEGMENTS - shift] for row in rows)


def _furthest(table: Table, reference: Functions) -> Table:
    """With the factors for which it goes on, at its ends, on as many sides as possible."""
    far = [replace(each, factor=each.factor.replace("near", "x")) for each in table.outputs]
    best = replace(table, below=False, above=False)
    for choice in dict.fromkeys((table, replace(table, outputs=tuple(far)))):
        below, above = (trial.goes_on(choice, reference, side) for side in (-1, 1))
        if below + above > best.below + best.above:
            best = replace(choice, below=below, above=above)
        if best.whole:
            break
    return best


def cost(table: Table, otherwise: float) -> float:
    """Instructions for 16 numbers, with those for lanes outside as often as inputs go there."""
    leave = 0.0
    for end, stays in zip(table.ends, (table.below, table.above), strict=True):
        tails = ((share, abs(end) / wide / math.sqrt(2)) for wide, share in INPUTS)
        leave += 0.0 if stays else sum(share / 2 * math.erfc(z) for share, z in tails)
    return table.instructions + leave * (otherwise + COLLECTING)
