"""nonlin audit: how right the activations of other libraries are on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nonlin._text import say
from nonlin._wrapping import Prose
from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Json, Quiet
from nonlin.cli.shared.progress import progress

if TYPE_CHECKING:
    from rich.console import Console

    from nonlin.audit.results import Audit, Audited

LISTED = 20  # faults of a library


def command(
    libraries: Annotated[
        list[str], typer.Argument(metavar="cli.metavar.library", help="cli.audit.libraries")
    ],
    names: Annotated[
        str | None, typer.Option("--names", "-n", help="cli.audit.names", metavar="NAME,...")
    ] = None,
    exhaustive: Annotated[bool, typer.Option("--exhaustive", help="cli.audit.exhaustive")] = False,
    ulp: Annotated[str | None, typer.Option(help="cli.audit.ulp", metavar="N")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="cli.audit.output", metavar="FILE")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Faults of other libraries' activations, each with lines that show it."""
    from nonlin.audit import LEAST, audit
    from nonlin.report import audits

    target = None if output is None else audits.checked(output)
    chosen = None if names is None else reading.parts(names) or [names]
    limit = None if ulp is None else reading.number(ulp, "--ulp", least=LEAST)
    with progress(quiet, say("cli.audit.measuring")) as on_progress:
        found = audit(
            *libraries, names=chosen, exhaustive=exhaustive, ulp=limit, on_progress=on_progress
        )
    if target is not None:
        print(say("cli.written", path=audits.write(found, target)), file=sys.stderr)
    if as_json:
        from nonlin.audit.told import plain

        printing.write_json(plain(found))
    else:
        _print(found)
    if found.interrupted:
        raise typer.Exit(130)


def _print(found: Audit) -> None:
    from nonlin.audit.told import remarks

    with printing.screen() as console:
        for line in found.sentences:
            console.print(Prose(str(line)))
        for library in found.libraries:
            console.print()
            console.print(f"{library.library} {library.version}", style="bold")
            if library.findings:
                _faults(library, console)
            for line in remarks(library):
                console.print(Prose(str(line)))


def _faults(library: Audited, console: Console) -> None:
    """A table of those that harm most, and the lines of the first."""
    from rich import box
    from rich.table import Table

    from nonlin.audit.told import head, number, off, short, where

    table = Table(box=box.SIMPLE_HEAD)
    for key in ("function", "result", "x", "got", "truth", "off", "where"):
        table.add_column(say(f"cli.audit.{key}"), justify="left", overflow="fold")
    for each in library.findings[:LISTED]:
        numbers = (number(value, 5) for value in (each.x, each.got, each.truth))
        result = head((each.format, each.order))
        table.add_row(short(each.name), result, *numbers, str(off(each)), where(each))
    console.print(table)
    more = len(library.findings) - LISTED
    if more > 0:
        console.print(Prose(say("cli.audit.more", count=more)))
    console.print(say("cli.audit.try"))
    for line in library.findings[0].lines.splitlines():
        console.print(f"  {line}", no_wrap=True, overflow="ignore", crop=False)
