"""The cheapest table of a function that keeps the promised digits, if there is one.

A function is looked for in halves: most activations repeat on the positive side what they do on
the negative one. Its zeros are taken out as factors, and of all lengths and degrees the table is
taken whose instructions, with those of the lanes that it leaves to others, are the fewest. Where
that finds none, `centred` looks further.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nonlin.emit.llvm.tables.table import SEGMENTS, Output, Table
from nonlin.expr.analyse.breaks import breakpoints
from nonlin.expr.nodes import Expr
from nonlin.kernels.tables import pieces, trial
from nonlin.kernels.tables.centred import tables
from nonlin.kernels.tables.pieces import Floats
from nonlin.kernels.tables.shape import Shape, shape_of
from nonlin.kernels.tables.trial import Functions

REACHES = (
    *(104.0, 88.0, 60.0, 40.0, 30.0, 24.0, 18.0, 15.0, 12.5, 11.0, 10.0, 9.0, 8.0),
    *(7.0, 6.5, 6.0, 5.75, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0),
)
INPUTS = ((1.0, 0.5), (3.0, 0.25), (10.0, 0.25))  # their standard deviations, and how often
COLLECTING = 40  # instructions for a lane that others take, beside theirs
WORTH = 0.85  # of the instructions without a table: short calls load its registers, too
CLEARLY = 0.5  # the same for one around centres: then wide inputs are not slower, either
LEAST = 13  # instructions of any table
TRIED = 3  # tables, the cheapest first


def fit(
    reference: Functions, orders: tuple[int, ...], otherwise: float, formula: Expr | None = None
) -> Table | None:
    """The table of f (order 0) and f' (order 1) that costs least, if clearly below `otherwise`.

    otherwise: instructions of the kernel that takes the lanes outside, for 16 numbers. formula: of
    f, for its kinks.
    """
    with np.errstate(all="ignore"):
        most = WORTH * otherwise
        found = _of_sides(reference, orders, otherwise, most, _around_middles)
        most = CLEARLY * otherwise
        if found is not None or most <= LEAST:
            return found
        kinks = np.array(() if formula is None else breakpoints(formula))
        return _of_sides(reference, orders, otherwise, most, partial(_around_centres, kinks))


@dataclass(frozen=True, slots=True)
class _Side:
    """What is fitted: the function, or its mirror image."""

    function: Functions
    shape: Shape
    mirrored: bool


Makes = Callable[[_Side, tuple[int, ...]], Iterator[Table | None]]


def _of_sides(
    reference: Functions, orders: tuple[int, ...], otherwise: float, most: float, around: Makes
) -> Table | None:
    """The cheapest, if it costs less than `most` instructions."""
    if most <= LEAST:
        return None
    for side in _sides(reference, orders):
        found = _cheapest(around(side, orders), side.function, otherwise, most)
        if found is not None:
            return replace(found, mirrored=side.mirrored)
    return None


def _sides(reference: Functions, orders: tuple[int, ...]) -> Iterator[_Side]:
    shape = shape_of(reference, orders)
    yield _Side(reference, shape, mirrored=False)
    if shape.positive is not None and not shape.symmetric:
        mirrored = _mirrored(reference)
        yield _Side(mirrored, shape_of(mirrored, orders), mirrored=True)


def _mirrored(reference: Functions) -> Functions:
    return lambda x: reference(-x)


def _around_middles(side: _Side, orders: tuple[int, ...]) -> Iterator[Table | None]:
    return (_fitted(side.function, orders, side.shape, reach) for reach in REACHES)


def _around_centres(kinks: Floats, side: _Side, orders: tuple[int, ...]) -> Iterator[Table]:
    kinks = -kinks if side.mirrored else kinks
    return tables(side.function, orders, side.shape, kinks, REACHES[::-2])


def _cheapest(
    found: Iterable[Table | None], reference: Functions, otherwise: float, most: float
) -> Table | None:
    ordered = sorted((table for table in found if table), key=lambda each: each.instructions)
    cheapest: list[tuple[float, Table]] = []
    for table in ordered:  # as if it went on on both sides, which costs one more at most
        least = table.instructions - 1
        if least >= most or (len(cheapest) == TRIED and least > cheapest[-1][0]):
            break
        tried = _furthest(table, reference)
        cheapest = sorted([*cheapest, (cost(tried, otherwise), tried)], key=lambda each: each[0])
        cheapest = cheapest[:TRIED]
    good = (t for price, t in cheapest if price < most and trial.holds(t, reference))
    return next(good, None)


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
        outputs.append(replace(out, coefficients=pieces.turned(out.coefficients, first)))
    ends = pieces.inwards((first - 0.49) / scale), pieces.inwards((first + SEGMENTS - 0.51) / scale)
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


def _output(
    reference: Functions, k: int, order: int, x: Floats, y: Floats, plain: Output
) -> Output | None:
    """The k-th function with its zeros and coefficients by segment; y: its values at x."""
    zeros = () if order else pieces.zeros(x, y, lambda at: reference(at)[k])
    if zeros is None or not np.all(np.isfinite(y)):
        return None
    allowed = pieces.allowed(x, y, order)
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
