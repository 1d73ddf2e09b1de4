"""A short training, to see whether a network learns with its settings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin.network import Job, Loss, Network, Record, Settings, train
from nonlin.network.constant import constant_logits
from nonlin.network.train import goal
from nonlin.stability.layer import Stability
from nonlin.stability.measured import measured
from nonlin.stability.verdicts import Finding, findings, verdicts

STEPS = 150
RISEN = 1.2  # times the loss before, or that of a constant output: steps too large
TINY = 1e-300  # a loss that can be divided by
LEARNT = 0.97  # times that loss, or less


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What is examined: a network, rows, and how it is trained."""

    network: Network
    X: np.ndarray
    y: Any
    settings: Settings
    loss: str | Loss | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """What was found before a short training, and, if that was nothing, after it.

    at_start: the layers were not healthy before training. learns: whether the loss came, or
    stayed, below `constant`, that of a constant output.
    """

    before: Stability
    after: Stability | None
    findings: tuple[Finding, ...]
    at_start: bool
    record: Record
    learns: bool
    constant: float

    @property
    def sound(self) -> bool:
        """Nothing was found in any layer, and the training did not diverge."""
        return not self.findings and self.record.diverged_at is None

    @property
    def loss(self) -> float:
        """At the end, over `constant`; infinite if the training diverged."""
        if self.after is None or self.after.loss is None or not math.isfinite(self.after.loss):
            return math.inf
        return self.after.loss / max(self.constant, TINY)


def examine(state: State) -> Examination:
    """The layers as they are, and the network after about STEPS steps."""
    before = measured(state.network, state.X, state.y, state.settings, None, state.loss)
    found = findings(verdicts(before, state.network.hidden))
    constant = constant_loss(state)
    trained, record = _trained(state)
    if record.diverged_at is not None:
        return Examination(before, None, found, bool(found), record, False, constant)
    after = measured(trained, state.X, state.y, state.settings, None, state.loss)
    loss = after.loss or 0.0
    learns = loss < LEARNT * constant
    if found:
        return Examination(before, after, found, True, record, learns, constant)
    harmed = () if learns else findings(verdicts(after, trained.hidden))
    if not (learns or harmed) and loss > RISEN * max(constant, before.loss or 0.0):
        harmed = (Finding("exploding", (len(after.layers),), loss),)
    return Examination(before, after, harmed, False, record, learns, constant)


def _trained(state: State) -> tuple[Network, Record]:
    """After about STEPS steps, as the last of them left it."""
    batches = math.ceil(len(state.X) / state.settings.batch_size)
    epochs = max(1, round(STEPS / batches))
    rows = slice(None) if batches <= STEPS else slice(STEPS * state.settings.batch_size)
    trained = state.network.copy()
    rule = replace(state.settings, epochs=epochs, patience=None)
    y = np.asarray(state.y)[rows]
    return trained, train(Job(trained, state.X[rows], y, None, rule, loss=state.loss))


def constant_loss(state: State) -> float:
    """The least mean loss of outputs that are the same for all rows."""
    logits = constant_logits(state.network, state.X, state.y, state.loss)
    rows = np.broadcast_to(logits, (len(state.X), len(logits))).astype(state.network.dtype)
    return goal(state.network, state.X, state.y, state.loss)(rows, slice(None))[0] / len(rows)
