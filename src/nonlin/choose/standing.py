"""From the ranking of a race to one that users read: score, stability and cost, measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nonlin._errors import NonlinError
from nonlin._text import Text, listed, text
from nonlin.activation import Activation
from nonlin.choose.contest import Networks
from nonlin.choose.criteria import geometric_mean
from nonlin.measure import Measurement, average
from nonlin.measure.efficiency import nanoseconds_per_element
from nonlin.tasks.task import Task
from nonlin.trials import standings as ranking
from nonlin.trials.contest import Outcome
from nonlin.trials.race import Race
from nonlin.trials.standings import Standing as Ran


@dataclass(frozen=True, slots=True)
class Standing:
    """One activation at its best learning rate; measurements are means over the splits.

    ran: the same as the race has it. score: of the task, on test rows; half_width: of its 95 %
    interval (None: one split).
    validation_score: the same on validation rows, which may choose, and claims nothing.
    error: in the target's units, None for classes without order. dead, saturated: shares after
    training; dead_before and gradient_ratio: before. cost: ns per element. seconds: per
    network. diverged: how many of its networks at this rate did. p_value: against the leader,
    after Holm. difference: of the score to the leader's, on the splits that both ran, with the half
    width of its 95 % interval (None: one round, or the leader itself). rounds, seeds: in which it
    ran; stopped: it did not run in the later ones. tied: it ran to the end, without a significant
    difference to the leader. verdict: "leader", "worse" (significantly), "equal" (practically: see
    `Plan.margin`), "open" (so few rows decide neither), "stopped" (nothing is claimed).
    """

    ran: Ran
    activation: Activation
    label: str
    hidden: tuple[int, ...]
    rate: float
    rounds: int
    seeds: tuple[int, ...]
    stopped: bool
    score: Measurement
    half_width: float | None
    validation_score: float
    error: Measurement | None
    dead_before: Measurement
    dead: Measurement
    saturated: Measurement
    gradient_ratio: Measurement
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
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the score, inside what a score can be; None after one round."""
        if self.half_width is None:
            return None
        least = 0.0 if self.error is None else -math.inf  # an accuracy, or what may be worse
        low, high = self.score.value - self.half_width, self.score.value + self.half_width
        return max(low, least), min(high, 1.0)


def standings(race: Race, contest: Networks) -> tuple[tuple[Standing, ...], tuple[Text, ...]]:
    """The ranking and notes on what was left out: activations whose networks gave numbers that
    are not finite. Raises NonlinError if that leaves none.
    """
    found = ranking.standings(race, _usable, contest.plan.margin, contest.least)
    if not found:
        raise NonlinError("nothing_trained")
    left = {row.arm.candidate for row in found}
    lost = [contest.plan.label(each) for each in contest.plan.candidates if each not in left]
    notes = (text("choose.left_out", names=listed(lost)),) if lost else ()
    return tuple(described(row, contest.label(row.arm), contest.task) for row in found), notes


def _usable(outcome: Outcome) -> bool:
    return math.isfinite(outcome.measures["gradient_ratio"])


def described(row: Ran, label: str, task: Task) -> Standing:
    """The row with its measurements, in the terms of the task."""
    splits = len(row.seeds)
    where = text("measure.in_rounds", rounds=splits)

    def mean(name: str, values: Sequence[float], unit: str = "") -> Measurement:
        return average(values, unit, text(f"measure.{name}"), where)

    def measured(name: str, called: str) -> Measurement:
        return mean(called, row.measured(name))

    candidate = row.arm.candidate
    return Standing(
        ran=row,
        activation=candidate.activation,
        label=label,
        hidden=candidate.hidden,
        rate=row.arm.setting,
        rounds=splits,
        seeds=row.seeds,
        stopped=row.stopped,
        score=_score(row, task),
        half_width=row.half_width,
        validation_score=row.validated,
        error=measured("error", task.error) if task.error else None,
        dead_before=measured("dead_before", "dead"),
        dead=measured("dead", "dead"),
        saturated=measured("saturated", "saturated"),
        gradient_ratio=_ratio(row, mean("gradient_ratio", _logs(row))),
        cost=nanoseconds_per_element(candidate.activation),
        seconds=mean("seconds", [each.seconds for each in row.outcomes], "s"),
        diverged=row.diverged,
        p_value=row.p_value,
        verdict=row.verdict,
        tied=row.tied,
        leader=row.leader,
        difference=row.difference,
        difference_half_width=row.difference_half_width,
    )


def _score(row: Ran, task: Task) -> Measurement:
    where = text("measure.test_rows", rounds=len(row.seeds))
    return Measurement(row.claimed, row.standard_error, "", text(f"measure.{task.score}"), where)


def _logs(row: Ran) -> list[float]:
    return [math.log(ratio) for ratio in row.measured("gradient_ratio")]


def _ratio(row: Ran, logs: Measurement) -> Measurement:
    centre = geometric_mean(row.measured("gradient_ratio"))
    error = None if logs.standard_error is None else centre * logs.standard_error
    return replace(logs, value=centre, standard_error=error)
