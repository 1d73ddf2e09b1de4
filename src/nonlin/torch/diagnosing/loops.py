"""The user's own training loop: run for some batches on a copy, and looked at while it runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from nonlin._errors import InputError
from nonlin.layers.subject import CONSPICUOUS, USUAL, Fault
from nonlin.torch.diagnosing.found_layers import NORMS
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.diagnosing.training import Loop

PROBED, PASS = 9, 3  # batches that the loop is looked at with, and how many of them in a pass
FALLEN = 0.25  # of its learning rate is left after them
SMALL = 0.05  # of the gradient that the loss gives is left when the optimizer steps
APART = 0.2  # cosine of the two: less is the gradient of something else
OF_LOOPS = (
    "no_step", "own_optimizer", "no_gradient", "zero_grad", "loop_mode", "schedule",
    "small_gradient", "other_gradient", "loop",
)  # fmt: skip


class Enough(BaseException):
    """Ends a loop that has had its batches; what users catch does not catch it."""


class Batches:
    """What a loop goes over, like a DataLoader: another order in every pass, `most` batches in all,
    then it is Enough. stopped: the batch before which weights were no longer finite. longest: of
    batches in a pass.
    """

    def __init__(
        self, model: nn.Module, rows: Rows, size: int, most: int, longest: int | None = None
    ) -> None:
        self.model, self.rows, self.size, self.most = model, rows, min(size, rows.count), most
        self.longest = longest
        self.given = 0
        self.stopped: int | None = None
        self.last = rows

    def __len__(self) -> int:
        whole = max(1, self.rows.count // self.size)
        return whole if self.longest is None else min(whole, self.longest)

    def __iter__(self) -> Iterator[Any]:
        order = torch.randperm(self.rows.count)
        for place in range(len(self)):
            if not is_finite(self.model):
                self.stopped = self.given
            if self.stopped is not None or self.given == self.most:
                raise Enough
            self.given += 1
            self.last = self.rows.part(order[place * self.size : (place + 1) * self.size])
            yield self.last.as_given


def is_finite(model: nn.Module) -> bool:
    """Are all of its parameters?"""
    return all(bool(each.isfinite().all()) for each in model.parameters())


def looped(
    model: nn.Module, optimizer: torch.optim.Optimizer, loop: Loop, batches: Batches
) -> int | None:
    """Run the loop, again and again where it ends before its batches do.

    Returns the step at which weights were no longer finite, else None. InputError where the loop
    fails or takes no batch.
    """
    while batches.given < batches.most and batches.stopped is None:
        before = batches.given
        try:
            loop(model, optimizer, batches)
        except Enough:
            break
        except InputError:
            raise
        except Exception as error:
            if is_finite(model):
                raise InputError("torch_loop_fails", error=error) from None
            return batches.given
        if batches.given == before:
            raise InputError("torch_loop_batches")
    return batches.stopped if is_finite(model) else batches.stopped or batches.given


@dataclass(slots=True, eq=False)
class Seen:
    """What a loop did at the steps of the optimizer.

    moved: are weights others than before? kept: how often gradients of the step before were still
    there. shares, cosines: of its gradient to that of the loss on the batch.
    """

    moved: bool = False
    steps: int = 0
    without: int = 0
    kept: int = 0
    evaluating: int = 0
    rates: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    cosines: list[float] = field(default_factory=list)


class Probe:
    """Looks at a copy at every step of its optimizer; old gradients become NaN after it, which
    shows whether they are cleared.
    """

    def __init__(self, model: nn.Module, loss: Any, batches: Batches) -> None:
        self.model, self.loss, self.batches = model, loss, batches
        self.norms = [each for each in model.modules() if isinstance(each, NORMS)]
        self.seen = Seen()

    def before(self, optimizer: torch.optim.Optimizer, given: Any, options: Any) -> None:
        """The gradients that the step is made with."""
        seen, found = self.seen, _gradients(self.model)
        seen.rates.append(float(optimizer.param_groups[0]["lr"]))
        seen.evaluating += bool(self.norms) and not any(each.training for each in self.norms)
        if len(given) > 1 or options:
            return  # the optimizer computes its gradients itself, by a closure
        if seen.steps and any(bool(each.isnan().any()) for each in found):
            seen.kept += 1
        elif not any(bool(each.any()) for each in found):
            seen.without += 1
        else:
            self._compare(found)
        for each in found:
            each.nan_to_num_(0.0)

    def _compare(self, found: list[torch.Tensor]) -> None:
        """With the gradient of the loss on the last batch."""
        known = [each for each in self.model.parameters() if each.grad is not None]
        part = self.batches.last
        with torch.enable_grad():
            wanted = torch.autograd.grad(
                self.loss(part.answer(self.model), part.targets), known, allow_unused=True
            )
        pairs = [(a.flatten(), b.flatten()) for a, b in zip(found, wanted, strict=True)
                 if b is not None]  # fmt: skip
        if not pairs:
            return
        mine, yours = (torch.cat(side).double() for side in zip(*pairs, strict=True))
        lengths = float(mine.norm()), float(yours.norm())
        if min(lengths) > 0 and all(map(math.isfinite, lengths)):
            self.seen.shares.append(lengths[0] / lengths[1])
            self.seen.cosines.append(float(mine @ yours) / (lengths[0] * lengths[1]))

    def after(self, *_: Any) -> None:
        """Mark the gradients, which are used up."""
        self.seen.steps += 1
        for each in _gradients(self.model):
            each.fill_(math.nan)


def _gradients(model: nn.Module) -> list[torch.Tensor]:
    return [each.grad for each in model.parameters() if each.grad is not None]


def probed(
    model: nn.Module, optimizer: torch.optim.Optimizer, loop: Loop, loss: Any, rows: Rows
) -> Seen:
    """Of copies, which are changed."""
    batches = Batches(model, rows, rows.batch, PROBED, PASS)
    probe = Probe(model, loss, batches)
    handles = [
        optimizer.register_step_pre_hook(probe.before),
        optimizer.register_step_post_hook(probe.after),
    ]
    before = [each.detach().clone() for each in model.parameters()]
    looped(model, optimizer, loop, batches)
    for each in handles:
        each.remove()
    pairs = zip(before, model.parameters(), strict=True)
    probe.seen.moved = not all(torch.equal(old, new) for old, new in pairs)
    return probe.seen


def faults_of_loop(seen: Seen) -> Iterator[Fault]:
    """What was seen, or that the loop itself may be what is wrong; a plain one mends all."""
    name, values = _what(seen)
    known = tuple((key, f"{value:.2g}") for key, value in values.items())
    yield Fault(name, (), USUAL if name == "loop" else CONSPICUOUS, known)


def _what(seen: Seen) -> tuple[str, dict[str, float]]:
    if not seen.steps:
        return "own_optimizer" if seen.moved else "no_step", {}
    if seen.without == seen.steps:
        return "no_gradient", {}
    if seen.kept:
        return "zero_grad", {}
    if seen.evaluating:
        return "loop_mode", {}
    if seen.rates[-1] < FALLEN * seen.rates[0]:
        known = {"first": seen.rates[0], "last": seen.rates[-1], "steps": len(seen.rates)}
        return "schedule", known
    if seen.shares and _middle(seen.cosines) < APART:
        return "other_gradient", {"cosine": _middle(seen.cosines)}
    if seen.shares and _middle(seen.shares) < SMALL:
        return "small_gradient", {"share": _middle(seen.shares)}
    return "loop", {}


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
