"""What a function is like on the two sides of 0, and at 0: one side may be read off the other."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from nonlin.emit.llvm.tables.table import Positive
from nonlin.kernels.tables import trial
from nonlin.kernels.tables.pieces import Floats
from nonlin.kernels.tables.trial import Functions

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

    @property
    def symmetric(self) -> bool:
        """Is it all the same from the other side?"""
        sides = self.positive or ()
        return all(side.sign and not side.constant and not side.slope for side in sides)


def shape_of(reference: Functions, orders: tuple[int, ...]) -> Shape:
    """Seen at some points: a table is tried out anyway."""
    values = reference(np.array([0.0, TINY, NEAR_0, NEAR_0 / 2]))
    return Shape(_sides(reference, orders), tuple(_order_of_zero(*each) for each in values))


def _order_of_zero(at_0: float, beside: float, near: float, nearer: float) -> int:
    jumps = abs(beside) > TINY**0.5
    if at_0 != 0 or jumps or near == 0 or nearer == 0:
        return int(at_0 == 0 and not jumps)
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
