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
from nonlin.choose.limits import Costs
from nonlin.choose.trial import Arm, Outcome
from nonlin.data.table import Table
from nonlin.tasks.task import Task

if TYPE_CHECKING:
    import polars as pl

_TABLE = """create table if not exists network (
  seed integer, activation text, rate text, outcome text, primary key (seed, activation, rate))"""

_COSTS = "create table if not exists cost (activation text primary key, nanoseconds real)"
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_OF_A_ROUND = "select activation, rate, outcome from network where seed = ?"


class Journal:
    """Finished networks of one run; without a path, none are kept.

    A file that cannot be opened or written to ends no race: `failure` says why nothing more is
    written down. One that is damaged is begun anew, and a damaged row is as good as absent.
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
            try:
                self._begin(path, resume)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorname not in _DAMAGED:
                    raise
                self.close()
                _remove(path)
                self._begin(path, resume)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _begin(self, path: Path, resume: bool) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.text_factory = lambda raw: raw.decode(errors="replace")
        for statement in ("pragma journal_mode=wal", _TABLE, _COSTS):
            self._file.execute(statement)
        if not resume:
            self._file.execute("delete from network")
            self._file.execute("delete from cost")

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
        found = {(name, rate): _outcome(written) for name, rate, written in rows}
        named = {arm: found.get(self._name(arm)) for arm in arms}
        return {arm: outcome for arm, outcome in named.items() if outcome is not None}

    def keep(self, seed: int, arm: Arm, outcome: Outcome) -> None:
        """Write a finished network down."""
        if self._file is None:
            return
        row = (seed, *self._name(arm), json.dumps(asdict(outcome)))
        self._write("insert or replace into network values (?, ?, ?, ?)", [row])

    def costs(self) -> Costs:
        """What an earlier run measured, so that a limit leaves out the same again."""
        if self._file is None:
            return {}
        try:
            rows = self._file.execute("select activation, nanoseconds from cost").fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return {}
        return {name: cost for name, cost in rows if isinstance(cost, float)}

    def follow(self, plan: Plan, costs: Costs) -> None:
        """Go on with this plan, which rests on these measurements."""
        self._plan = plan
        self._write("insert or replace into cost values (?, ?)", list(costs.items()))

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._file is None:
            return
        try:
            self._file.executemany(statement, rows)
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


def _remove(path: Path) -> None:
    """With what the write-ahead log leaves beside it."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _outcome(written: object) -> Outcome | None:
    """None for a row that cannot be read."""
    try:
        values = json.loads(written)  # type: ignore[arg-type]
        outcome = Outcome(**values)
    except (TypeError, ValueError):
        return None
    numbers = (value for name, value in values.items() if (name, value) != ("error", None))
    return outcome if all(isinstance(each, int | float) for each in numbers) else None


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
