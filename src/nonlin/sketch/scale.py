"""Scales of pictures: where numbers come to lie, and which round numbers stand beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

FEW = 16 / 3  # steps between ticks at most, on a scale of a chart
MOST_TICKS = 9  # of a logarithmic scale


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of the data to units of the picture, linear or logarithmic."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: Any) -> Any:
        """Where a number, or each of an array, stands; also beyond the ends."""
        low, high = self._of(self.low), self._of(self.high)
        share = (self._of(value) - low) / (high - low) if high != low else 0.5
        return self.start + share * (self.end - self.start)

    def held(self, value: float) -> float:
        """Where a number stands, infinite ones at an end."""
        return float(self(min(max(value, self.low), self.high)))

    def _of(self, value: Any) -> Any:
        return np.log10(value) if self.log else value

    def ticks(self) -> list[float]:
        """About five round numbers inside; powers of ten where those are enough."""
        if self.high <= self.low:
            return [self.low]
        if self.log and len(powers := self._powers()) > 2:
            return powers
        return round_numbers(self.low, self.high, FEW)

    def _powers(self) -> list[float]:
        """Powers of ten, times 2 and 5 where there is room, fewer where there is none."""
        ends = math.floor(self._of(self.low)), math.ceil(self._of(self.high))
        tens = [10.0**place for place in range(ends[0], ends[1] + 1)]
        inside = [t for t in tens if self.low <= t <= self.high]
        fine = [m * t for t in tens for m in (1, 2, 5) if self.low <= m * t <= self.high]
        return fine if len(fine) <= MOST_TICKS else inside[:: 1 + len(inside) // MOST_TICKS]


def round_numbers(low: float, high: float, steps: float) -> list[float]:
    """Round numbers from low to high, that many steps apart at most."""
    least = (high - low) / steps
    power = 10.0 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [step * k for k in range(first, last + 1)]


def coordinates(points: Iterable[tuple[float, float]]) -> str:
    """The points of a path or polyline."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
