"""From a race to what users read: the ranking, the advice, and what stands beside the winner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nonlin._text import Text, text
from nonlin.choose.ranked import Ranked, left_out, measured_of
from nonlin.choose.reasons import Advice, compared, gain_of, moved, rate_reason, tried
from nonlin.choose.verdict import answered
from nonlin.torch.choosing.contest import Models
from nonlin.torch.choosing.plan import LINEAR
from nonlin.torch.choosing.scoring import FREE
from nonlin.trials import standings as ranking
from nonlin.trials import statistics
from nonlin.trials.race import Race
from nonlin.trials.scores import Scores
from nonlin.trials.standings import Criterion, preferred

CRITERIA = (Criterion("diverged", lambda row: row.diverged, lambda row: str(row.diverged)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Ranked):
    """One activation in the model, at its best learning rate; means over the seeds."""

    between: tuple[float, float] = field(default=FREE, repr=False)

    @property
    def bounds(self) -> tuple[float, float]:
        """Of the score."""
        return self.between


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation(Advice):
    """Which activation to put in place of `replaced`, and why; `str()` gives it in sentences."""

    replaced: str

    @property
    def headline(self) -> Text:
        """What to use, in one sentence."""
        rate = f"{self.learning_rate:g}"
        key = "keep" if self.label == self.replaced else "use"
        return text(f"torch_choose.headline.{key}", name=self.label, old=self.replaced, rate=rate)


def ranked(race: Race, contest: Models) -> tuple[tuple[Standing, ...], tuple[Text, ...]]:
    """The ranking, and notes on what was left out. Raises NonlinError if that leaves none."""
    score = contest.training.score
    found = ranking.standings(race, margin=contest.plan.margin, least=score.least)
    notes = left_out(found, contest.plan)
    rows = []
    for row in found:
        where = text("torch_choose.over_seeds", seeds=len(row.seeds))
        known = measured_of(row, contest.label(row.arm), score.what, where, where)
        rows.append(Standing(**known, error=None, between=score.bounds))
    return tuple(rows), notes


def recommend(rows: Sequence[Standing], contest: Models, race: Race) -> Recommendation:
    """The leader, or one that is as good and of which fewer networks diverged."""
    best = preferred([row.ran for row in rows], CRITERIA)
    chosen = next(row for row in rows if row.ran is best)
    gain = gain_of(chosen.activation, chosen.label)
    rates = tried(race)[chosen.ran.arm.candidate]
    return Recommendation(
        activation=chosen.activation,
        label=chosen.label,
        learning_rate=chosen.rate,
        gain=gain.value,
        tied=tuple(row.label for row in rows if row.tied),
        reasons=(*_reasons(chosen, rows, contest, race), rate_reason(chosen, rates, contest.plan)),
        evidence=(chosen.score, chosen.seconds, chosen.cost, gain),
        replaced=contest.plan.label(contest.own),
    )


def _reasons(
    chosen: Standing, rows: Sequence[Standing], contest: Models, race: Race
) -> Iterator[Text]:
    leader = next(row for row in rows if row.leader)
    if chosen is not leader:
        yield moved(chosen, leader, CRITERIA)
    if len(race.rounds) < 2:
        yield text("torch_choose.one_seed")
    else:
        yield from compared(leader, rows, contest.plan.margin)
    yield text("torch_choose.drawn", name=chosen.label, gain=f"{chosen.activation.gain:.4g}")


def row_of(rows: Sequence[Standing], label: str) -> Standing | None:
    """None if it gave no finite numbers."""
    return next((row for row in rows if row.label == label), None)


def linear_row(rows: Sequence[Standing]) -> Standing | None:
    """Of the model without a non-linearity."""
    return next((row for row in rows if row.activation.name == LINEAR), None)


def better(chosen: Standing, other: Standing, scores: Scores) -> str:
    """Is the one better than the other: see `answered`; "unknown" where they cannot be compared.

    Of the leader the ranking has said it, which compares it with all others at once; what is
    practically equal is not better.
    """
    if len(chosen.seeds) < 2 or other.stopped:
        return "unknown"
    if chosen.leader:
        sure, equal = other.verdict in ("worse", "better"), other.verdict == "equal"
        return "no" if equal else answered(sure, other.difference < 0)
    own, others = chosen.ran.outcomes, other.ran.outcomes
    gaps = [a.claimed - b.claimed for a, b in zip(own, others, strict=True)]
    p = statistics.paired_p_value(gaps, scores.ratio(), scores.resolution())
    return answered(p is not None and p < 1 - statistics.LEVEL, sum(gaps) > 0)
