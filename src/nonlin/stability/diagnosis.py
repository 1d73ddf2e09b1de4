"""The diagnosis: what is wrong in which layer, why, and a change that was seen to help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, in_a_row, text
from nonlin.network import Loss, Network, Settings, checks
from nonlin.stability.layer import Stability
from nonlin.stability.repairs import Change, changes
from nonlin.stability.trial import Examination, State, examine
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
    found any more then. network, settings: with the changes made. stability: as it is now.
    """

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    repaired: bool
    at_start: bool
    diverged: Text | None
    learns: bool
    network: Network
    settings: Settings
    stability: Stability

    @property
    def healthy(self) -> bool:
        """Nothing was found that a change would mend."""
        return not self.findings and self.diverged is None and not self.changes

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
        if self.healthy:
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
    network: Network, X: Any, y: Any, settings: Settings | None, loss: str | Loss | None = None
) -> Diagnosis:
    """See `nonlin.stability.diagnose`."""
    rows = checks.some("X", checks.features(X, network.sizes[0], network.dtype))
    goals = np.asarray(y)
    if goals.ndim == 0:
        raise InputError("diagnose_targets", given=y)
    step = -(-len(rows) // MOST_ROWS)
    state = State(network.copy(), rows[::step], goals[::step], settings or Settings(), loss)
    first = examine(state)
    made, last = _repaired(state, first)
    final = made[-1].state if made else state
    diverged = None
    if first.record.divergence is not None and not first.at_start:
        diverged = first.record.divergence.sentences[0]
    return Diagnosis(
        verdicts=verdicts(first.before, network.hidden),
        findings=first.findings,
        at_start=first.at_start,
        changes=tuple(made),
        repaired=last.sound and (last.learns or not made),
        diverged=diverged,
        learns=last.learns,
        network=final.network,
        settings=final.settings,
        stability=first.before,
    )


def _repaired(state: State, found: Examination) -> tuple[list[Change], Examination]:
    """Changes one after the other, until nothing is found."""
    made: list[Change] = []
    while len(made) < MOST_CHANGES and not (found.sound and found.learns):
        change, after = _best(state, found)
        if change is None or after is None:
            break
        made.append(change)
        state, found = change.state, after
    return made, found


def _best(state: State, found: Examination) -> tuple[Change | None, Examination | None]:
    """Of the first cause whose change mends all, the change with the lowest loss; else the first
    change that leaves fewer layers with a finding.
    """
    partly: tuple[Change | None, Examination | None] = (None, None)
    for _, same in groupby(changes(state, found), key=lambda change: change.cause):
        tried = [(change, examine(change.state)) for change in same]
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
    most = before.loss * (FASTER if before.sound else SLOWER)
    return after.sound and after.learns and after.loss < most


def _burden(found: Examination) -> int:
    """How many layers are not healthy; one for a training that diverged."""
    diverged = found.record.diverged_at is not None and not found.at_start
    return sum(len(each.layers) for each in found.findings) + diverged
