"""How much of the error of a constant output the outputs of a model take away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils._pytree import tree_flatten

from nonlin._errors import InputError
from nonlin.layers.skill import Wanted
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.losses import the_loss

BATCH = 512
REGRESSION = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
SIGMOID = ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")
EXPONENTIAL = ("NLLLoss", "PoissonNLLLoss", "KLDivLoss")


@contextmanager
def judging(model: nn.Module) -> Iterator[None]:
    """In evaluation mode, without gradients; then every module is in the mode that it was in."""
    was = [(each, each.training) for each in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in was:
            module.training = mode


def loss_name(loss: Any) -> str:
    """Of PyTorch's losses that `loss` is; "" for one of your own."""
    return the_loss(loss)


class Judge:
    """Classes by the squared error of their chances (Brier), numbers by the squared error, each
    column as much as any other.
    """

    def __init__(self, loss: Any) -> None:
        self.name = loss_name(loss)
        self.ignored = int(getattr(loss, "ignore_index", -100))

    def skill(self, model: nn.Module, fitted: torch.Tensor, rows: Rows) -> float:
        """On these rows, in evaluation mode; fitted: targets whose mean is the constant.

        Raises InputError where outputs are no answer to the targets, shape by shape.
        """
        outputs, targets = self.pairs(model, rows)
        classes = not fitted.is_floating_point()
        constant = self._wanted(fitted, outputs.shape[1]).mean(axis=0)
        return Wanted(targets, constant, _squared, not classes).skill(outputs)

    def pairs(self, model: nn.Module, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Outputs (chances of classes) and what they should be, (rows, columns), float64.

        In evaluation mode. Raises InputError as `skill` does.
        """
        with judging(model):
            parts = [self._pair(part.answer(model), part.targets) for part in rows.parts(BATCH)]
        outputs, targets = (np.concatenate(each) for each in zip(*parts, strict=True))
        return outputs, targets

    def _pair(self, output: Any, targets: Any) -> tuple[np.ndarray, np.ndarray]:
        """Both of shape (rows, columns), float64."""
        found = the_output(output).detach()
        if not isinstance(targets, torch.Tensor):
            raise InputError("torch_no_answer", output=_shape(found), targets="-")
        if not targets.is_floating_point() and found.ndim == targets.ndim + 1:
            found = _classes_last(found, targets)
            return self._kept(self._chances(found), targets)
        if found.numel() != targets.numel():
            raise InputError("torch_no_answer", output=_shape(found), targets=_shape(targets))
        columns = (len(targets), -1)
        values = self._means(found).reshape(columns)
        return _double(values), _double(targets.reshape(columns))

    def _means(self, found: torch.Tensor) -> torch.Tensor:
        if self.name in SIGMOID:
            return found.sigmoid()
        if self.name == "CrossEntropyLoss":
            return found.softmax(min(1, found.ndim - 1))
        return found.exp() if self.name in EXPONENTIAL else found

    def _chances(self, found: torch.Tensor) -> torch.Tensor:
        """Of classes, which stand last."""
        return found.exp() if self.name == "NLLLoss" else found.softmax(-1)

    def _kept(self, chances: torch.Tensor, targets: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Each place is a row; those that the loss ignores are none."""
        flat = chances.reshape(-1, chances.shape[-1])
        kept = targets.reshape(-1) != self.ignored
        return _double(flat[kept]), self._wanted(targets, flat.shape[1])

    def _wanted(self, targets: torch.Tensor, columns: int) -> np.ndarray:
        if targets.is_floating_point():
            return _double(targets.reshape(len(targets), -1))
        flat = targets.reshape(-1)
        flat = flat[flat != self.ignored]
        if columns == 1 or (targets.numel() == len(targets) * columns and targets.ndim > 1):
            return _double(targets.reshape(len(targets), -1))
        return _double(flat[:, None] == torch.arange(columns, device=flat.device))


def the_output(given: Any) -> torch.Tensor:
    """What a model answers: a tensor, the field `logits`, or the first tensor there is."""
    if isinstance(given, torch.Tensor):
        return given
    chosen = getattr(given, "logits", None)
    if isinstance(chosen, torch.Tensor):
        return chosen
    found = [each for each in tree_flatten(given)[0] if isinstance(each, torch.Tensor)]
    if not found:
        raise InputError("torch_no_answer", output=type(given).__name__, targets="-")
    return found[0]


def _classes_last(found: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """PyTorch has classes in dimension 1; what models give often has them last."""
    moved = found.movedim(1, -1)
    if moved.shape[:-1] == targets.shape:
        return moved
    if found.shape[:-1] == targets.shape:
        return found
    raise InputError("torch_no_answer", output=_shape(found), targets=_shape(targets))


def _squared(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(np.square(outputs - targets).sum(axis=0))


def _double(values: torch.Tensor) -> np.ndarray:
    found: np.ndarray = values.detach().to("cpu", torch.float64).numpy()
    return found


def _shape(values: torch.Tensor) -> str:
    return str(tuple(values.shape))
