"""A row of a ranking that users read: one activation at its best learning rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nonlin._errors import NonlinError
from nonlin._text import Text, listed, text
from nonlin.activation import Activation
from nonlin.choose.candidates import Plan
from nonlin.measure import Measurement, average
from nonlin.measure.efficiency import nanoseconds_per_element
from nonlin.trials.standings import Standing as Ran


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One activation at its best learning rate; measurements are means over the splits.

    ran: the same as the race has it. score: on test rows; half_width: of its 95 % interval (None:
    one split). validation_score: the same on validation rows, which may choose, and claims
    nothing. cost: ns per element. seconds: per network. diverged: how many of its networks at
    this rate did. p_value: against the leader, after Holm. difference: of the score to the
    leader's, on the splits that both ran, with the half width of its 95 % interval (None: one
    round, or the leader itself). rounds, seeds: in which it ran; stopped: it did not run in the
    later ones. tied: it ran to the end, without a significant difference to the leader. verdict:
    "leader", "worse" (significantly), "equal" (practically: see `Plan.margin`), "open" (so few
    rows decide neither), "stopped" (nothing is claimed). error: in the target's units, None where
    there is none.
    """

    ran: Ran
    activation: Activation
    label: str
    rate: float
    rounds: int
    seeds: tuple[int, ...]
    stopped: bool
    score: Measurement
    half_width: float | None
    validation_score: float
    error: Measurement | None
    cost: Measurement
    seconds: Measurement
    diverged: int
    p_value: float
    verdict: str
    tied: bool
    leader: bool
    difference: float
    difference_half_width: float | None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which a score lies."""
        return -math.inf, math.inf

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the score, inside what a score can be; None after one round."""
        if self.half_width is None:
            return None
        least, most = self.bounds
        low, high = self.score.value - self.half_width, self.score.value + self.half_width
        return max(low, least), min(high, most)

    def columns(self, recommended: str) -> dict[str, Any]:
        """Those of a table that every ranking has; the middle ones differ."""
        low, high = self.interval or (None, None)
        gap, half = self.difference, self.difference_half_width
        return {
            "activation": self.label,
            "score": self.score.value,
            "low": low,
            "high": high,
            "learning_rate": self.rate,
            "ns_per_element": self.cost.value,
            "seconds_per_network": self.seconds.value,
            "diverged": self.diverged,
            "rounds": self.rounds,
            "stopped": self.stopped,
            "leader": self.leader,
            "difference": gap,
            "difference_low": None if half is None else gap - half,
            "difference_high": None if half is None else gap + half,
            "p_value": self.p_value,
            "tied": self.tied,
            "verdict": self.verdict,
            "recommended": self.label == recommended,
        }


def measured_of(row: Ran, label: str, what: Text, tested: Text, where: Text) -> dict[str, Any]:
    """The fields of `Ranked`, but for `error`; what: the score, tested: its rows, where: runs."""
    seconds = [each.seconds for each in row.outcomes]
    activation = row.arm.candidate.activation
    return {
        "ran": row,
        "activation": activation,
        "label": label,
        "rate": row.arm.setting,
        "rounds": len(row.seeds),
        "seeds": row.seeds,
        "stopped": row.stopped,
        "score": Measurement(row.claimed, row.standard_error, "", what, tested),
        "half_width": row.half_width,
        "validation_score": row.validated,
        "cost": nanoseconds_per_element(activation),
        "seconds": average(seconds, "s", text("measure.seconds"), where),
        "diverged": row.diverged,
        "p_value": row.p_value,
        "verdict": row.verdict,
        "tied": row.tied,
        "leader": row.leader,
        "difference": row.difference,
        "difference_half_width": row.difference_half_width,
    }


def left_out(found: Sequence[Ran], plan: Plan) -> tuple[Text, ...]:
    """A note on candidates that a ranking leaves out, whose numbers are not finite.

    Raises NonlinError if that leaves none.
    """
    if not found:
        raise NonlinError("nothing_trained")
    left = {row.arm.candidate for row in found}
    names = [plan.label(each) for each in plan.candidates if each not in left]
    return (text("choose.left_out", names=listed(names)),) if names else ()
