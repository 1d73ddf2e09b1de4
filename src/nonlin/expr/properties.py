"""What can be said about an activation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """Primitive operations per element, each shared one counted once.

    `exponentials` counts sines, error functions and arc tangents too; `products` multiplications,
    `sums` additions and subtractions, `comparisons` also choices, extremes and signs.
    """

    exponentials: int = 0
    logarithms: int = 0
    divisions: int = 0
    roots: int = 0
    products: int = 0
    sums: int = 0
    comparisons: int = 0


@dataclass(frozen=True, slots=True)
class Properties:
    """Everything measured on the graph of one activation (parameters substituted).

    Intervals are (low, high) and may be infinite; a single point is (x, x).

    `range` the bounds of the values, `lowest_at` and `highest_at` where they are taken (None: only
    approached). `limits`, `slope_limits` of f and f' at -infinity and infinity, NaN for none;
    `asymptotes` (a, b) on either side if f tends to a x + b. `rising`, `falling` the longest such
    intervals; `monotone` if there is no other kind, `strictly` if no interval is flat either.
    `parity`, and `centre` (x, f(x)) of a symmetry by half a turn. `convex`, `concave`, and
    `inflections`, where the curvature changes its sign.

    `breakpoints` where a part of the formula stops being smooth, `kinks` those where f or f' jumps,
    `jumps` (x, size) of f and `slope_jumps` of f' there. `smoothness` the number of continuous
    derivatives (-1: the value jumps, 0: the slope jumps, inf: smooth). `lipschitz` the largest
    |f'|, `steepest_at` where; `slope_at_zero` f'(0), of a kink there the steeper; `curvature` the
    largest |f''| (the Lipschitz constant of f').

    `zeros` of f; `fixed_points` of f with f' there: (low, high, slope). `saturation_points` the x
    (left, right) beyond which |f'| stays under 1 % of its maximum; `dead_regions` where f' is
    exactly 0. `mean` and `variance` of the output under a standard normal input. `period` the least
    one; `endless` names the lists that go on for ever, of which those with |x| <= 12 are given.
    `proven` names what interval arithmetic or the graph proves (of `range` and `lipschitz`: that
    nothing lies beyond), given the breakpoints; the others are seen
    on a grid whose zeros, turns and bends are bracketed and then found to the last bit.
    Of a wave without a period, `range` and `lipschitz` are what samples up to |x| = 12,000 show;
    the least bounds may be a little wider. `mean` and `variance` are NaN where they are not found.
    `cost` of the value, `cost_with_slope` of value and derivative together.
    """

    range: Span
    lowest_at: float | None
    highest_at: float | None
    limits: Span
    slope_limits: Span
    asymptotes: tuple[Span | None, Span | None]
    monotone: Literal["increasing", "decreasing"] | None
    rising: tuple[Span, ...]
    falling: tuple[Span, ...]
    parity: Literal["odd", "even"] | None
    centre: tuple[float, float] | None
    convex: bool
    concave: bool
    inflections: tuple[float, ...]
    breakpoints: tuple[float, ...]
    kinks: tuple[float, ...]
    jumps: tuple[tuple[float, float], ...]
    slope_jumps: tuple[tuple[float, float], ...]
    smoothness: float
    lipschitz: float
    steepest_at: float | None
    slope_at_zero: float
    curvature: float
    zeros: tuple[Span, ...]
    fixed_points: tuple[tuple[float, float, float], ...]
    saturation_points: tuple[float | None, float | None]
    dead_regions: tuple[Span, ...]
    mean: float
    variance: float
    linear: bool
    defined_everywhere: bool
    homogeneous: bool
    idempotent: bool
    self_gated: bool
    sign_preserving: bool
    period: float | None
    endless: tuple[str, ...]
    proven: tuple[str, ...]
    cost: Cost
    cost_with_slope: Cost

    @property
    def bounded(self) -> bool:
        """Are the values bounded on both sides?"""
        return math.isfinite(self.range[0]) and math.isfinite(self.range[1])

    @property
    def strictly(self) -> bool:
        """Monotone, and flat on no interval?"""
        return self.monotone is not None and not self.dead_regions

    @property
    def invertible(self) -> bool:
        """Does every value of the range belong to one x only?"""
        return self.strictly and self.defined_everywhere

    @property
    def turning_points(self) -> tuple[float, ...]:
        """Where rising or falling ends or begins, flat stretches included."""
        ends = {x for span in (*self.rising, *self.falling) for x in span}
        return tuple(sorted(x for x in ends if math.isfinite(x)))

    @property
    def zero_centred(self) -> bool:
        """Is the mean output under a standard normal input 0 (within 0.01)?"""
        return abs(self.mean) < 0.01

    @property
    def flat(self) -> bool:
        """Is the slope zero everywhere (a constant or a step)?"""
        return self.lipschitz == 0 or self.dead_regions == ((-math.inf, math.inf),)

    @property
    def saturates_left(self) -> bool:
        """Does the slope tend to 0 at -infinity?"""
        return self.slope_limits[0] == 0

    @property
    def saturates_right(self) -> bool:
        """Does the slope tend to 0 at infinity?"""
        return self.slope_limits[1] == 0

    @property
    def saturation(self) -> tuple[str | None, str | None]:
        """On either side: "hard" (constant), "soft" (levels off), "slow" (grows ever slower)."""
        low = any(math.isinf(start) for start, _ in self.dead_regions)
        high = any(math.isinf(end) for _, end in self.dead_regions)
        return self._side(0, low), self._side(1, high)

    def _side(self, side: int, dead: bool) -> str | None:
        if dead:
            return "hard"
        if self.slope_limits[side] != 0:
            return None
        return "soft" if math.isfinite(self.limits[side]) else "slow"

    @property
    def exponentials(self) -> int:
        """Exponentials, logarithms and similar functions per element."""
        return self.cost.exponentials + self.cost.logarithms

    @property
    def divisions(self) -> int:
        """Divisions and square roots per element."""
        return self.cost.divisions + self.cost.roots
