"""Options that several commands have, and options that stand in a table.

Help and metavars are keys of the catalogue: `app.build` puts in the words of the language in use.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from nonlin._text import catalogue, language

WORD = re.compile(r"[A-Z]{3,}")  # of what is typed: shorter ones, such as N, are the same in all
Name = Annotated[str, typer.Argument(metavar="cli.metavar.name", help="cli.name")]
Model = Annotated[str, typer.Argument(metavar="cli.keep.folder", help="cli.keep.model")]
Parameters = Annotated[
    list[str], typer.Option("--parameter", "-p", help="cli.parameter", metavar="K=V")
]
Picture = Annotated[Path | None, typer.Option("--output", "-o", help="cli.output", metavar="FILE")]
Dark = Annotated[bool, typer.Option("--dark", help="cli.dark")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="cli.quiet")]
Json = Annotated[bool, typer.Option("--json", help="cli.json")]


def typed(metavar: str | None) -> str | None:
    """How the language in use shows what is typed: COLUMN,... is 列名,... in Chinese."""
    known = catalogue(language())
    return metavar and WORD.sub(
        lambda word: known.get(f"cli.metavar.{word[0].lower()}", word[0]), metavar
    )


def as_typed(text: str, flag: str) -> str:
    """Text is text."""
    return text


@dataclass(frozen=True, slots=True)
class Row:
    """One option as a row of a table: it takes a value if it has a metavar, else it is a flag.

    help: a key of the catalogue. read: the value, from what was typed and the flag's name; of a
    list each item. default: as it would be typed. denied: is there a --no-NAME, too? It is None if
    neither is given. group: where the help lists it (None: under the options of any command).
    """

    name: str
    help: str
    metavar: str | None = None
    read: Callable[[str, str], Any] = as_typed
    default: str | list[str] | None = None
    short: str | None = None
    denied: bool = False
    group: str | None = None

    @property
    def identifier(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")

    def value(self, typed: str | list[str] | bool | None) -> Any:
        """What was typed, read; a flag and what was not given stay as they are."""
        if isinstance(typed, list):
            return [self.read(each, f"--{self.name}") for each in typed]
        return self.read(typed, f"--{self.name}") if isinstance(typed, str) else typed

    def parameter(self) -> inspect.Parameter:
        """As typer takes it."""
        kind_of: Any = str | None if self.default is None else str
        if self.metavar is None:
            kind_of = bool | None if self.denied else bool
        elif isinstance(self.default, list):
            kind_of = list[str]
        flag = f"--{self.name}/--no-{self.name}" if self.denied else f"--{self.name}"
        flags = (flag, self.short) if self.short else (flag,)
        option = typer.Option(
            *flags, help=self.help, metavar=self.metavar, rich_help_panel=self.group
        )
        return inspect.Parameter(
            self.identifier,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if self.metavar is None and not self.denied else self.default,
            annotation=Annotated[kind_of, option],
        )


def with_options(rows: Sequence[Row]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each row, behind its own; it takes their values by name."""

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        names = {row.identifier for row in rows}
        own = [
            each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for each in inspect.signature(command, eval_str=True).parameters.values()
            if each.kind is not inspect.Parameter.VAR_KEYWORD and each.name not in names
        ]

        def typed(**given: Any) -> None:
            command(
                **given | {each.identifier: each.value(given[each.identifier]) for each in rows}
            )

        signature = inspect.Signature([*own, *(row.parameter() for row in rows)])
        typed.__signature__ = signature  # type: ignore[attr-defined]  # as inspect looks it up
        typed.__annotations__ = {}  # the signature says it all
        return typed

    return decorated
