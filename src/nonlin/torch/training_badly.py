"""Why a PyTorch model trains or does not: every layer on data, causes, and what helps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from nonlin import checks
from nonlin._errors import InputError
from nonlin.layers.folds import LOOKED
from nonlin.stability.diagnosis import diagnose as diagnosed
from nonlin.stability.layer_stability import Stability
from nonlin.stability.measured import measured
from nonlin.torch.diagnosing.module_subject import ModuleSubject, check_loop
from nonlin.torch.diagnosing.own_loss import OwnLoss
from nonlin.torch.diagnosing.report import Report, reported
from nonlin.torch.diagnosing.rows import collected
from nonlin.torch.diagnosing.training import Loop, callable_loss, training
from nonlin.torch.reading.example import the_model

SECONDS = 60.0  # of CPU time for the trials of a diagnosis


def stability(
    model: nn.Module,
    batches: Any,
    loss: Any = None,
    *,
    optimizer: Any = None,
    rows: int | None = LOOKED,
) -> Stability:
    """Signals, dead and saturated neurons, ranks and gradients in every layer of a model.

    batches: pairs of inputs and targets, or mappings with the targets as "labels", in any iterable
    such as a DataLoader; one of these; or a function that gives either. Inputs: a tensor, a
    tuple of arguments, or a mapping of arguments by name. loss: of (output, targets), such as
    nn.CrossEntropyLoss(), or the name of one of PyTorch's; a mean over rows, unless its
    `reduction` is "sum"; None: the model is given the labels and computes its loss itself, as
    those of transformers do. optimizer: for the size of an update, as in
    `diagnose`. rows: of more than so many an even selection; None: all, at most 4096. The
    model is not changed; it is looked at as in training, but without dropout. Raises InputError
    for what is none of these, and where model or loss fail.
    """
    if rows is not None:
        checks.integer("rows", rows, 1)
    return measured(subject(model, batches, loss, optimizer=optimizer, looked=rows))


def diagnose(
    model: nn.Module,
    batches: Any,
    loss: Any = None,
    *,
    optimizer: Any = None,
    epochs: int | None = None,
    steps: int | None = None,
    loop: Loop | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
    seconds: float | None = None,
) -> Report:
    """What keeps a model from training: a verdict per layer, the cause, a change that helps.

    model, batches, loss: as for `stability`; of more than 4096 rows the first ones. optimizer: a
    function of parameters that makes one, or one of the parameters of this model; Adam with rate
    0.001 if it is not given. epochs, steps: of the whole training; 20 epochs if neither is given.
    Copies of the model are trained with one change each, see `nonlin.diagnose`. seconds: of CPU
    time for all of these, about; 60 if not given. Trainings are as long as yours, up to 1500
    steps, while there is time for that; the report says if more seconds are needed. Neither model
    nor optimizer is changed; `apply` of what comes back gives a changed copy. Raises InputError
    as `stability` does, and where outputs are no answer to the targets.
    """
    time = SECONDS if seconds is None else checks.number("seconds", seconds, 0, open_below=True)
    given = {"optimizer": optimizer, "epochs": epochs, "steps": steps, "loop": loop}
    return reported(diagnosed(subject(model, batches, loss, **given), None, None,
                              on_progress=on_progress, seconds=time))  # fmt: skip


def subject(
    model: nn.Module,
    batches: Any,
    loss: Any = None,
    *,
    optimizer: Any = None,
    epochs: int | None = None,
    steps: int | None = None,
    loop: Loop | None = None,
    looked: int | None = LOOKED,
) -> ModuleSubject:
    """A model as a `nonlin.layers.Subject`; arguments as for `diagnose`."""
    network = the_model(model)
    for name, module in network.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise InputError("torch_scripted", name=name or type(module).__name__)
    device = next((each.device for each in network.parameters()), torch.device("cpu"))
    chosen = callable_loss(loss)
    rows = collected(batches, device, told=isinstance(chosen, OwnLoss))
    made = training(network, rows, chosen, optimizer, epochs, steps, loop)
    found = ModuleSubject(network, rows, made, looked or rows.count)
    if loop is not None:
        check_loop(found)
    return found
