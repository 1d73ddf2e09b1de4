"""What is wrong in the results of one function, collected while they are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from nonlin.audit.tally import FLOAT32, Array, Format, per_ulp_of, settle

WRONG, NONFINITE, LIMIT, NAN = "wrong", "nonfinite", "limit", "nan"
KINDS = (NONFINITE, WRONG, LIMIT, NAN)  # those that harm most first
LOST = 0.5  # relative error from which the largest result tells more than the largest share
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a function, at the x that shows it best.

    kind: "wrong" (more ULP than allowed), "nonfinite" (NaN or infinity, or their absence, at a
    finite x), "limit" (at an infinity), "nan" (NaN in, a number out).
    order: 0 for f, 1 for f'. truth: by mpmath. ours: what nonlin gives. ulp: the error there.
    count: at how many of the inputs it is so; where: from which x to which, for each sign.
    lines: three lines of Python that show it. also: other formats in which it is so.
    """

    name: str
    entry: str
    format: str
    order: int
    kind: str
    x: float
    got: float
    truth: float
    ours: float
    ulp: float
    count: int
    where: tuple[Ends, ...]
    lines: str
    also: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """|got - truth| / |truth|; infinite where one of them is no number."""
        if self.truth == 0 or not math.isfinite(self.got):
            return math.inf
        return abs(self.got - self.truth) / abs(self.truth)


@dataclass(slots=True)
class Seen:
    """A fault of one kind as far as it has been seen."""

    count: int = 0
    score: float = -math.inf
    x: float = math.nan
    ends: dict[bool, Ends] = field(default_factory=dict)  # by sign

    def add(self, x: Array, score: Array) -> None:
        """At these x, told at the one with the highest score."""
        self.count += len(x)
        best = int(np.argmax(score))
        if score[best] > self.score:
            self.score, self.x = float(score[best]), float(x[best])
        for negative in (True, False):
            side = x[np.signbit(x) == negative]
            if len(side) and not np.isnan(x[0]):
                low, high = self.ends.get(negative, (math.inf, -math.inf))
                self.ends[negative] = min(low, float(side.min())), max(high, float(side.max()))

    @property
    def where(self) -> tuple[Ends, ...]:
        """Negative x first."""
        return tuple(self.ends[negative] for negative in (True, False) if negative in self.ends)


@dataclass(slots=True)
class Faults:
    """Those of one function, order and format, by kind."""

    format: Format
    allowed: float  # ULP
    seen: dict[str, Seen] = field(default_factory=dict)

    def add(self, x: Array, got: Array, true: Array, errors: Array, around: Array) -> None:
        """errors: in ULP, as `Tally.add` gives them back; around: zeros of a derivative."""
        places = np.flatnonzero(~(errors <= self.allowed))
        if not len(places):
            return
        x, got, true = x[places], got[places].astype(np.float64), true[places]
        errors = errors[places]
        largest = 1 / per_ulp_of(self.format)[-1]
        settle(got, true, self.format.limit, largest, errors)
        mismatch = errors < 0
        far = mismatch | ((errors > self.allowed) & ~self._excused(x, got, true, around))
        lost = mismatch | (far & ~np.isfinite(got))
        kinds = np.where(lost, NONFINITE, np.where(far, WRONG, ""))
        kinds = np.where(far & np.isinf(x), LIMIT, np.where(far & np.isnan(x), NAN, kinds))
        for kind in set(kinds) - {""}:
            these = kinds == kind
            score = _score(kind, x[these], got[these], true[these])
            self.seen.setdefault(str(kind), Seen()).add(x[these], score)

    def _excused(self, x: Array, got: Array, true: Array, around: Array) -> Array:
        """Small beside 1 around a zero of f', or smaller than the smallest normal number."""
        inside = np.zeros(len(x), bool)
        for low, high in around:
            inside |= (x >= low) & (x <= high)
        excused: Array = inside & (np.abs(got - true) < self.format.epsilon)
        if self.format.lowest == FLOAT32.lowest:
            excused |= (np.abs(true) < self.format.least) & (np.abs(got) < 2 * self.format.least)
        return excused


def _score(kind: str, x: Array, got: Array, true: Array) -> Array:
    """Which x shows a fault best.

    Of errors the largest share, and of results that are lost the largest; else the smallest |x|.
    """
    if kind != WRONG:
        return np.where(np.isfinite(x), -np.abs(x), 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        apart = np.abs(got - true)
        share = apart / np.abs(true)
        score: Array = np.where(share >= LOST, 2 + np.log2(apart) / 2000, share)
    return score
