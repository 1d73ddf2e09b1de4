"""How a model is trained: its optimizer, whichever it is, batches and epochs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from nonlin import checks
from nonlin._errors import InputError
from nonlin.layers.subject import Recipe, Retrain
from nonlin.torch.diagnosing.own_loss import OwnLoss
from nonlin.torch.diagnosing.row_faults import are_sorted
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.losses import the_loss

Loop = Callable[[nn.Module, torch.optim.Optimizer, Any], Any]
USUAL_RATES = {"SGD": 0.02, "Adagrad": 0.01, "Adadelta": 1.0, "LBFGS": 1.0}
USUAL = 1e-3
EPOCHS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """optimizer: of the parameters of the model that it stands beside. loss: of (output,
    targets). steps: of the whole training. loop: the user's own, of (model, optimizer, batches).
    ordered: is every pass in the order of the rows?
    """

    optimizer: torch.optim.Optimizer
    loss: Any
    batch: int
    epochs: int
    steps: int
    loop: Loop | None = None
    ordered: bool = False

    @property
    def recipe(self) -> Recipe:
        """Numbers of the first group of parameters."""
        group = self.optimizer.param_groups[0]
        return Recipe(
            learning_rate=float(group["lr"]),
            usual_rate=USUAL_RATES.get(type(self.optimizer).__name__, USUAL),
            batch_size=self.batch,
            epochs=self.epochs,
            steps=self.steps,
            momentum=float(group["momentum"]) if "momentum" in group else None,
            weight_decay=float(group.get("weight_decay", 0.0)),
        )

    def changed(self, edit: Retrain, optimizer: torch.optim.Optimizer) -> Training:
        """With what is given; `optimizer` is a copy, and is changed. Rates of groups keep their
        ratios, and other options of it stay.
        """
        before = self.recipe
        for group in optimizer.param_groups:
            if edit.learning_rate is not None:
                share = float(group["lr"]) / before.learning_rate if before.learning_rate else 1.0
                group["lr"] = share * edit.learning_rate
                group.pop("initial_lr", None)
            if edit.weight_decay is not None:
                group["weight_decay"] = edit.weight_decay
            if edit.momentum is not None:
                group["momentum"] = edit.momentum
        batch, steps = self.batch, self.steps * edit.longer
        if edit.batch_size is not None:
            batch, steps = edit.batch_size, math.ceil(steps * self.batch / edit.batch_size)
        return replace(
            self, optimizer=optimizer, batch=batch, epochs=self.epochs * edit.longer, steps=steps
        )


def training(
    model: nn.Module,
    rows: Rows,
    loss: Callable[[Any, Any], torch.Tensor],
    optimizer: Any = None,
    epochs: int | None = None,
    steps: int | None = None,
    loop: Any = None,
) -> Training:
    """optimizer: one of these parameters, or a function of parameters that makes one; Adam with
    rate 0.001 if it is not given. Raises InputError for what is neither, and for bad numbers.
    """
    if loop is not None and not callable(loop):
        raise InputError("torch_bad_loop", given=type(loop).__name__)
    made = _optimizer(model, optimizer)
    per_epoch = math.ceil(rows.count / rows.batch)
    if steps is not None:
        checks.integer("steps", steps, 1)
        epochs = math.ceil(steps / per_epoch)
    chosen = EPOCHS if epochs is None else checks.integer("epochs", epochs, 1)
    whole = steps or int(chosen) * per_epoch
    return Training(made, loss, rows.batch, int(chosen), whole, loop, are_sorted(rows))


def callable_loss(given: Any) -> Any:
    """Of (output, targets): by name, or the model's own. InputError for anything else."""
    if given is None:
        return OwnLoss()
    if isinstance(given, str):
        return getattr(nn, the_loss(given))()
    if not callable(given):
        raise InputError("torch_bad_loss", given=type(given).__name__)
    return given


def _optimizer(model: nn.Module, given: Any) -> torch.optim.Optimizer:
    if given is None:
        return torch.optim.Adam(model.parameters(), USUAL)
    if isinstance(given, torch.optim.Optimizer):
        own = {id(each) for each in model.parameters()}
        if not any(id(each) in own for group in given.param_groups for each in group["params"]):
            raise InputError("torch_foreign_optimizer", kind=type(given).__name__)
        return given
    if not callable(given):
        raise InputError("torch_bad_optimizer", given=type(given).__name__)
    try:
        made = given(model.parameters())
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError("torch_optimizer_fails", error=error) from None
    if not isinstance(made, torch.optim.Optimizer):
        raise InputError("torch_bad_optimizer", given=type(made).__name__)
    return made
