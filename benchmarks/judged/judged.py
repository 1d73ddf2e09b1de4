"""One program through `nt.diagnose`, and what becomes of the remedy."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from faulty import Data, Program
from faulty.program import READ
from torch import Tensor, nn

import nonlin.torch as nt
from judged.causes import RIGHT

WITHIN = 0.1  # of what the healthy twin gains over a constant: the remedy may gain so much less
SEED = 0


@dataclass(frozen=True)
class Said:
    """What was said. error: on held-out rows with the remedy, None if there is none; twin: that of
    the healthy twin.
    """

    program: Program
    causes: tuple[str, ...]
    error: float | None
    twin: float
    seconds: float
    words: str

    @property
    def found(self) -> bool:
        """Is the first cause the planted one, under whichever of its names?"""
        names = (self.program.cause, *self.program.also)
        right = set[str]().union(*(RIGHT.get(name, set()) for name in names))
        return bool(self.causes) and self.causes[0] in right

    @property
    def repaired(self) -> bool:
        return self.error is not None and 1 - self.error >= (1 - WITHIN) * (1 - self.twin)

    @property
    def close(self) -> bool:
        """The same, of the error itself."""
        return self.error is not None and self.error <= (1 + WITHIN) * self.twin


def judged(program: Program, twin: float, remedies: bool = True) -> Said:
    """With the rows and weights of one seed."""
    data = program.data(SEED)
    torch.manual_seed(SEED)
    begin = time.process_time()
    report = nt.diagnose(
        program.model(),
        data.batches,
        program.loss,
        optimizer=program.optimizer,
        epochs=program.epochs,
        loop=_loop(program) if program.own_loop else None,
    )
    seconds = time.process_time() - begin
    error = None
    if remedies and program.cause and report.changes:
        error = _mended(program, data, report.apply())
    return Said(program, tuple(report.causes), error, twin, seconds, str(report))


def _loop(program: Program) -> Callable[..., None]:
    def loop(model: nn.Module, optimizer: torch.optim.Optimizer, batches: Any) -> None:
        for x, y in batches:
            program.train_step(model, optimizer, program.loss, x, y)

    return loop


def _mended(program: Program, data: Data, applied: Any) -> float:
    """The error on held-out rows of what `apply` gives, trained as it says."""
    torch.manual_seed(SEED + 1)
    x, y = (torch.cat(side) for side in zip(*data.batches, strict=True))
    x, y = applied.prepare(x, y)
    model, size = applied.model, min(applied.batch_size, len(x))
    for _ in range(applied.epochs):
        order = torch.randperm(len(x)) if applied.shuffle else torch.arange(len(x))
        parts = [order[at : at + size] for at in range(0, len(x) - size + 1, size)]
        if applied.loop is not None:
            applied.loop(model, applied.optimizer, [(x[part], y[part]) for part in parts])
            continue
        for part in parts:
            applied.optimizer.zero_grad()
            applied.loss(model(x[part]), y[part]).backward()
            applied.optimizer.step()
    held = replace(data, held_x=applied.prepare(data.held_x, data.held_y)[0])
    return replace(program, read=_read(program, applied)).error(model, held)


def _read(program: Program, applied: Any) -> Callable[[Tensor], Tensor]:
    """Outputs in the units of the targets, and as the loss of the remedy means them."""
    loss = getattr(applied.loss, "inner", applied.loss)  # in the shape of the targets
    own = program.read
    if loss is not program.loss and isinstance(loss, nn.BCEWithLogitsLoss | nn.CrossEntropyLoss):
        own = None
    own = own or READ[program.kind]
    return lambda outputs: own(applied.restore(outputs))
