"""The tables and choices of one server, by name."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from nonlin._errors import InputError
from nonlin.lab.choosing import Asked, Choice
from nonlin.lab.upload import Upload

TABLES = 4  # that are kept, the latest
CHOICES = 20


class Desk:
    """Takes tables, begins choices, finds both again; for several tabs at once."""

    def __init__(self, journal: Path | None) -> None:
        """journal: the folder in which outcomes are written down."""
        self._journal = journal
        self._tables: OrderedDict[str, Upload] = OrderedDict()
        self._choices: OrderedDict[str, Choice] = OrderedDict()
        self._lock = Lock()

    def take(self, table: Upload) -> str:
        """Keep a table; the oldest one goes where there are too many. Gives its name here."""
        key = secrets.token_urlsafe(9)
        with self._lock:
            self._tables[key] = table
            while len(self._tables) > TABLES:
                self._tables.popitem(last=False)
        return key

    def asked(self, given: Mapping[str, Any]) -> Asked:
        """What a page asks for. Raises InputError for a table that is not kept."""
        found = self._tables.get(str(given.get("table")))
        if found is None:
            raise InputError("lab_no_table")
        return Asked.of(found, given)

    def start(self, asked: Asked) -> Choice:
        """Begin to choose. Raises InputError while another choice goes on."""
        with self._lock:
            if any(each.running for each in self._choices.values()):
                raise InputError("lab_busy")
            made = Choice(asked, self._journal)
            self._choices[made.name] = made
            while len(self._choices) > CHOICES:
                self._choices.popitem(last=False)
            made.start()
        return made

    def choice(self, name: str) -> Choice:
        """Raises InputError for one that there is not."""
        found = self._choices.get(name)
        if found is None:
            raise InputError("lab_no_choice")
        return found

    @property
    def choices(self) -> list[Choice]:
        """All of them, the latest first."""
        return list(self._choices.values())[::-1]

    def close(self) -> None:
        """Stop what goes on, and wait for it: every network that has ended is written down."""
        for each in self.choices:
            each.stop()
        for each in self.choices:
            each.join()
