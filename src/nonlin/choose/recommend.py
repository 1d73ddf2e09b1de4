"""The recommendation: what to use, and the evidence for it; `criteria` says what decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nonlin._errors import InputError
from nonlin._text import Text, bracketed, listed, text
from nonlin.activation import Activation
from nonlin.choose.candidates import Candidate, Plan, written
from nonlin.choose.criteria import CRITERIA
from nonlin.choose.standing import Standing
from nonlin.measure import Measurement
from nonlin.tasks.task import Task
from nonlin.trials.standings import preferred

Tried = Mapping[Candidate, Sequence[float]]  # rates that were tried with each, rising
LISTED = 20  # names that a sentence holds
CHEAPER = 1.5  # times, from which it is worth a sentence, and no noise of the clock


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
    standings: Sequence[Standing], task: Task, plan: Plan, rounds: int, tried: Tried
) -> Recommendation:
    """The recommendation that follows from a ranking: the leader, unless `CRITERIA` move it."""
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
        tied=tuple(row.label for row in standings if row.tied),
        reasons=(
            *_reasons(chosen, standings, plan, rounds),
            _rate_reason(chosen.rate, tried[chosen.ran.arm.candidate]),
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
        yield _moved(chosen, leader)
    if len(standings) < 2:
        yield text("recommend.only")
    elif rounds < 2:
        yield text("recommend.one_round")
    else:
        yield from _claims(leader, standings, plan.margin)
        yield from _cheaper(leader, standings)
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


def _claims(leader: Standing, standings: Sequence[Standing], margin: float) -> Iterator[Text]:
    """What the test rows say of those that ran to the end, and that nothing is said of others."""
    for verdict in ("worse", "better", "equal", "open"):
        rows = [row for row in standings if row.verdict == verdict]
        if rows:
            names = listed([bracketed(row.label, difference(row)) for row in rows], LISTED)
            known = {"name": leader.label, "names": names, "margin": f"{margin:g}"}
            yield text(f"recommend.{verdict}", **known)
    if any(row.verdict in ("worse", "better") for row in standings):
        yield text("recommend.tests")
    stopped = [row.label for row in standings if row.stopped]
    if stopped:
        yield text("recommend.stopped", names=listed(stopped, LISTED))


def difference(row: Standing) -> str:
    """Of its score to the leader's on the same splits, with half of the 95 % interval.

    Without it for what stopped: after a split or two it says nothing.
    """
    half = None if row.stopped else row.difference_half_width
    return f"{row.difference:+.4f}" + ("" if half is None else f" ± {half:.4f}")


def _cheaper(leader: Standing, standings: Sequence[Standing]) -> Iterator[Text]:
    """The cheapest of those that are not worse, if it is worth a sentence."""
    rivals = [row for row in standings if row.verdict in ("better", "equal", "open")]
    for row in sorted(rivals, key=lambda row: row.cost.value)[:1]:
        times = leader.cost.value / row.cost.value
        if times >= CHEAPER:
            known = {"name": leader.label, "other": row.label, "times": f"{times:.1f}"}
            yield text("recommend.cheaper", gap=difference(row), **known)


def _moved(chosen: Standing, leader: Standing) -> Text:
    """The first criterion in which the two differ, which is the one that decided."""
    differ = (each for each in CRITERIA if each.value(chosen.ran) != each.value(leader.ran))
    decisive = next(differ)
    return text(
        "recommend.moved",
        name=chosen.label,
        other=leader.label,
        criterion=text(f"recommend.by.{decisive.name}"),
        value=decisive.shown(chosen.ran),
        other_value=decisive.shown(leader.ran),
    )


def _rate_reason(rate: float, tried: Sequence[float]) -> Text:
    if len(tried) == 1:
        return text("recommend.rate_given", rate=f"{rate:g}")
    names = listed(f"{each:g}" for each in tried)
    key = "rate_edge" if rate in (min(tried), max(tried)) else "rate"
    return text(f"recommend.{key}", rate=f"{rate:g}", tried=names)
