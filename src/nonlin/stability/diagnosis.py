"""The diagnosis: what is wrong in which layer, why, and a change that was seen to help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, cast

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, in_a_row, text
from nonlin.layers.network_subject import NetworkSubject, subject_of
from nonlin.layers.subject import Subject
from nonlin.network import Loss, Network, Settings
from nonlin.stability.examination import Examination, examine
from nonlin.stability.layer_stability import Stability
from nonlin.stability.repairs import Change, changes
from nonlin.stability.verdicts import Finding, Verdict, verdicts

MOST_ROWS = 4096  # evenly spread: more change no verdict
MOST_CHANGES = 3  # faults that are looked for, one after the other
FASTER = 0.9  # a change helps if the loss of the short training falls so far
SLOWER = 1.25  # and does no harm to a network that is not healthy if it rises no further


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Diagnosis:
    """What `diagnose` found; `print` tells it in sentences.

    verdicts: one per layer, the output layer last, as the network is. findings: the layers that
    are not healthy, in runs; if all are healthy at first (not `at_start`), those of the
    short training. diverged: if that diverged. learns: whether the loss came below that of a
    constant output, with the changes.
    changes: what was changed, in this order; each names a cause. repaired: whether nothing was
    found any more then. subject: with the changes made. stability: as it is now.
    """

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    repaired: bool
    at_start: bool
    diverged: Text | None
    learns: bool
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
        """Nothing was found that a change would mend; None where nothing was learnt, either."""
        if self.findings or self.diverged is not None or self.changes:
            return False
        return True if self.learns else None

    @property
    def causes(self) -> tuple[str, ...]:
        """Found: inputs, targets, layers, learning_rate, initialisation, activation."""
        return tuple(each.cause for each in self.changes)

    @property
    def sentences(self) -> tuple[Text, ...]:
        """Findings, causes, changes."""
        return tuple(self._sentences())

    def __str__(self) -> str:
        return in_a_row(self.sentences)

    def _sentences(self) -> Iterator[Text]:
        if self.healthy is not False:
            key = "diagnosis.healthy" if self.learns else "diagnosis.nothing_learnt"
            yield text(key, layers=len(self.verdicts))
            return
        if self.findings and not self.at_start:
            yield text("diagnosis.in_training")
        yield from (each.sentence for each in self.findings)
        if self.diverged is not None:
            yield self.diverged
        if not self.findings and self.diverged is None:
            yield text("diagnosis.stuck")
        for change in self.changes:
            yield change.explanation
            yield change.advice
        if self.stability.input_rank == 0:
            yield text("cause.constant")
        yield text(f"diagnosis.{self._outcome}")

    @property
    def _outcome(self) -> str:
        if self.repaired:
            return "repaired"
        if self.changes:
            return "not_repaired"
        return "learns_anyway" if self.learns else "no_change"


def diagnose(
    network: Network | Subject,
    X: Any,
    y: Any,
    settings: Settings | None = None,
    loss: str | Loss | None = None,
) -> Diagnosis:
    """See `nonlin.stability.diagnose`."""
    subject = subject_of(network, X, y, settings, None, loss)
    if isinstance(subject, NetworkSubject):
        if np.ndim(y) == 0:
            raise InputError("diagnose_targets", given=y)
        subject = replace(subject, network=subject.network.copy()).thinned(MOST_ROWS)
    first = examine(subject)
    made, last = _repaired(subject, first)
    return Diagnosis(
        verdicts=verdicts(first.before),
        findings=first.findings,
        at_start=first.at_start,
        changes=tuple(made),
        repaired=last.sound and (last.learns or not made),
        diverged=None if first.at_start else first.divergence,
        learns=last.learns,
        subject=made[-1].subject if made else subject,
        stability=first.before,
    )


def _repaired(subject: Subject, found: Examination) -> tuple[list[Change], Examination]:
    """Changes one after the other, until nothing is found."""
    made: list[Change] = []
    while len(made) < MOST_CHANGES and not (found.sound and found.learns):
        change, after = _best(subject, found)
        if change is None or after is None:
            break
        made.append(change)
        subject, found = change.subject, after
    return made, found


def _best(subject: Subject, found: Examination) -> tuple[Change | None, Examination | None]:
    """Of the first cause whose change mends all, the change with the lowest loss; else the first
    change that leaves fewer layers with a finding.
    """
    partly: tuple[Change | None, Examination | None] = (None, None)
    for _, same in groupby(changes(subject, found), key=lambda change: change.cause):
        tried = [(change, examine(change.subject)) for change in same]
        good = [pair for pair in tried if _mends(pair[1], found)]
        if good:
            return min(good, key=lambda pair: pair[1].loss)
        fewer = [pair for pair in tried if _burden(pair[1]) < _burden(found)]
        if partly[0] is None and fewer:
            partly = fewer[0]
    return partly


def _mends(after: Examination, before: Examination) -> bool:
    """Nothing is found any more, and the network learns: more than it did, if nothing was found
    at all, and hardly less in any case.
    """
    if any(each.kind == "uneven" for each in before.findings):
        return after.sound and after.learns  # losses of other targets: not to be compared
    most = before.loss * (FASTER if before.sound else SLOWER)
    return after.sound and after.learns and after.loss < most


def _burden(found: Examination) -> int:
    """How many layers are not healthy; one for a training that diverged."""
    diverged = found.divergence is not None and not found.at_start
    return sum(len(each.layers) for each in found.findings) + diverged
