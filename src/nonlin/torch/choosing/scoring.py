"""How good a trained model is: the share of right classes, R², or what users score by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.torch.choosing.maker import one_line
from nonlin.torch.choosing.parts import Parts
from nonlin.torch.diagnosing.judge import BATCH, Judge, judging, the_output
from nonlin.torch.diagnosing.passes import sums
from nonlin.torch.diagnosing.rows import Rows

Bounds = tuple[float, float]
NAMELESS = ("score", "<lambda>")
FREE: Bounds = (-np.inf, np.inf)


@dataclass(frozen=True, slots=True)
class Score:
    """name: "accuracy", "r2", or that of a function of users. bounds: between which it lies;
    step: of it, for each row; least: that of the best constant.
    """

    name: str
    bounds: Bounds = FREE
    step: float = 0.0
    least: float = -np.inf

    @property
    def bounded(self) -> bool:
        """Is it one of ours, of rows that are known?"""
        return self.bounds != FREE

    @property
    def what(self) -> Text:
        """In words."""
        if self.name in NAMELESS:
            return text("torch_choose.any_score")
        if not self.bounded:
            return text("torch_choose.own_score", name=self.name)
        return text(f"measure.{self.name}")


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """loss: of (output, targets), as in training; own: a function of the same, higher is better."""

    loss: Any
    own: Callable[[Any, Any], float] | None
    fitted: torch.Tensor
    score: Score

    @classmethod
    def of(cls, given: Parts, loss: Any, own: Any) -> Scorer:
        """Classes are scored by the share that is right, numbers by R²."""
        fitted = given.train.targets
        if own is not None:
            if not callable(own):
                raise InputError("torch_choose_score", given=type(own).__name__)
            name = getattr(own, "__name__", type(own).__name__)
            return cls(loss, own, fitted, Score(name))
        if not isinstance(fitted, torch.Tensor):
            raise InputError("torch_choose_no_score")
        if fitted.is_floating_point():
            return cls(loss, None, fitted, Score("r2", (-np.inf, 1.0), 0.0, 0.0))
        places = fitted.numel() / len(fitted)
        least = _constant(fitted, given.test.targets, Judge(loss).ignored)
        return cls(loss, None, fitted, Score("accuracy", (0.0, 1.0), 1 / places, least))

    def __call__(self, model: nn.Module, rows: Rows) -> float:
        """In evaluation mode."""
        if self.own is not None:
            return self._own(model, rows)
        if self.score.name == "r2":
            return Judge(self.loss).skill(model, self.fitted, rows)
        outputs, targets = Judge(self.loss).pairs(model, rows)
        if outputs.shape[1] == 1:
            return float(((outputs > 0.5) == (targets > 0.5)).mean())
        return float((outputs.argmax(axis=1) == targets.argmax(axis=1)).mean())

    def _own(self, model: nn.Module, rows: Rows) -> float:
        with judging(model):
            outputs = [the_output(part.answer(model)) for part in rows.parts(BATCH)]
            try:
                return float(self.own(torch.cat(outputs), rows.targets))  # type: ignore[misc]
            except Exception as error:
                raise InputError("torch_choose_score_fails", error=one_line(error)) from error

    def mean_loss(self, model: nn.Module, rows: Rows) -> float:
        """Of a row, in evaluation mode."""
        with judging(model):
            total = 0.0
            for part in rows.parts(BATCH):
                found = float(self.loss(part.answer(model), part.targets))
                total += found if sums(self.loss) else found * part.count
        return total / rows.count


def _constant(fitted: torch.Tensor, targets: torch.Tensor, ignored: int) -> float:
    """The share of the targets that the most frequent class of the others gets right."""
    known, wanted = fitted[fitted != ignored], targets[targets != ignored]
    if not len(known) or not len(wanted):
        return 0.0
    return float((wanted == known.mode().values).double().mean())
