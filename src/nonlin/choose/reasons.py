"""Sentences that any race over activations allows: who is better, what moved, which rate."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nonlin._errors import InputError
from nonlin._text import Text, bracketed, listed, text
from nonlin.activation import Activation
from nonlin.choose.candidates import Plan
from nonlin.choose.ranked import Ranked
from nonlin.measure import Measurement
from nonlin.trials.race import Race
from nonlin.trials.scores import by_candidate
from nonlin.trials.standings import Criterion

Tried = Mapping[Any, Sequence[float]]  # rates that were tried with each candidate, rising
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
class Advice:
    """An activation with its learning rate, and why; `str()` gives it in sentences.

    gain: weights have standard deviation gain / sqrt(fan_in). tied: labels of all activations
    without a significant difference to the leader. Raises InputError without evidence or reasons.
    """

    activation: Activation
    label: str
    learning_rate: float
    gain: float
    tied: tuple[str, ...]
    reasons: tuple[Text, ...]
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        sound = all(isinstance(each, Measurement | Theory) for each in self.evidence)
        if not self.evidence or not self.reasons or not sound:
            raise InputError("no_evidence", label=self.label)

    @property
    @abstractmethod
    def headline(self) -> Text:
        """What to use, in one sentence."""

    def __str__(self) -> str:
        return "\n".join(str(each) for each in (self.headline, *self.reasons))


def compared(leader: Ranked, standings: Sequence[Ranked], margin: float) -> Iterator[Text]:
    """What the test rows say of the leader beside the others, and what is cheaper."""
    yield from _claims(leader, standings, margin)
    yield from _cheaper(leader, standings)


def gain_of(activation: Activation, label: str) -> Theory:
    """Of a recommended activation."""
    what = text("choose.gain", name=label)
    return Theory(activation.gain, what, "1/sqrt(E[f(z)^2]), z ~ N(0, 1)")


def tried(ran: Race) -> dict[Any, list[float]]:
    """The rates at which networks of each candidate were trained, rising."""
    arms = [arm for arm in ran.scores.arms if ran.scores.ran(arm)]
    return {each: sorted(arm.setting for arm in own) for each, own in by_candidate(arms).items()}


def _claims(leader: Ranked, standings: Sequence[Ranked], margin: float) -> Iterator[Text]:
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


def difference(row: Ranked) -> str:
    """Of its score to the leader's on the same splits, with half of the 95 % interval.

    Without it for what stopped: after a split or two it says nothing.
    """
    half = None if row.stopped else row.difference_half_width
    return f"{row.difference:+.4f}" + ("" if half is None else f" ± {half:.4f}")


def _cheaper(leader: Ranked, standings: Sequence[Ranked]) -> Iterator[Text]:
    """The cheapest of those that are practically equal, if it is worth a sentence."""
    rivals = [row for row in standings if row.verdict == "equal"]
    for row in sorted(rivals, key=lambda row: row.cost.value)[:1]:
        share = row.cost.value / leader.cost.value
        if share <= 1 / CHEAPER:
            known = {"name": leader.label, "other": row.label, "percent": f"{100 * share:.0f}"}
            yield text("recommend.cheaper", **known)


def moved(chosen: Ranked, leader: Ranked, criteria: Sequence[Criterion]) -> Text:
    """The first criterion in which the two differ, which is the one that decided."""
    differ = (each for each in criteria if each.value(chosen.ran) != each.value(leader.ran))
    decisive = next(differ)
    return text(
        "recommend.moved",
        name=chosen.label,
        other=leader.label,
        criterion=text(f"recommend.by.{decisive.name}"),
        value=decisive.shown(chosen.ran),
        other_value=decisive.shown(leader.ran),
    )


def rate_reason(chosen: Ranked, tried: Sequence[float], plan: Plan) -> Text:
    """Why this learning rate, and whether one beyond those that were tried may be better."""
    rate = f"{chosen.rate:g}"
    if len(tried) == 1:
        return text("recommend.rate_given", rate=rate)
    names = listed(f"{each:g}" for each in tried)
    step = {tried[0]: -1, tried[-1]: 1}.get(chosen.rate)
    if step is None:
        return text("recommend.rate", rate=rate, tried=names)
    beyond = plan.beside(chosen.ran.arm, step) if plan.pace == "race" else None
    if beyond is None:
        return text("recommend.rate_edge", rate=rate, tried=names)
    further = listed(f"{each:g}" for each in sorted({*tried, beyond.setting}))
    found = {"beyond": f"{beyond.setting:g}", "further": further}
    return text("recommend.rate_beyond", rate=rate, tried=names, **found)
