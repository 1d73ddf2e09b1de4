"""Steps of a training: forward, back, and what the optimizer makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from nonlin.torch.diagnosing.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A model with its optimizer, in the modes that its modules are in."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    loss: Any
    ordered: bool = False

    def step(self, rows: Rows) -> float:
        """One step on these rows; the loss before it."""

        def closure() -> float:
            self.optimizer.zero_grad()
            found = self.loss(rows.answer(self.model), rows.targets)
            found.backward()
            return float(found.detach())

        return float(self.optimizer.step(closure))

    def run(self, rows: Rows, size: int, steps: int) -> int | None:
        """So many steps, in batches of `size` rows, every pass in another order, or in that of the
        rows if they are `ordered`.

        Returns the step at which the loss was no longer finite, or the weights were not in the
        end; else None.
        """
        size = min(size, rows.count)
        order, at = self._order(rows), 0
        for step in range(1, steps + 1):
            if at + size > rows.count:
                order, at = self._order(rows), 0
            if not math.isfinite(self.step(rows.part(order[at : at + size]))):
                return step
            at += size
        finite = all(bool(each.isfinite().all()) for each in self.model.parameters())
        return None if finite else steps

    def _order(self, rows: Rows) -> torch.Tensor:
        return torch.arange(rows.count) if self.ordered else torch.randperm(rows.count)
