"""A subject before and after a short training: is anything found, and does it learn?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nonlin._errors import InputError
from nonlin._text import Text
from nonlin.layers.subject import Subject
from nonlin.stability.layer_stability import Stability
from nonlin.stability.measured import measured
from nonlin.stability.units import HIDDEN, spread
from nonlin.stability.verdicts import Finding, findings, verdicts

STEPS = 150
RISEN = 1.2  # times the loss before, or that of a constant output: steps too large
TINY = 1e-300  # a loss that can be divided by
GOOD = 0.5  # times the loss of a constant output, before training, or less
LEARNT = 0.97  # times that loss, or less


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """What was found before a short training, and, if that was nothing, after it.

    at_start: the layers were not healthy before training. learns: whether the loss came, or
    stayed, below `constant`, that of a constant output. divergence: of the training, in a sentence.
    """

    before: Stability
    after: Stability | None
    findings: tuple[Finding, ...]
    at_start: bool
    divergence: Text | None
    learns: bool
    constant: float

    @property
    def sound(self) -> bool:
        """Nothing was found in any layer, and the training did not diverge."""
        return not self.findings and self.divergence is None

    @property
    def good(self) -> bool:
        """Before this training it was far better than a constant output: not to be redrawn."""
        return self.before.loss is not None and self.before.loss < GOOD * self.constant

    @property
    def loss(self) -> float:
        """At the end, over `constant`; infinite if the training diverged."""
        if self.after is None or self.after.loss is None or not math.isfinite(self.after.loss):
            return math.inf
        return self.after.loss / max(self.constant, TINY)


def examine(subject: Subject) -> Examination:
    """The layers as they are, and after about STEPS steps. InputError where there is no loss."""
    before = measured(subject)
    if before.loss is None:
        raise InputError("diagnose_loss")
    found = findings(verdicts(before))
    found += _hidden_targets(subject)
    constant = subject.constant_loss()
    trained = subject.short_training(STEPS)
    why = trained.divergence
    if why is not None:
        return Examination(before, None, found, bool(found), why, False, constant)
    after = measured(trained.subject)
    loss = after.loss or 0.0
    learns = loss < LEARNT * constant
    if found:
        return Examination(before, after, found, True, None, learns, constant)
    harmed = () if learns else findings(verdicts(after))
    if not (learns or harmed) and loss > RISEN * max(constant, before.loss):
        harmed = (Finding("risen", (len(after.layers),), loss),)
    return Examination(before, after, harmed, False, None, learns, constant)


def _hidden_targets(subject: Subject) -> tuple[Finding, ...]:
    """The loss adds the errors of all targets up: large ones hide those of small ones."""
    seen = subject.columns("targets")
    ratio = 1.0 if seen is None else spread(seen)
    return (Finding("uneven", (len(subject.layers),), ratio),) if ratio > HIDDEN else ()
