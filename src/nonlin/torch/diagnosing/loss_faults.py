"""A loss that does not fit its targets, and the usual one for them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
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
    """One class is nearly everywhere, or is all that the loss looks at."""
    loss, targets = subject.training.loss, subject.rows.targets
    shares = _shares(subject) if loss_name(loss) == usual else None
    if shares is None:
        return
    weights = _class_weights(loss, len(shares))
    if weights is None:
        if targets.ndim <= 2 and float(shares.max()) > UNEVEN:
            yield Fault("balance", (), UNUSUAL, (("share", percent(float(shares.max()))),))
        return
    counted = shares * weights.to(shares)
    counted = counted / counted.sum()
    if float(counted.max()) > UNEVEN >= float(shares.max()):
        told = (("share", percent(float(counted.max()))), ("own", percent(float(shares.max()))))
        yield Fault("class_weights", (), CONSPICUOUS, told)


def _shares(subject: ModuleSubject) -> torch.Tensor | None:
    """How frequent each class is, of one target for each row; None where there are no classes."""
    loss, targets = subject.training.loss, subject.rows.targets
    output = subject.output
    if output is None or targets.numel() != len(targets):
        return None
    if isinstance(loss, nn.CrossEntropyLoss) and not targets.is_floating_point():
        counts = torch.bincount(targets.flatten().clamp_min(0), minlength=output.shape[1])
        return counts.double() / len(targets)
    if isinstance(loss, nn.BCEWithLogitsLoss):
        part = float(targets.double().mean())
        return torch.tensor([1 - part, part], dtype=torch.float64)
    return None


def _class_weights(loss: Any, classes: int) -> torch.Tensor | None:
    """What the loss multiplies each class with; None where it multiplies nothing."""
    if isinstance(loss, nn.CrossEntropyLoss):
        return loss.weight
    given = loss.pos_weight
    if given is None or given.numel() != 1 or classes != 2:
        return None
    return torch.stack([torch.ones_like(given.flatten()[0]), given.flatten()[0]])


def _balanced(subject: ModuleSubject, _: str) -> ModuleSubject | None:
    """Each class has the same part in the loss."""
    shares = _shares(subject)
    if shares is None:
        return None
    known = shares > 0
    weights = torch.where(known, 1 / (shares.clamp_min(1e-12) * known.sum()), 0.0)
    like = next(subject.model.parameters())
    if isinstance(subject.training.loss, nn.CrossEntropyLoss):
        return _weighted(subject, weights.to(like))
    return _weighted(subject, (weights[1:] / weights[0].clamp_min(1e-12)).to(like))


def _unweighted(subject: ModuleSubject, _: str) -> ModuleSubject:
    return _weighted(subject, None)


def _weighted(subject: ModuleSubject, weights: torch.Tensor | None) -> ModuleSubject:
    """Its loss multiplies each class, or a yes, with these."""
    loss = copy.deepcopy(subject.training.loss)
    if isinstance(loss, nn.CrossEntropyLoss):
        loss.weight = weights
    else:
        loss.pos_weight = weights
    return subject.training_by(loss=loss)


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
    return subject.training_by(loss=loss)


def _shaped(subject: ModuleSubject, _: str) -> ModuleSubject:
    loss = Shaped(subject.training.loss)
    return subject.training_by(loss=loss)


MENDS: dict[str, Callable[[ModuleSubject, str], Any]] = {
    "loss": _mended,
    "broadcast": _shaped,
    "balance": _balanced,
    "class_weights": _unweighted,
}
