"""The diagnosis of a PyTorch model, and the changed model that it recommends."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, cast

import torch
from torch import nn

from nonlin._text import Text, listed, text
from nonlin.layers.subject import Standardise
from nonlin.stability.diagnosis import Diagnosis
from nonlin.torch.diagnosing.edits import standardised
from nonlin.torch.diagnosing.module_subject import ModuleSubject
from nonlin.torch.diagnosing.row_faults import Finite, Moved
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.training import Loop

NAMED = 6  # weights that a sentence names


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """A copy of the model with the changes made, not trained, and how to train it.

    optimizer: of its parameters. loss: of (output, targets). made: what is done to rows, in this
    order; `prepare` does it. loop: the one that was given, None where a plain one is to be taken.
    shuffle: must rows come in another order in every pass?
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    batch_size: int
    epochs: int
    loss: Any
    made: tuple[Standardise | Finite | Moved, ...]
    channels: int
    shuffle: bool
    loop: Loop | None

    def prepare(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        """A batch in the units that the changed model is to be trained in."""
        count = len(targets)
        rows = Rows(inputs, targets, count, count)
        for each in self.made:
            if isinstance(each, Standardise):
                rows = standardised(rows, each, self.channels)
            else:
                rows = each(rows)
        return rows.inputs, rows.targets

    def restore(self, outputs: torch.Tensor) -> torch.Tensor:
        """Outputs for prepared inputs, in the units that the targets had before."""
        flat = outputs.reshape(len(outputs), -1)
        for each in reversed(self.made):
            if isinstance(each, Standardise) and each.side == "targets":
                means, scales = (torch.as_tensor(v).to(flat) for v in (each.means, each.scales))
                flat = flat * scales + means
        return flat.reshape(outputs.shape)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Report(Diagnosis):
    """What `nonlin.torch.diagnose` found. unseen: weights that no layer was found for."""

    unseen: tuple[str, ...]

    @property
    def causes(self) -> tuple[str, ...]:
        """Of the changes; "labels" where nothing that was learnt holds on rows held out, and
        nothing helps, with trainings as long as they should be: targets that have nothing to do
        with these inputs.
        """
        found = tuple(each.cause for each in self.changes)
        return found if self.related else ("labels",)

    @property
    def sentences(self) -> tuple[Text, ...]:
        """Findings, causes, changes; and what was not looked at."""
        found = tuple(self._sentences())
        if not self.unseen:
            return found
        names = listed(self.unseen, NAMED)
        return (*found, text("torch_diagnose.unseen", names=names))

    def apply(self) -> Applied:
        """The model with the changes made, and the settings to train it with; copies."""
        return applied(cast("ModuleSubject", self.subject))


def applied(subject: ModuleSubject) -> Applied:
    """A copy of it, for its user."""
    model, optimizer = subject.copies()
    training = subject.training
    return Applied(
        model=model,
        optimizer=optimizer,
        batch_size=training.batch,
        epochs=training.epochs,
        loss=training.loss,
        made=subject.made,
        shuffle=not training.ordered,
        channels=subject.channels,
        loop=training.loop,
    )


def reported(found: Diagnosis) -> Report:
    """With the way to apply it."""
    known = {each.name: getattr(found, each.name) for each in fields(Diagnosis)}
    return Report(**known, unseen=cast("ModuleSubject", found.subject).unseen)
