"""A training program as plain PyTorch: its parts, its loop, and what it gets wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

WORST = 99.0  # what is diverged or not a number counts as

Loss = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[nn.Module, Optimizer, Loss, Tensor, Tensor], None]


@dataclass(frozen=True)
class Data:
    """Batches to train on, and held-out rows as the program would see them in use."""

    batches: list[tuple[Tensor, Tensor]]
    held_x: Tensor
    held_y: Tensor


def usual_step(model: nn.Module, optimizer: Optimizer, loss: Loss, x: Tensor, y: Tensor) -> None:
    """One step as it should be."""
    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()


@dataclass(frozen=True)
class Program:
    """A small training program; a faulty one names its healthy twin and what was broken.

    `data(seed)` draws rows, `model()` initial weights from PyTorch's global generator,
    `optimizer(parameters)` is made once. `kind` says what the targets are: "classes" (argmax),
    "yes_no" (0 or 1) or "numbers". `read` turns outputs into classes, zeros and ones, or numbers.
    """

    name: str
    architecture: str  # mlp, cnn, rnn, transformer
    in_set: str  # one of faulty.SETS
    kind: str
    data: Callable[[int], Data]
    model: Callable[[], nn.Module]
    loss: Loss
    optimizer: Callable[[Iterable[nn.Parameter]], Optimizer]
    epochs: int
    train_step: Step = usual_step
    read: Callable[[Tensor], Tensor] | None = None
    cause: str = ""  # empty: healthy
    also: tuple[str, ...] = ()  # other names of the cause that are as true
    edit: str = ""
    source: str = ""
    twin: str = ""

    @property
    def own_loop(self) -> bool:
        """Whether the loop itself is broken: model, batches, loss, optimizer do not show it."""
        return self.train_step is not usual_step

    def broken(self, cause: str, edit: str, source: str, form: str = "", **parts: Any) -> Program:
        """This program with some parts replaced: a faulty one, named after cause or form."""
        what, architecture = self.name.rsplit("_", 1)
        name = "_".join((what, form or cause, architecture))
        return replace(
            self, name=name, cause=cause, edit=edit, source=source, twin=self.name, **parts
        )

    def trained(self, seed: int, data: Data) -> nn.Module:
        """The model after all epochs."""
        torch.manual_seed(seed)
        model = self.model()
        optimizer = self.optimizer(model.parameters())
        for _ in range(self.epochs):
            for x, y in data.batches:
                self.train_step(model, optimizer, self.loss, x, y)
        return model

    def error(self, model: nn.Module, data: Data) -> float:
        """The error on held-out rows as a part of the best constant's: 0 is perfect, 1 useless."""
        model.eval()
        with torch.no_grad():
            outputs = model(data.held_x)
        found = self.read(outputs) if self.read else READ[self.kind](outputs)
        own, constant = _ERROR[self.kind](found, data.held_y)
        return min(own / constant, WORST) if own == own else WORST


def _wrong(found: Tensor, y: Tensor) -> tuple[float, float]:
    commonest = y.flatten().mode().values
    return (found != y).float().mean().item(), (y != commonest).float().mean().item()


def _squared(found: Tensor, y: Tensor) -> tuple[float, float]:
    return (found - y).square().mean().item(), (y - y.mean(0)).square().mean().item()


READ: dict[str, Callable[[Tensor], Tensor]] = {
    "classes": lambda outputs: outputs.argmax(-1),
    "yes_no": lambda outputs: (outputs > 0).float(),
    "numbers": lambda outputs: outputs,
}
_ERROR = {"classes": _wrong, "yes_no": _wrong, "numbers": _squared}


def parted(x: Tensor, y: Tensor, seed: int, train: int, batch: int) -> Data:
    """Rows shuffled, `train` of them in batches, the others held out."""
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    x, y = x[order], y[order]
    return Data(batched(x[:train], y[:train], batch), x[train:], y[train:])


def batched(x: Tensor, y: Tensor, batch: int) -> list[tuple[Tensor, Tensor]]:
    """Cut into batches, the last one left out if it is not full."""
    starts = range(0, len(x) - batch + 1, batch)
    return [(x[i : i + batch], y[i : i + batch]) for i in starts]


def changed(
    data: Callable[[int], Data],
    train: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    inputs: Callable[[Tensor], Tensor] | None = None,
    batch: int | None = None,
) -> Callable[[int], Data]:
    """Data whose training rows go through `train`, and whose inputs everywhere through `inputs`.

    The rows are batched anew, in the order that `train` gives them.
    """

    def anew(seed: int) -> Data:
        found = data(seed)
        x = torch.cat([x for x, _ in found.batches])
        y = torch.cat([y for _, y in found.batches])
        held_x = found.held_x
        if inputs:
            x, held_x = inputs(x), inputs(held_x)
        if train:
            x, y = train(x, y)
        return Data(batched(x, y, batch or len(found.batches[0][0])), held_x, found.held_y)

    return anew
