"""How much of the error of a constant output the outputs of a model take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils._pytree import tree_flatten

from nonlin._errors import InputError
from nonlin.layers.skill import Wanted
from nonlin.torch.diagnosing.own_loss import OwnLoss, next_ones
from nonlin.torch.diagnosing.rows import Rows
from nonlin.torch.reading.losses import the_loss

BATCH = 512  # rows at once, where outputs are small
UNEVEN = 0.8  # share of one class
MOST_NUMBERS = 4_000_000  # of outputs at once, and twice as many in all
REGRESSION = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
SIGMOID = ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")
YES_OR_NO = (*SIGMOID, "BCELoss")
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
    return the_loss(loss.inner if isinstance(loss, Shaped) else loss)


class Shaped(nn.Module):
    """A loss of outputs in the shape of the targets."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, output: Any, targets: torch.Tensor) -> torch.Tensor:
        """One number."""
        found: torch.Tensor = self.inner(the_output(output).reshape(targets.shape), targets)
        return found


class Judge:
    """Classes by the squared error of their chances (Brier), numbers by the squared error, each
    column as much as any other.
    """

    def __init__(self, loss: Any) -> None:
        self.name = loss_name(loss)
        self.own = isinstance(loss, OwnLoss)
        self.ignored = int(getattr(loss, "ignore_index", -100))

    def skill(self, model: nn.Module, fitted: torch.Tensor, rows: Rows) -> float:
        """On these rows, in evaluation mode; fitted: targets whose mean is the constant.

        Raises InputError where outputs are no answer to the targets, shape by shape.
        """
        with judging(model):
            first = self._first(model, rows)
        share = first[0].numel()  # numbers for a row
        looked = rows.spread(max(1, 2 * MOST_NUMBERS // max(1, share)))
        outputs, targets = self.pairs(model, looked)
        if are_classes(first, fitted):
            constant, apart = self._shares(fitted, outputs.shape[1]), False
            if constant.max() > UNEVEN:
                return _evenly(outputs, targets, constant)
        else:
            constant = _double(fitted.reshape(len(fitted), -1)).mean(axis=0)
            apart = fitted.is_floating_point()
            if self.name in YES_OR_NO and outputs.shape[1] == 1 and _uneven(constant):
                both = [np.hstack([1 - each, each]) for each in (outputs, targets)]
                return _evenly(both[0], both[1], np.array([1 - constant[0], constant[0]]))
        return Wanted(targets, constant, _squared, apart).skill(outputs)

    def _first(self, model: nn.Module, rows: Rows) -> torch.Tensor:
        """The output on two rows."""
        found = the_output(rows.first(2).answer(model))
        return found if found.ndim else found.reshape(1)

    def pairs(self, model: nn.Module, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Outputs (chances of classes) and what they should be, (rows, columns), float64.

        In evaluation mode. Raises InputError as `skill` does.
        """
        with judging(model):
            share = max(1, self._first(model, rows)[0].numel())
            size = max(1, min(BATCH, MOST_NUMBERS // share))
            parts = [self._pair(part.answer(model), part.targets) for part in rows.parts(size)]
        outputs, targets = (np.concatenate(each) for each in zip(*parts, strict=True))
        return outputs, targets

    def _pair(self, output: Any, targets: Any) -> tuple[np.ndarray, np.ndarray]:
        """Both of shape (rows, columns), float64."""
        found = the_output(output).detach()
        if not isinstance(targets, torch.Tensor):
            raise InputError("torch_no_answer", output=_shape(found), targets="-")
        if self.own and next_ones(output, found, targets):
            found, targets = found[:, :-1], targets[:, 1:]
        if are_classes(found, targets):
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
        flat, wanted = chances.reshape(-1, chances.shape[-1]), targets.reshape(-1)
        kept = wanted != self.ignored
        classes = torch.arange(flat.shape[1], device=flat.device)
        return _double(flat[kept]), _double(wanted[kept][:, None] == classes)

    def _shares(self, fitted: torch.Tensor, columns: int) -> np.ndarray:
        """How frequent each class is."""
        flat = fitted.reshape(-1)
        counts = torch.bincount(flat[flat != self.ignored], minlength=columns)
        return _double(counts) / max(1, int(counts.sum()))


def _uneven(share: np.ndarray) -> bool:
    return max(float(share[0]), 1 - float(share[0])) > UNEVEN


def _evenly(outputs: np.ndarray, targets: np.ndarray, shares: np.ndarray) -> float:
    """Each class counts as much as any other: else one that is everywhere would be all."""
    known = shares > 0
    weights = np.sqrt((targets[:, known] / shares[known]).sum(axis=1, keepdims=True))
    constant = np.where(known, 1 / known.sum(), 0.0)
    given = Wanted(weights * targets, weights * constant, _squared, apart=False)
    return given.skill(weights * outputs)


def are_classes(found: torch.Tensor, targets: torch.Tensor) -> bool:
    """Numbers of classes, for each of which there is an output? Else there is one for each."""
    several = found.ndim > 1 and max(found.shape[1], found.shape[-1]) > 1
    return not targets.is_floating_point() and found.ndim == targets.ndim + 1 and several


def the_output(given: Any) -> torch.Tensor:
    """What a model answers: a tensor, the field `logits`, or the first tensor there is."""
    if isinstance(given, torch.Tensor):
        return given
    name = "logits"
    chosen = given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
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
