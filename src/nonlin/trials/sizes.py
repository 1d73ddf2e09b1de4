"""What the sizes of the parts mean for the statistics: the same for all who compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from nonlin.tasks.task import Task

if TYPE_CHECKING:
    from nonlin.trials.race import Round

Part = Literal["validation", "test"]


def ratio(rounds: Sequence[Round], part: Part = "test") -> float:
    """Rows that judge / rows that train, mean over the rounds: with groups they differ in size."""
    return float(np.mean([_rows(each, part) / each.train_rows for each in rounds]))


def resolution(rounds: Sequence[Round], task: Task, part: Part = "test") -> float:
    """An accuracy moves in steps of one row, mean over the rounds; R^2 moves smoothly."""
    return float(np.mean([1.0 / _rows(each, part) for each in rounds])) if task.stepwise else 0.0


def _rows(each: Round, part: Part) -> int:
    return each.test_rows if part == "test" else each.validation_rows
