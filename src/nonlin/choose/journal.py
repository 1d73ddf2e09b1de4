"""The file in which a run of `choose` is written down: another one where other numbers come out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from nonlin.choose.candidates import Plan
from nonlin.data.table import Table
from nonlin.tasks.task import Task

if TYPE_CHECKING:
    import polars as pl

TRAINING = "2"  # changes when the same plan on the same rows trains to other numbers, or measures
BEFORE = "0.1.0"  # the version whose journals have another form


def home() -> Path:
    """The folder of all runs that were asked for by command or in the lab."""
    from platformdirs import user_state_path

    given = os.environ.get("NONLIN_STATE_DIR")
    return (Path(given) if given else user_state_path("nonlin", appauthor=False)) / "runs"


def path_for(folder: Path, table: Table, task: Task, plan: Plan, training: str = TRAINING) -> Path:
    """The file of a run: another one if the rows, the task or what decides a network differ.

    Which activations, rates and splits are planned does not matter: a wider run knows what a
    narrower one has finished.
    """
    asked = (task.kind, task.score, task.numbers, task.labels.tolist())
    told = (training, *asked, plan.architectures, plan.steps, plan.patience)
    digest = hashlib.sha256(repr(told).encode())
    digest.update(_digest(table.features).encode())
    digest.update(table.target.astype(str).tobytes())
    for role in table.roles.all:
        digest.update(b"-" if role is None else role.tobytes())
    return folder / f"{digest.hexdigest()[:24]}.sqlite"


def _digest(frame: pl.DataFrame) -> str:
    names = hashlib.sha256(repr(frame.schema).encode()).hexdigest()
    rows = frame.hash_rows(seed=0).to_numpy()
    return names + hashlib.sha256(rows.tobytes()).hexdigest()
