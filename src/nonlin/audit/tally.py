"""Errors in units in the last place (ULP): one compiled pass over the results, and its sums.

The ULP of a true value is the distance between neighbours of the format at that value; below
the smallest normal number it is that of the subnormal numbers. Overflow counts as the first
power of two that the format lacks: infinity instead of the largest number is one ULP off.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]
_njit: Any = njit
Compiled = TypeVar("Compiled", bound=Callable[..., Any])
NORMAL, SUBNORMAL, ZERO, MISMATCH, KINDS = 0, 1, 2, 3, 4
LABELS = ("normal", "subnormal", "zero", "mismatch")
NOWHERE = np.empty((0, 2))
HALF = 0.5 + 1e-9  # the true values are good to much less than the 1e-9
SLACK = 8.0  # ULP around the largest number within which infinite or not is a matter of rounding


def _compiled(function: Compiled) -> Compiled:
    made: Compiled = _njit(nogil=True)(function)
    return made


@dataclass(frozen=True, slots=True)
class Format:
    """A binary format: bits of the significand, exponents of the smallest and largest normal."""

    name: str
    digits: int
    lowest: int
    highest: int

    @property
    def least(self) -> float:
        """The smallest normal number."""
        return 2.0**self.lowest

    @property
    def limit(self) -> float:
        """The first power of two that is too large; infinity for float64."""
        return 2.0 ** (self.highest + 1) if self.highest < 1023 else math.inf

    @property
    def epsilon(self) -> float:
        """One ULP of 1."""
        return 2.0 ** (1 - self.digits)


@cache
def per_ulp_of(kind: Format) -> Array:
    """1 / ULP by the exponent field of a float64."""
    exponents = np.clip(np.arange(2048) - 1023, kind.lowest, kind.highest)
    return 2.0 ** (kind.digits - 1 - exponents)


FLOAT32 = Format("float32", 24, -126, 127)
FLOAT16 = Format("float16", 11, -14, 15)
BFLOAT16 = Format("bfloat16", 8, -126, 127)


@_compiled
def scan(
    x: Array,
    got: Array,
    true: Array,
    per_ulp: Array,
    least: float,
    limit: float,
    epsilon: float,
    zeros: Array,
    worst: Array,
    place: Array,
    errors: Array,
) -> tuple[int, int]:
    """Raise `worst` and set `place` by kind; how many are rounded right, how many mismatch.

    `errors` is room for one number per result.
    """
    right = _errors(got, true, per_ulp, errors)
    mismatches, largest = 0, 1 / per_ulp[-1]
    nowhere = len(zeros) == 0
    for i in range(len(got)):
        t = true[i]
        kind = SUBNORMAL if abs(t) < least else NORMAL
        if nowhere and errors[i] <= min(worst[kind], SLACK):
            continue  # nearly all; NaN and infinity go on
        error = _exceptional(np.float64(got[i]), t, limit, largest, errors[i])
        right += (error >= 0 and error <= HALF) - (errors[i] <= HALF)
        if error < 0:
            mismatches += 1
            worst[MISMATCH], place[MISMATCH] = 1.0, i
            continue
        if _around(x[i], zeros):
            small = abs(got[i] - t) / epsilon
            if small > worst[ZERO]:
                worst[ZERO], place[ZERO] = small, i
            if small < 1 and kind == NORMAL:
                continue
        if error > worst[kind]:
            worst[kind], place[kind] = error, i
    return right, mismatches


@_compiled
def _errors(got: Array, true: Array, per_ulp: Array, errors: Array) -> int:
    """|got - true| in ULP; how many are at most half an ULP."""
    bits = true.view(np.int64)
    right = 0
    for i in range(len(got)):
        ulps = abs(np.float64(got[i]) - true[i]) * per_ulp[(bits[i] >> 52) & 2047]
        errors[i] = ulps
        right += ulps <= HALF
    return right


@_compiled
def _exceptional(g: float, t: float, limit: float, largest: float, error: float) -> float:
    """The error in ULP where there may be NaN or infinity; negative for a mismatch."""
    if g != g or t != t:
        return 0.0 if g != g and t != t else -1.0
    infinite, beyond = abs(g) == np.inf, abs(t) >= limit
    if infinite and beyond and (g > 0) == (t > 0):
        return 0.0
    if infinite:
        error = abs(math.copysign(limit, g) - t) / largest
    return -1.0 if error > SLACK and (infinite or beyond) else error


@_compiled
def settle(got: Array, true: Array, limit: float, largest: float, errors: Array) -> None:
    """Errors in ULP also where there are NaN and infinity; negative for a mismatch."""
    for i in range(len(got)):
        errors[i] = _exceptional(np.float64(got[i]), true[i], limit, largest, errors[i])


@_compiled
def _around(x: float, zeros: Array) -> bool:
    """Does x lie in one of the intervals?"""
    for k in range(len(zeros)):  # noqa: SIM110 - Numba knows no generators
        if zeros[k, 0] <= x <= zeros[k, 1]:
            return True
    return False


@dataclass(slots=True)
class Tally:
    """The worst errors among results of one format, with x, the result and the truth there.

    worst: by kind, [error, x, got, true], x and got in digits that the format tells apart.
    "zero" is the absolute error around a zero of a derivative, in ULP of 1; an error below 1
    there is not counted under "normal". "mismatch" is NaN or infinity on one side only.
    """

    format: Format
    points: int = 0
    right: int = 0
    mismatches: int = 0
    worst: dict[str, list[Any]] = field(default_factory=dict)
    _room: Array = field(default_factory=lambda: np.empty(0), repr=False, compare=False)

    def add(self, x: Array, got: Array, true: Array, zeros: Array = NOWHERE) -> Array:
        """Count float32 results `got` at float32 x against the float64 `true`.

        Gives back each error in ULP, NaN where it is no number; the next call overwrites it.
        """
        before = [self.worst.get(label, [-1.0])[0] for label in LABELS]
        errors, place = np.array(before), np.full(KINDS, -1)
        f = self.format
        limits = (per_ulp_of(f), f.least, f.limit, f.epsilon)
        if len(self._room) < len(x):
            self._room = np.empty(len(x))
        right, mismatches = scan(x, got, true, *limits, zeros, errors, place, self._room)
        self.points += len(x)
        self.right += right
        self.mismatches += mismatches
        for label, error, i in zip(LABELS, errors, place, strict=True):
            if i >= 0:
                self.worst[label] = [float(error), str(x[i]), str(got[i]), str(true[i])]
        return self._room[: len(x)]

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        self.points += other.points
        self.right += other.right
        self.mismatches += other.mismatches
        for label, found in other.worst.items():
            if found[0] > self.worst.get(label, [-1.0])[0]:
                self.worst[label] = found

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        counts = {"points": self.points, "right": self.right, "mismatches": self.mismatches}
        return {**counts, "worst": self.worst}

    @classmethod
    def of(cls, kind: Format, found: dict[str, Any]) -> Tally:
        """Back from JSON."""
        return cls(kind, found["points"], found["right"], found["mismatches"], found["worst"])
