"""Every finished network is written down as it finishes, so that nothing is lost.

One SQLite file per run (write-ahead log): after Ctrl-C, kill -9 or a power cut, the same run goes
on where it stopped, with the same numbers.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from nonlin.choose.candidates import Plan
from nonlin.choose.data import Table
from nonlin.choose.task import Task
from nonlin.choose.trial import Arm, Outcome

if TYPE_CHECKING:
    import polars as pl

_TABLE = """create table if not exists network (
  seed integer, activation text, rate text, outcome text, primary key (seed, activation, rate))"""

_OF_A_ROUND = "select activation, rate, outcome from network where seed = ?"


class Journal:
    """Finished networks of one run; without a path, none are kept.

    A file that cannot be opened or written to ends no race: `failure` says why nothing more is
    written down.
    """

    def __init__(self, path: Path | None, plan: Plan | None = None, resume: bool = False) -> None:
        """Open the file at `path`; what an earlier run left there is used if `resume`."""
        self.failure: str | None = None
        self._plan = plan
        self._file: sqlite3.Connection | None = None
        if path is not None:
            self._open(path, resume)

    def _open(self, path: Path, resume: bool) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, isolation_level=None)
            self._file.execute("pragma journal_mode=wal")
            self._file.execute(_TABLE)
            if not resume:
                self._file.execute("delete from network")
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self.failure = str(error)
        self.close()

    def known(self, seed: int, arms: Sequence[Arm]) -> dict[Arm, Outcome]:
        """What is written down of these arms in the round of this seed."""
        if self._file is None:
            return {}
        try:
            rows = self._file.execute(_OF_A_ROUND, (seed,)).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return {}
        found = {(name, rate): outcome for name, rate, outcome in rows}
        named = {arm: self._name(arm) for arm in arms}
        return {
            arm: Outcome(**json.loads(found[name])) for arm, name in named.items() if name in found
        }

    def keep(self, seed: int, arm: Arm, outcome: Outcome) -> None:
        """Write a finished network down."""
        if self._file is None:
            return
        row = (seed, *self._name(arm), json.dumps(asdict(outcome)))
        try:
            self._file.execute("insert or replace into network values (?, ?, ?, ?)", row)
        except sqlite3.Error as error:  # a full disk
            self._give_up(error)

    def _name(self, arm: Arm) -> tuple[str, str]:
        assert self._plan is not None  # noqa: S101 - for the type checker
        plan = self._plan
        activation, rate = plan.activations[arm[0]], plan.rates[arm[1]]
        name = f"{activation!r} {plan.shapes[arm[0]]}" if plan.shapes else repr(activation)
        return name, repr(rate)

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        if self._file is not None:
            self._file.close()
            self._file = None


NOTHING = Journal(None)


def path_for(folder: Path, table: Table, task: Task, plan: Plan) -> Path:
    """The file of a run: another one if the rows, the task or what decides a network differ.

    Which activations, rates and rounds are planned does not matter: a wider run knows what a
    narrower one has finished.
    """
    import nonlin

    asked = (task.kind, task.score, task.numbers, task.labels.tolist())
    told = (nonlin.__version__, *asked, plan.architectures, plan.steps, plan.patience)
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
