"""Choosing for a table that was dropped into the browser: one after the other, each in a thread.

Whatever is trained is written into the journal of `nonlin choose` and used when the same table is
chosen for again: a server that is killed loses no network.
"""

from __future__ import annotations

import io
import secrets
import shlex
import tempfile
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nonlin._errors import InputError, NonlinError
from nonlin._text import say
from nonlin.choose.answer import from_reading, glance
from nonlin.choose.live import Place
from nonlin.choose.options import Options
from nonlin.choose.result import Result
from nonlin.choose.take import commanded
from nonlin.data.table import Table
from nonlin.data.wishes import Wishes
from nonlin.lab.entries import as_plain
from nonlin.lab.upload import Upload
from nonlin.report.page.section import score_name
from nonlin.report.page.write import html
from nonlin.tasks.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Asked:
    """How a table is to be chosen for; target, task: None for nonlin's own guess."""

    upload: Upload
    target: str | None = None
    task: str | None = None
    quick: bool = False

    @classmethod
    def of(cls, upload: Upload, given: Mapping[str, Any]) -> Asked:
        """From what a page sends."""
        found = {name: given.get(name) or None for name in ("target", "task")}
        words = {name: None if each is None else str(each) for name, each in found.items()}
        return cls(upload, quick=bool(given.get("quick")), **words)

    def read(self, roles: Mapping[str, str], wishes: Wishes) -> Table:
        """The table."""
        return self.upload.read(self.target, roles, wishes)

    @property
    def command(self) -> str:
        """What gives the same on a command line, where the file is."""
        words = ["nonlin", "choose", self.upload.name]
        words += ["--target", self.target] if self.target else []
        words += ["--task", self.task] if self.task else []
        return shlex.join([*words, "--quick"] if self.quick else words)

    def guess(self) -> dict[str, Any]:
        """What nonlin takes the table for, in the language in use. Raises InputError."""
        found = glance(self.read, self._options())
        table, task = found.table, found.task
        names = [*table.features.columns, table.target_name]
        known = {"name": table.name, "rows": table.rows, "columns": table.features.width}
        return {
            "name": str(table.name),
            "data": say("report.data", target=table.target_name, **known),
            "task": say("report.task", reason=task.reason, source=task.source),
            "kind": task.kind,
            "kinds": list(KINDS),
            "target": table.target_name,
            "names": names,
            "score": say(f"report.short.{task.score}").replace("\n", " "),
            "notes": list(map(str, found.notes)),
            "command": self.command,
        }

    def _options(self) -> Options:
        return {"task": self.task, "quick": self.quick}


class Choice:
    """A race in a thread of its own, and what a page is told of it."""

    def __init__(self, asked: Asked, journal: Path | None) -> None:
        self.asked = asked
        self.name = secrets.token_urlsafe(9)
        self.version = 0  # grows whenever there is something to tell
        self.result: Result | None = None
        self._told: dict[str, Any] = {"state": "running"}
        self._ranking: tuple[Place, ...] = ()
        self._failure: Exception | None = None
        self._stop = threading.Event()
        self._journal = journal
        self._thread = threading.Thread(target=self._run, name="nonlin-choose", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it as Ctrl-C ends `nonlin choose`: with the splits that are finished."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the end."""
        if self._thread.is_alive():
            self._thread.join()

    @property
    def running(self) -> bool:
        """Does it go on?"""
        return bool(self._told["state"] == "running")

    def told(self) -> dict[str, Any]:
        """How it stands, in the language in use."""
        found = {
            "choice": self.name,
            "table": self.asked.upload.name,
            **self._told,
            "ranking": [as_plain(asdict(place)) for place in self._ranking],
        }
        if self._failure is not None:
            found["error"] = str(self._failure)
        if self.result is not None:
            found |= _answer(self.result)
        return found

    def page(self) -> str:
        """The report. Raises InputError before there is a result."""
        return html(self._found(), self.asked.command)

    def model(self) -> bytes:
        """The folder of the model, as a ZIP file. Raises InputError where there is none."""
        found, written = self._found(), io.BytesIO()
        with tempfile.TemporaryDirectory(prefix="nonlin-") as folder:
            place = commanded(found.model, self.asked.command).save(Path(folder) / "model")
            with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
                for path in sorted(place.iterdir()):
                    packed.write(path, f"model/{path.name}")
        return written.getvalue()

    def _found(self) -> Result:
        if self.result is None:
            raise InputError("lab_no_answer")
        return self.result

    def _run(self) -> None:
        try:
            self.result = from_reading(self.asked.read, self._way())
            self._say(state="stopped" if self.result.interrupted else "finished")
        except KeyboardInterrupt:  # our own: see `_progress`
            self._say(state="stopped")
        except NonlinError as error:
            self._failure = error
            self._say(state="failed")
        except MemoryError:
            self._failure = NonlinError("cli_memory")
            self._say(state="failed")
        finally:
            if self.running:  # an error of ours, which the terminal shows
                self._failure = NonlinError("lab_defect")
                self._say(state="failed")

    def _way(self) -> Options:
        return {
            **self.asked._options(),
            "journal": self._journal,
            "resume": True,
            "on_progress": self._progress,
            "on_ranking": self._ranked,
        }

    def _progress(self, done: int, total: int, _: str) -> None:
        self._say(done=done, total=total)
        if self._stop.is_set():
            raise KeyboardInterrupt

    def _ranked(self, places: tuple[Place, ...]) -> None:
        self._ranking = places
        self.version += 1

    def _say(self, **news: Any) -> None:
        self._told = self._told | news
        self.version += 1


def _answer(result: Result) -> dict[str, Any]:
    """What the page says at the end: as the terminal does."""
    points = result.points
    return {
        "said": list(map(str, result.said)),
        "points": list(map(str, points.first)),
        "recommended": result.recommendation.label,
        "score": score_name(result),
        "model": result.final is not None,
    }
