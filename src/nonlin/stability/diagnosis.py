"""The diagnosis: what is wrong in which layer, why, and a change that was seen to help."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, cast

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, in_a_row, percent, text
from nonlin.layers.network_subject import NetworkSubject, subject_of
from nonlin.layers.subject import USUAL, Edit, Subject, Trial
from nonlin.network import Loss, Network, Settings
from nonlin.stability.changes import Suspect, is_as_usual, suspects
from nonlin.stability.inquiry import GOOD, Effect, next_effects
from nonlin.stability.layer_stability import Stability
from nonlin.stability.measured import measured
from nonlin.stability.repeats import (
    LEARNT,
    TIMES,
    Edits,
    Progress,
    Trials,
    edited,
    learns,
    mean_worth,
)
from nonlin.stability.units import HIDDEN, spread
from nonlin.stability.verdicts import Finding, Verdict, findings, verdicts

MOST_ROWS = 4096  # evenly spread: more change no verdict
MOST_CHANGES = 3  # causes that are looked for, one after the other
RISEN = -0.2  # of it is gone after the training: it did harm


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change that helped; `cause` is what was wrong, `advice` what to do.

    layers: where the cause lies, all if empty. edit: what was changed. helped: in how many of
    `repeats` trainings, each with other rows held out. before, after: how much of the error of a
    constant output was gone on those rows, in the mean, without this change and with it (where
    several changes help together only: without any and with all). others: changes that helped
    as much, so that nothing tells which was the cause: pairs of cause and advice. subject: with
    this change and those before it.
    """

    cause: str
    layers: tuple[int, ...]
    edit: Edit
    helped: int
    repeats: int
    before: float
    after: float
    others: tuple[tuple[str, Text], ...]
    subject: Subject
    explanation: Text
    advice: Text


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Diagnosis:
    """What `diagnose` found; `print` tells it in sentences.

    verdicts: one per layer, the output layer last, as the network is. findings: the layers that
    are not healthy, in runs; if all are healthy at first (not `at_start`) and the network trains
    badly, those after a training. diverged: if that diverged. learns: whether the error on rows
    that were held out fell, with the changes; `worth`: how much of the error of a constant output
    was gone there. wanted: seconds of CPU time that trials as long as the training would take, 0
    if they were so long (up to about 1500 steps).
    changes: what was changed, in this order; each names a cause. repaired: whether nothing more
    was found then. untried: changes that would take too long to try. subject: with the changes
    made. stability: as it is now.
    """

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    repaired: bool
    at_start: bool
    diverged: Text | None
    learns: bool
    untried: tuple[Text, ...]
    worth: float
    wanted: float
    subject: Subject
    stability: Stability

    @property
    def network(self) -> Network:
        """With the changes made. AttributeError if it was another subject."""
        return cast("NetworkSubject", self.subject).network

    @property
    def settings(self) -> Settings:
        """With the changes made. AttributeError if it was another subject."""
        return cast("NetworkSubject", self.subject).settings

    @property
    def healthy(self) -> bool | None:
        """The network learns, and no change that was tried does clearly better; None where
        nothing was found, but nothing was learnt, either.
        """
        if self.changes or self.diverged is not None or (self.findings and not self.learns):
            return False
        return True if self.learns else None

    @property
    def causes(self) -> tuple[str, ...]:
        """Found: inputs, outliers, targets, layers, momentum, weight_decay, batch_size, epochs,
        width, initialisation, learning_rate, activation.
        """
        return tuple(each.cause for each in self.changes)

    @property
    def sentences(self) -> tuple[Text, ...]:
        """Findings, causes, changes."""
        return tuple(self._sentences())

    def __str__(self) -> str:
        return in_a_row(self.sentences)

    def _sentences(self) -> Iterator[Text]:
        yield from self._found_and_changed()
        yield from (text("change.untried", advice=each) for each in self.untried)
        if self.wanted and not (self.repaired or self.healthy):
            yield text("diagnosis.shortened", seconds=f"{math.ceil(self.wanted):d}")

    def _found_and_changed(self) -> Iterator[Text]:
        if self.healthy is None:
            yield text("diagnosis.nothing_learnt", layers=len(self.verdicts))
            return
        if self.healthy:
            yield from self._overcome()
            return
        if self.findings and not self.at_start:
            yield text("diagnosis.in_training")
        yield from (each.sentence for each in self.findings)
        if self.diverged is not None:
            yield self.diverged
        elif not self.findings:
            yield text("diagnosis.stuck" if self._nothing else "diagnosis.badly")
        for _, alike in groupby(self.changes, key=lambda change: (change.before, change.after)):
            yield from _told(list(alike))
        if self.stability.input_rank == 0:
            yield text("cause.constant")
        yield text(f"diagnosis.{self._outcome}", gone=_percent(self.worth))
        if self.related is None:
            yield text("diagnosis.perhaps")

    def _overcome(self) -> Iterator[Text]:
        gone = _percent(self.worth)
        if not self.findings:
            yield text("diagnosis.healthy", layers=len(self.verdicts), gone=gone)
            return
        yield from (each.sentence for each in self.findings)
        yield text("diagnosis.overcome", gone=gone)

    @property
    def related(self) -> bool | None:
        """Do the inputs tell anything about the targets? None, perhaps not, where nothing that
        was learnt holds on rows held out, layers are healthy before training, and nothing helps.
        """
        ill = self.changes or self.diverged is not None or (self.findings and self.at_start)
        return None if not (ill or self.learns or self.wanted) else True

    @property
    def _nothing(self) -> bool:
        return not self.changes or self.changes[0].before <= 0

    @property
    def _outcome(self) -> str:
        if self.repaired:
            return "repaired"
        return "not_repaired" if self.changes else "no_change"


def _told(changes: list[Change]) -> Iterator[Text]:
    """Those that help together only, and what they do."""
    for each in changes:
        yield each.explanation
        yield each.advice
    last = changes[-1]
    gone = {"before": _percent(last.before), "after": _percent(last.after)}
    key = "change.effect" if len(changes) == 1 else "change.effects"
    yield text(key, helped=last.helped, repeats=last.repeats, **gone)
    for _, advice in last.others:
        yield text("change.or", advice=advice)


def _percent(share: float) -> Text:
    return percent(max(share, 0.0))


def diagnose(
    network: Network | Subject,
    X: Any,
    y: Any,
    settings: Settings | None = None,
    loss: str | Loss | None = None,
    on_progress: Progress | None = None,
    seconds: float | None = None,
) -> Diagnosis:
    """See `nonlin.stability.diagnose`."""
    subject = subject_of(network, X, y, settings, None, loss)
    if isinstance(subject, NetworkSubject):
        if np.ndim(y) == 0:
            raise InputError("diagnose_targets", given=y)
        subject = replace(subject, network=subject.network.copy()).thinned(MOST_ROWS)
    before = measured(subject)
    if before.loss is None:
        raise InputError("diagnose_loss")
    found = findings(verdicts(before)) + _hidden_targets(subject)
    trials = Trials.of(subject, on_progress, seconds)
    base = cast("Trial", trials.first(()))  # without a change there is always one
    changes, complete = _repaired(trials, found, base.start >= GOOD)
    edits = tuple(each.edit for each in changes)
    last = trials.all(edits)
    reached = trials.reached(edits) if trials.shortened and not learns(last) else 0.0
    able = learns(last) or reached > LEARNT
    ill = bool(changes) or base.divergence is not None or not able
    harmed = _harmed(base) if ill and not found and base.divergence is None else ()
    return Diagnosis(
        verdicts=verdicts(before),
        findings=found or harmed,
        at_start=bool(found),
        changes=tuple(changes),
        repaired=bool(changes) and complete and able,
        diverged=None if found else base.divergence,
        learns=able,
        untried=tuple(_untried(trials, suspects(subject, found, base.start >= GOOD))),
        worth=max(mean_worth(last), reached),
        wanted=trials.wanted,
        subject=changes[-1].subject if changes else subject,
        stability=before,
    )


def _repaired(trials: Trials, found: tuple[Finding, ...], good: bool) -> tuple[list[Change], bool]:
    """Changes one after the other; and whether nothing more was found in the end."""
    made: list[Change] = []
    while len(made) < MOST_CHANGES:
        edits = tuple(each.edit for each in made)
        now = made[-1].subject if made else trials.subject
        seen = found if not made else findings(verdicts(measured(now)))
        named = {each.cause for each in made}
        candidates = [each for each in suspects(now, seen, good) if each.cause not in named]
        if made:  # what nobody would suspect is no second cause
            candidates = [each for each in candidates if each.suspicion > USUAL]
        candidates = [each for each in candidates if not _too_long(trials, edits, each)]
        if trials.reached(edits) >= GOOD:  # as all users of a library have it
            candidates = [each for each in candidates if not is_as_usual(each, now)]
        effects = next_effects(trials, edits, candidates)
        if not effects:
            return made, True
        for effect in effects:
            made.append(_change(trials.subject, (*edits, effect.suspect.edit), effect))
            edits = (*edits, effect.suspect.edit)
    return made, False


def _untried(trials: Trials, candidates: Sequence[Suspect]) -> Iterator[Text]:
    """What is odd and would have been tried if that did not take too long."""
    for each in candidates:
        if each.suspicion > USUAL and _too_long(trials, (), each):
            yield each.advice


def _too_long(trials: Trials, edits: Edits, each: Suspect) -> bool:
    return trials.too_long((*edits, each.edit), each.suspicion)


def _change(subject: Subject, edits: Edits, effect: Effect) -> Change:
    suspect = effect.suspect
    changed = cast("Subject", edited(subject, edits))  # it was trained
    return Change(
        cause=suspect.cause,
        layers=suspect.layers,
        edit=suspect.edit,
        helped=effect.helped,
        repeats=TIMES,
        before=effect.before,
        after=effect.after,
        others=tuple((each.cause, each.advice) for each in effect.others),
        subject=changed,
        explanation=suspect.explanation,
        advice=suspect.advice,
    )


def _harmed(trial: Trial) -> tuple[Finding, ...]:
    """What is found in the layers after the training; else that it made the error larger."""
    after = measured(cast("Subject", trial.subject))  # nothing was changed: it is kept
    found = findings(verdicts(after)[:-1])  # outputs are as large as the targets
    if not found and trial.learnt < min(trial.start, 0.0) + RISEN:
        found = (Finding("risen", (len(after.layers),), after.loss or 0.0),)
    return found


def _hidden_targets(subject: Subject) -> tuple[Finding, ...]:
    """The loss adds the errors of all targets up: large ones hide those of small ones."""
    seen = subject.columns("targets")
    ratio = 1.0 if seen is None else spread(seen)
    return (Finding("uneven", (len(subject.layers),), ratio),) if ratio > HIDDEN else ()
