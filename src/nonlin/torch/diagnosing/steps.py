"""Steps of a training: forward, back, and what the optimizer makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from nonlin.torch.diagnosing.rows import Rows

FUSED = (torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD)


def quickened(optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """The same optimizer, whose steps are one call for each parameter where PyTorch has that and
    nothing else was asked for; it is changed.
    """
    usual = type(optimizer) in FUSED and not optimizer.state
    for group in optimizer.param_groups if usual else ():
        plain = not any(group.get(name) for name in ("foreach", "differentiable", "capturable"))
        floats = all(each.is_floating_point() and each.device.type == "cpu" and not each.is_sparse
                     for each in group["params"])  # fmt: skip
        if group.get("fused") is None and plain and floats:
            group["fused"] = True
    return optimizer


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
