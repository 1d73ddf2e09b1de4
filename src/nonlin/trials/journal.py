"""Every outcome is written down as it comes, so that nothing is lost.

One SQLite file per run (write-ahead log): after Ctrl-C, kill -9 or a power cut, the same run goes
on where it stopped, with the same numbers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from nonlin.trials.contest import Arm, Outcome

_TABLES = (
    "pragma journal_mode=wal",
    """create table if not exists outcome (
    seed integer, arm text, outcome text, primary key (seed, arm))""",
    "create table if not exists fact (name text primary key, value real)",
)
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_OF_A_SPLIT = "select arm, outcome from outcome where seed = ?"


class Journal:
    """Outcomes of one run; without a path, none are kept.

    A file that cannot be opened or written to ends no race: `failure` says why nothing more is
    written down. One that is damaged is begun anew, and a damaged row is as good as absent.
    """

    def __init__(
        self, path: Path | None, key: Callable[[Arm], str] = repr, resume: bool = False
    ) -> None:
        """Open the file at `path`; what an earlier run left there is used if `resume`.

        key(arm): see `Contest`.
        """
        self.failure: str | None = None
        self._key = key
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
        for statement in _TABLES:
            self._file.execute(statement)
        if not resume:
            self._file.execute("delete from outcome")
            self._file.execute("delete from fact")

    def _give_up(self, error: Exception) -> None:
        self.failure = getattr(error, "strerror", None) or str(error)
        self.close()

    def known(self, seed: int, arms: Sequence[Arm]) -> dict[Arm, Outcome]:
        """What is written down of these arms on the split of this seed."""
        written = dict(self._read(_OF_A_SPLIT, (seed,)))
        found = {arm: _outcome(written.get(self._key(arm))) for arm in arms} if written else {}
        return {arm: outcome for arm, outcome in found.items() if outcome is not None}

    def keep(self, seed: int, arm: Arm, outcome: Outcome) -> None:
        """Write an outcome down."""
        if self._file is None:
            return
        row = (seed, self._key(arm), json.dumps(asdict(outcome)))
        self._write("insert or replace into outcome values (?, ?, ?)", [row])

    def facts(self) -> dict[str, float]:
        """Numbers that an earlier run rested on, by their names."""
        found = dict(self._read("select name, value from fact"))
        return {name: value for name, value in found.items() if isinstance(value, float)}

    def note(self, facts: Mapping[str, float]) -> None:
        """Write down numbers that this run rests on."""
        self._write("insert or replace into fact values (?, ?)", list(facts.items()))

    def _read(self, query: str, values: tuple[object, ...] = ()) -> Sequence[tuple[str, object]]:
        if self._file is None:
            return []
        try:
            return self._file.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._file is None:
            return
        try:
            self._file.executemany(statement, rows)
        except sqlite3.Error as error:  # a full disk
            self._give_up(error)

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
    """None for a row that is absent or cannot be read."""
    try:
        outcome = Outcome(**json.loads(written))  # type: ignore[arg-type]
        numbers = [outcome.loss, outcome.validated, outcome.claimed, outcome.seconds]
        numbers += [outcome.diverged, *outcome.measures.values()]
    except (AttributeError, TypeError, ValueError):
        return None
    return outcome if all(isinstance(each, int | float) for each in numbers) else None
