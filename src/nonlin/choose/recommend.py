"""The recommendation: what to use, and the evidence for it; `criteria` says what decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nonlin._text import Text, text
from nonlin.choose.candidates import Plan, written
from nonlin.choose.criteria import CRITERIA
from nonlin.choose.reasons import Advice, Evidence, Tried, compared, gain_of, moved, rate_reason
from nonlin.choose.standing import Standing
from nonlin.tasks.task import Task
from nonlin.trials.standings import preferred


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation(Advice):
    """What to build for a table, and why; `str()` gives it in sentences.

    activation: for all hidden layers. initialisation, gain: weights with standard deviation
    gain / sqrt(fan_in). output, loss: from the task.
    """

    hidden: tuple[int, ...]
    initialisation: str
    output: str
    loss: str

    @property
    def headline(self) -> Text:
        """What to use, in one sentence."""
        key = "identity" if self.output == "identity" else "other"
        return text(
            "recommend.headline",
            name=self.label,
            hidden=written(self.hidden),
            rate=f"{self.learning_rate:g}",
            output=text(f"recommend.output.{key}", name=self.output),
            loss=text(f"loss.{self.loss}"),
        )


def recommend(
    standings: Sequence[Standing], task: Task, plan: Plan, rounds: int, tried: Tried
) -> Recommendation:
    """The recommendation that follows from a ranking: the leader, unless `CRITERIA` move it."""
    best = preferred([row.ran for row in standings], CRITERIA)
    chosen = next(row for row in standings if row.ran is best)
    gain = gain_of(chosen.activation, chosen.label)
    evidence: tuple[Evidence, ...] = (
        chosen.score,
        chosen.dead,
        chosen.saturated,
        chosen.gradient_ratio,
        chosen.cost,
        gain,
    )
    return Recommendation(
        activation=chosen.activation,
        label=chosen.label,
        hidden=chosen.hidden,
        learning_rate=chosen.rate,
        initialisation="auto",
        gain=gain.value,
        output=task.output,
        loss=task.loss,
        tied=tuple(row.label for row in standings if row.tied),
        reasons=(
            *_reasons(chosen, standings, plan, rounds),
            rate_reason(chosen, tried[chosen.ran.arm.candidate], plan),
            task.reason,
        ),
        evidence=evidence,
    )


def _reasons(
    chosen: Standing, standings: Sequence[Standing], plan: Plan, rounds: int
) -> Iterator[Text]:
    yield _score_reason(chosen)
    leader = next(row for row in standings if row.leader)
    if chosen is not leader:
        yield moved(chosen, leader, CRITERIA)
    if len(standings) < 2:
        yield text("recommend.only")
    elif rounds < 2:
        yield text("recommend.one_round")
    else:
        yield from compared(leader, standings, plan.margin)
    gain = f"{chosen.activation.gain:.4g}"
    yield text("recommend.initialisation", name=chosen.label, gain=gain)


def _score_reason(chosen: Standing) -> Text:
    score, what = f"{chosen.score.value:.4f}", chosen.score.what
    if chosen.interval is None:
        return text("recommend.score_once", name=chosen.label, what=what, score=score)
    low, high = chosen.interval
    return text(
        "recommend.score",
        name=chosen.label,
        what=what,
        score=score,
        low=f"{low:.4f}",
        high=f"{high:.4f}",
        rounds=chosen.rounds,
    )
