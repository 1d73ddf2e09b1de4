"""A loss that does not fit its targets, and the usual one for them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from nonlin._text import percent
from nonlin.layers.subject import CONSPICUOUS, UNUSUAL, Fault
from nonlin.torch.diagnosing.judge import UNEVEN, Shaped, are_classes, loss_name
from nonlin.torch.diagnosing.output_faults import the_last, without_end
from nonlin.torch.diagnosing.own_loss import OwnLoss

if TYPE_CHECKING:
    from nonlin.torch.diagnosing.module_subject import ModuleSubject


FITTING = {  # to the usual one
    "CrossEntropyLoss": ("CrossEntropyLoss", "NLLLoss"),
    "BCEWithLogitsLoss": ("BCEWithLogitsLoss", "BCELoss", "SoftMarginLoss",
                          "MultiLabelSoftMarginLoss"),
    "MSELoss": ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "GaussianNLLLoss",
                "PoissonNLLLoss", "KLDivLoss", "CrossEntropyLoss"),
}  # fmt: skip
ENDS = {"CrossEntropyLoss": ("softmax", "log_softmax"), "BCEWithLogitsLoss": ("sigmoid",)}


def faults_of_loss(subject: ModuleSubject) -> Iterator[Fault]:
    """At most one."""
    loss, rows = subject.training.loss, subject.rows
    output = subject.output
    if output is None or isinstance(loss, OwnLoss) or not isinstance(rows.targets, torch.Tensor):
        return
    name, targets = loss_name(loss), rows.targets
    usual = _usual(output, targets)
    if usual is None:
        return
    yield from _balance(subject, usual)
    told = (("loss", name or _own_name(loss)), ("usual", usual))
    if name not in FITTING[usual]:
        bad = name and not (usual == "BCEWithLogitsLoss" and name in FITTING["MSELoss"])
        yield Fault("loss", (), CONSPICUOUS if bad else UNUSUAL, told)
    elif (
        usual == "MSELoss"
        and not isinstance(loss, Shaped)
        and output.shape[1:] != targets.shape[1:]
    ):
        shapes = (("output", str(tuple(output.shape))), ("targets", str(tuple(targets.shape))))
        yield Fault("broadcast", (), CONSPICUOUS, (*told, *shapes))


def _balance(subject: ModuleSubject, usual: str) -> Iterator[Fault]:
    """One class is nearly everywhere."""
    loss, targets = subject.training.loss, subject.rows.targets
    if usual != "CrossEntropyLoss" or not isinstance(loss, nn.CrossEntropyLoss):
        return
    share = float(torch.bincount(targets.flatten()).max()) / targets.numel()
    if targets.ndim == 1 and share > UNEVEN and loss.weight is None:
        yield Fault("balance", (), UNUSUAL, (("share", percent(share)),))


def _balanced(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """Each class has the same part in the loss."""
    output = subject.output
    if output is None:
        return None
    counts = torch.bincount(subject.rows.targets, minlength=output.shape[1]).to(output)
    weights = torch.where(counts > 0, counts.sum() / counts.clamp_min(1), 0.0)
    loss = copy.deepcopy(subject.training.loss)
    loss.weight = weights / (counts > 0).sum()
    return replace(subject, training=replace(subject.training, loss=loss))


def _own_name(loss: Any) -> str:
    name = getattr(loss, "__name__", type(loss).__name__)
    return "lambda" if name == "<lambda>" else name


def _usual(output: torch.Tensor, targets: torch.Tensor) -> str | None:
    """The name of the usual loss for such targets; None where there is none."""
    if are_classes(output, targets):
        return "CrossEntropyLoss" if output.shape[1 : output.ndim - 1] == () else None
    if not targets.is_floating_point() or output[0].numel() != targets[0].numel():
        return None
    yes_or_no = bool(((targets == 0) | (targets == 1)).all())
    return "BCEWithLogitsLoss" if yes_or_no else "MSELoss"


def _mended(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """The usual loss, without what stands at the end of the model for another one."""
    output = subject.output
    usual = None if output is None else _usual(output, subject.rows.targets)
    if usual is None:
        return None
    last = the_last(subject.model, subject.rows)
    if last in ENDS.get(usual, ()) and not without_end(subject.model, subject.rows):
        return None
    made = getattr(nn, usual)()
    loss = made if usual == "CrossEntropyLoss" else Shaped(made)
    return replace(subject, training=replace(subject.training, loss=loss))


def _shaped(subject: ModuleSubject, _: str) -> ModuleSubject:
    loss = Shaped(subject.training.loss)
    return replace(subject, training=replace(subject.training, loss=loss))


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "loss": _mended,
    "broadcast": _shaped,
    "balance": _balanced,
}
