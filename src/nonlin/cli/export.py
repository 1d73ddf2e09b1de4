"""nonlin export: an activation as code of another language or library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nonlin._errors import InputError
from nonlin._text import listed
from nonlin.cli.shared import reading
from nonlin.cli.shared.options import Name, Parameters
from nonlin.cli.shared.printing import write_code


def command(
    name: Name,
    to: Annotated[str | None, typer.Option(help="cli.export.to", metavar="TARGET")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="cli.export.output", metavar="FILE")
    ] = None,
    parameter: Parameters = [],  # noqa: B006 - typer copies it
) -> None:
    """Write an activation as code."""
    from nonlin.export import TARGETS, export

    activation = reading.activation(name, parameter)
    if to is None:
        raise InputError("export_to", name=name, allowed=listed(TARGETS))
    written = export(activation, to=to)
    if output is not None:
        write_code(written, output)
    elif isinstance(written, str):
        print(written, end="")
    elif sys.stdout.isatty():
        raise InputError("export_bytes", to=to)
    else:
        sys.stdout.buffer.write(written)
