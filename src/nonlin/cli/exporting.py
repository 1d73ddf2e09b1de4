"""nonlin export: an activation as code of another language or library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.catalogue.written import named
from nonlin.cli import reading


def export(
    name: Annotated[str, typer.Argument(metavar=say("cli.metavar.name"), help=say("cli.name"))],
    to: Annotated[str, typer.Option("--to", help=say("cli.export.to"), metavar="TARGET")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("cli.export.output"), metavar="FILE"),
    ] = None,
    parameter: Annotated[
        list[str], typer.Option("--parameter", "-p", help=say("cli.parameter"), metavar="K=V")
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Write an activation as code."""
    from nonlin.export import export as write

    written = write(named(name, reading.parameters(parameter)), to=to)
    if output is not None:
        _save(written, output)
    elif isinstance(written, str):
        print(written, end="")
    elif sys.stdout.isatty():
        raise InputError("export_bytes", to=to)
    else:
        sys.stdout.buffer.write(written)


def _save(written: str | bytes, path: Path) -> None:
    content = written.encode() if isinstance(written, str) else written
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError("cannot_write", path=str(path), reason=error.strerror) from error
    print(say("cli.export.saved", path=path), file=sys.stderr)
