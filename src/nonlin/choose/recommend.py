"""The recommendation: what to use, and the evidence for it; `criteria` says what decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.choose.candidates import written
from nonlin.choose.criteria import CRITERIA
from nonlin.choose.standing import Standing
from nonlin.measure import Measurement
from nonlin.tasks.task import Task
from nonlin.trials.standings import preference, preferred
from nonlin.trials.statistics import LEVEL

LISTED = 12  # names of tied activations that a sentence holds


@dataclass(frozen=True, slots=True)
class Theory:
    """A result that follows from the formula: its value, what it is, where it comes from."""

    value: float
    what: Text
    source: str


Evidence = Measurement | Theory


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What to build, and why; `str()` gives it in sentences.

    activation: for all hidden layers. initialisation, gain: weights with standard deviation
    gain / sqrt(fan_in). output, loss: from the task. tied: labels of all activations without
    a significant difference to the leader. Raises InputError without evidence or reasons.
    """

    activation: Activation
    label: str
    hidden: tuple[int, ...]
    learning_rate: float
    initialisation: str
    gain: float
    output: str
    loss: str
    tied: tuple[str, ...]
    reasons: tuple[Text, ...]
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        sound = all(isinstance(each, Measurement | Theory) for each in self.evidence)
        if not self.evidence or not self.reasons or not sound:
            raise InputError("no_evidence", label=self.label)

    @property
    def headline(self) -> Text:
        """What to use, in one sentence."""
        return text(
            "recommend.headline",
            name=self.label,
            hidden=written(self.hidden),
            rate=f"{self.learning_rate:g}",
            output=self.output,
            loss=text(f"loss.{self.loss}"),
        )

    def __str__(self) -> str:
        return "\n".join(str(each) for each in (self.headline, *self.reasons))


def recommend(
    standings: Sequence[Standing],
    task: Task,
    rates: Sequence[float],
    rounds: int,
) -> Recommendation:
    """The recommendation that follows from a ranking (best score first) by `CRITERIA`.

    After a single round, where nothing is known about chance, it is the leader, which validation
    rows have picked.
    """
    tied = [row for row in standings if row.tied]
    best = preferred([row.ran for row in standings], CRITERIA)
    chosen = next(row for row in standings if row.ran is best)
    gain = chosen.activation.gain
    what = text("choose.gain", name=chosen.label)
    evidence: tuple[Evidence, ...] = (
        chosen.score,
        chosen.dead,
        chosen.saturated,
        chosen.gradient_ratio,
        chosen.cost,
        Theory(gain, what, "1/sqrt(E[f(z)^2]), z ~ N(0, 1)"),
    )
    return Recommendation(
        activation=chosen.activation,
        label=chosen.label,
        hidden=chosen.hidden,
        learning_rate=chosen.rate,
        initialisation="auto",
        gain=gain,
        output=task.output,
        loss=task.loss,
        tied=tuple(row.label for row in tied),
        reasons=tuple(_reasons(chosen, standings, task, rates, rounds)),
        evidence=evidence,
    )


def _reasons(
    chosen: Standing,
    standings: Sequence[Standing],
    task: Task,
    rates: Sequence[float],
    rounds: int,
) -> Iterator[Text]:
    yield _score_reason(chosen)
    yield from _tie_reasons(chosen, standings, rounds)
    if len(standings) < 2:
        yield text("recommend.only")
    elif rounds < 2:
        yield text("recommend.one_round")
    gain = f"{chosen.activation.gain:.4g}"
    yield text("recommend.initialisation", name=chosen.label, gain=gain)
    yield _rate_reason(chosen.rate, rates)
    yield task.reason


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


def _tie_reasons(chosen: Standing, standings: Sequence[Standing], rounds: int) -> Iterator[Text]:
    tied = [row.label for row in standings if row.tied]
    if len(standings) < 2 or rounds < 2:
        return
    stopped = [row for row in standings if row.stopped]
    if len(tied) == 1:
        yield from _alone(chosen, standings)
        return
    key = "recommend.all_tied" if len(tied) == len(standings) else "recommend.tied"
    yield text(key, names=_listed(tied))
    if stopped:
        yield text("recommend.stopped", names=_listed([row.label for row in stopped]))
    rivals = (row for row in standings if row.tied and row is not chosen)
    next_best = min(rivals, key=lambda row: preference(row.ran, CRITERIA))
    yield _decision("recommend.runner_up", chosen, next_best)
    if standings[0] not in (chosen, next_best) and standings[0].tied:
        yield _decision("recommend.highest", chosen, standings[0])


def _alone(chosen: Standing, standings: Sequence[Standing]) -> Iterator[Text]:
    """Significantly better than all others, or only what the race has left."""
    open_still = [row.label for row in standings if row is not chosen and row.p_value >= 1 - LEVEL]
    if open_still:
        yield text("recommend.left", name=chosen.label, names=_listed(open_still))
    else:
        yield text("recommend.winner", name=chosen.label)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:LISTED]) + (", ..." if len(names) > LISTED else "")


def _decision(key: str, chosen: Standing, other: Standing) -> Text:
    """The first criterion in which the two differ, which is the one that decided."""
    differ = (each for each in CRITERIA if each.value(chosen.ran) != each.value(other.ran))
    decisive = next(differ, CRITERIA[-1])
    return text(
        key,
        name=chosen.label,
        other=other.label,
        criterion=text(f"recommend.by.{decisive.name}"),
        value=decisive.shown(chosen.ran),
        other_value=decisive.shown(other.ran),
    )


def _rate_reason(rate: float, rates: Sequence[float]) -> Text:
    tried = ", ".join(f"{each:g}" for each in rates)
    if len(rates) == 1:
        return text("recommend.rate_given", rate=f"{rate:g}")
    edge = rate in (min(rates), max(rates))
    return text("recommend.rate_edge" if edge else "recommend.rate", rate=f"{rate:g}", tried=tried)
