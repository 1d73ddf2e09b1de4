"""From the ranking of a race to one that users read: score, stability and cost, measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nonlin._text import Text, text
from nonlin.choose.contest import Networks
from nonlin.choose.criteria import geometric_mean
from nonlin.choose.ranked import Ranked, left_out, measured_of
from nonlin.measure import Measurement, average
from nonlin.tasks.task import Task
from nonlin.trials import standings as ranking
from nonlin.trials.contest import Outcome
from nonlin.trials.race import Race
from nonlin.trials.standings import Standing as Ran


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Ranked):
    """One activation at its best learning rate on a table; means over the splits.

    error: in the target's units, None for classes without order. beside: a second measure that
    people know, which decides nothing (None: the task has none, or an older journal). dead,
    saturated: shares after training; dead_before and gradient_ratio: before.
    """

    hidden: tuple[int, ...]
    beside: Measurement | None
    dead_before: Measurement
    dead: Measurement
    saturated: Measurement
    gradient_ratio: Measurement

    @property
    def bounds(self) -> tuple[float, float]:
        """Of an accuracy, or of what may be worse."""
        return (0.0 if self.error is None else -math.inf), 1.0


def standings(race: Race, contest: Networks) -> tuple[tuple[Standing, ...], tuple[Text, ...]]:
    """The ranking and notes on what was left out: activations whose networks gave numbers that
    are not finite. Raises NonlinError if that leaves none.
    """
    found = ranking.standings(race, _usable, contest.plan.margin, contest.least)
    notes = left_out(found, contest.plan)
    return tuple(described(row, contest.label(row.arm), contest.task) for row in found), notes


def _usable(outcome: Outcome) -> bool:
    return math.isfinite(outcome.measures["gradient_ratio"])


def described(row: Ran, label: str, task: Task) -> Standing:
    """The row with its measurements, in the terms of the task."""
    where = text("measure.in_rounds", rounds=len(row.seeds))
    tested = text("measure.test_rows", rounds=len(row.seeds))

    def mean(name: str, values: Sequence[float]) -> Measurement:
        return average(values, "", text(f"measure.{name}"), where)

    def measured(name: str, called: str) -> Measurement:
        return mean(called, row.measured(name))

    return Standing(
        **measured_of(row, label, text(f"measure.{task.score}"), tested, where),
        hidden=row.arm.candidate.hidden,
        error=measured("error", task.error) if task.error else None,
        beside=measured("beside", task.beside) if task.beside and row.has("beside") else None,
        dead_before=measured("dead_before", "dead"),
        dead=measured("dead", "dead"),
        saturated=measured("saturated", "saturated"),
        gradient_ratio=_ratio(row, mean("gradient_ratio", _logs(row))),
    )


def _logs(row: Ran) -> list[float]:
    return [math.log(ratio) for ratio in row.measured("gradient_ratio")]


def _ratio(row: Ran, logs: Measurement) -> Measurement:
    centre = geometric_mean(row.measured("gradient_ratio"))
    error = None if logs.standard_error is None else centre * logs.standard_error
    return replace(logs, value=centre, standard_error=error)
