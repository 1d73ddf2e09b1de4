"""From rounds to a ranking: the best rate of each activation, its score, stability and cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nonlin._errors import NonlinError
from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.choose.candidates import Plan
from nonlin.choose.trial import Outcome
from nonlin.measure import Measurement, average
from nonlin.measure.efficiency import nanoseconds_per_element
from nonlin.tasks.task import Task
from nonlin.trials import eliminate, sizes, statistics
from nonlin.trials.race import Race, Round

Rounds = Sequence[Round]


@dataclass(frozen=True, slots=True)
class Standing:
    """One activation at its best learning rate; measurements are means over the rounds.

    score: of the task, on test rows; half_width: of its 95 % interval (None: one round).
    validation_score: the same on validation rows, which may choose, and claims nothing.
    error: in the target's units, None for classes without order. dead, saturated: shares after
    training; dead_before and gradient_ratio: before. cost: ns per element. seconds: per
    network. diverged: how many of its networks at this rate did. p_value: against the leader,
    after Holm. difference: of the score to the leader's, on the splits that both ran, with the half
    width of its 95 % interval (None: one round, or the leader itself). rounds, seeds: in which it
    ran; stopped: it did not run in the later ones. tied: it ran to the end, without a significant
    difference to the leader.
    """

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
    tied: bool
    leader: bool = False
    difference: float = 0.0
    difference_half_width: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the score, inside what a score can be; None after one round."""
        if self.half_width is None:
            return None
        least = 0.0 if self.error is None else -math.inf  # an accuracy, or what may be worse
        low, high = self.score.value - self.half_width, self.score.value + self.half_width
        return max(low, least), min(high, 1.0)


def standings(race: Race, plan: Plan, task: Task) -> tuple[tuple[Standing, ...], tuple[Text, ...]]:
    """The ranking and notes on what was left out. Best score first, what stopped early last:
    its mean is over fewer splits.

    The leader is picked on validation rows, and compared with the others on test rows. An
    activation whose networks gave numbers that are not finite is left out. Raises NonlinError
    if that leaves none.
    """
    rounds = race.rounds
    rates = [_rate(race, arm) for arm in range(len(plan.activations))]
    table = [_scores(rounds, arm, rate) for arm, rate in enumerate(rates)]
    usable = [arm for arm, scores in enumerate(table) if _usable(rounds, arm, scores)]
    if not usable:
        raise NonlinError("nothing_trained")
    scores = np.array([table[arm] for arm in usable]).T
    leader = max(range(len(usable)), key=lambda k: _validated(rounds, usable[k], rates[usable[k]]))
    ratio, resolution = sizes.ratio(rounds), sizes.resolution(rounds, task)
    found = statistics.compare(scores, ratio, resolution, leader=leader)
    rows = []
    for place, arm in enumerate(usable):
        row = _standing(rounds, plan, task, arm, rates[arm])
        tied = found.tied[place] and not row.stopped
        gap, half = _difference(rounds, task, table[arm], table[usable[leader]])
        rows.append(
            replace(
                row,
                p_value=found.adjusted[place],
                tied=tied,
                leader=place == leader,
                difference=gap,
                difference_half_width=None if place == leader else half,
            )
        )
    rows.sort(key=lambda row: (row.stopped, -row.score.value))
    lost = [label for arm, label in enumerate(plan.labels) if arm not in usable]
    notes = (text("choose.left_out", names=", ".join(lost)),) if lost else ()
    return tuple(rows), notes


def scores_of(rounds: Rounds, plan: Plan, row: Standing) -> list[float]:
    """The scores of a row of the ranking on test rows, one for each round in which it ran."""
    arm, rate = plan.labels.index(row.label), plan.rates.index(row.rate)
    return [score for score in _scores(rounds, arm, rate) if not math.isnan(score)]


def _difference(
    rounds: Rounds, task: Task, scores: list[float], leading: list[float]
) -> tuple[float, float | None]:
    """Mean difference on the splits that both ran, half of its 95 % interval."""
    gaps = np.subtract(scores, leading)
    shared = gaps[np.isfinite(gaps)].tolist()
    half = statistics.half_width(shared, sizes.ratio(rounds), sizes.resolution(rounds, task))
    return float(np.mean(shared)), half


def _rate(race: Race, arm: int) -> int:
    """The best of the rates that had not stopped before the activation did."""
    last = next(each for each in reversed(race.rounds) if any(each.outcomes[arm]))
    ran = [rate for rate, outcome in enumerate(last.outcomes[arm]) if outcome is not None]
    return eliminate.best_rate(race.rounds, arm, race.alive[arm] or ran)


def _scores(rounds: Rounds, arm: int, rate: int) -> list[float]:
    """On test rows; NaN for the rounds after it stopped."""
    outcomes = (each.outcomes[arm][rate] for each in rounds)
    return [math.nan if outcome is None else outcome.score for outcome in outcomes]


def _usable(rounds: Rounds, arm: int, scores: list[float]) -> bool:
    ran = [score for score, each in zip(scores, rounds, strict=True) if any(each.outcomes[arm])]
    starts = [each.starts[arm] for each in rounds]
    ratios = [start.gradient_ratio for start in starts if start is not None]
    return all(map(math.isfinite, [*ran, *ratios]))


def _validated(rounds: Rounds, arm: int, rate: int) -> tuple[int, float]:
    """How many rounds it ran, then its mean score on validation rows: more is better."""
    outcomes = [each.outcomes[arm][rate] for each in rounds]
    scores = [outcome.validation_score for outcome in outcomes if outcome is not None]
    mean = float(np.mean(scores))
    return len(scores), mean if math.isfinite(mean) else -math.inf


def _standing(rounds: Rounds, plan: Plan, task: Task, arm: int, rate: int) -> Standing:
    found = [(each.outcomes[arm][rate], each.starts[arm]) for each in rounds]
    ran = [(outcome, start) for outcome, start in found if outcome and start]
    outcomes, starts = [outcome for outcome, _ in ran], [start for _, start in ran]
    where = text("measure.in_rounds", rounds=len(ran))

    def mean(key: str, values: Sequence[float], unit: str = "") -> Measurement:
        return average(values, unit, text(f"measure.{key}"), where)

    score, half_width = _score(rounds, outcomes, task)
    errors = [each.error for each in outcomes if each.error is not None]
    return Standing(
        activation=plan.activations[arm],
        label=plan.labels[arm],
        hidden=plan.shape(arm),
        rate=plan.rates[rate],
        rounds=len(ran),
        seeds=tuple(each.seed for each in rounds if each.outcomes[arm][rate] is not None),
        stopped=len(ran) < len(rounds),
        score=score,
        half_width=half_width,
        validation_score=_validated(rounds, arm, rate)[1],
        error=mean(task.error, errors) if task.error else None,
        dead_before=mean("dead", [each.dead for each in starts]),
        dead=mean("dead", [each.dead for each in outcomes]),
        saturated=mean("saturated", [each.saturated for each in outcomes]),
        gradient_ratio=_ratios([each.gradient_ratio for each in starts], mean),
        cost=nanoseconds_per_element(plan.activations[arm]),
        seconds=mean("seconds", [each.seconds for each in outcomes], "s"),
        diverged=sum(each.diverged for each in outcomes),
        p_value=1.0,
        tied=True,
    )


def _score(
    rounds: Rounds, outcomes: Sequence[Outcome], task: Task
) -> tuple[Measurement, float | None]:
    values = [each.score for each in outcomes]
    ratio, resolution = sizes.ratio(rounds), sizes.resolution(rounds, task)
    where = text("measure.test_rows", rounds=len(outcomes))
    error = statistics.standard_error(values, ratio, resolution)
    score = Measurement(float(np.mean(values)), error, "", text(f"measure.{task.score}"), where)
    return score, statistics.half_width(values, ratio, resolution)


def _ratios(values: Sequence[float], mean: Callable[..., Measurement]) -> Measurement:
    """The geometric mean, for quantities whose half and double weigh the same."""
    logs = mean("gradient_ratio", [math.log(value) for value in values])
    centre = math.exp(logs.value)
    error = None if logs.standard_error is None else centre * logs.standard_error
    return replace(logs, value=centre, standard_error=error)
