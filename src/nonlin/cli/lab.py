"""nonlin lab: networks seen at work, in the browser."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.cli.shared import reading

MOST_PORT = 65535


def command(
    export: Annotated[
        Path | None, typer.Option("--export", help="cli.lab.export", metavar="FOLDER|FILE.html")
    ] = None,
    port: Annotated[str, typer.Option("--port", help="cli.lab.port", metavar="N")] = "",
    no_open: Annotated[bool, typer.Option("--no-open", help="cli.lab.no_open")] = False,
) -> None:
    """Open the lab, or write it to a place of its own."""
    from nonlin.lab import site
    from nonlin.lab.server import serve

    number = _port(port)
    if export is not None:
        if number:
            raise InputError("lab_port_and_export")
        site.checked(export)
        print(say("cli.lab.preparing"), file=sys.stderr)
        target = site.export(export)
        print(say("cli.written", path=target), file=sys.stderr)
        if target.is_dir():
            print(say("cli.lab.served", path=shlex.quote(str(target))), file=sys.stderr)
        return
    here = serve.place(number)
    print(say("cli.lab.preparing"), file=sys.stderr)
    serve.run(here, lambda address: _tell(address, not no_open))
    print(say("cli.lab.closed"), file=sys.stderr)


def _port(text: str) -> int:
    """0 for one that is free."""
    if not text:
        return 0
    found = reading.whole(text, "--port")
    if not 1 <= found <= MOST_PORT:
        raise InputError("lab_port", given=text, most=MOST_PORT)
    return found


def _tell(address: str, show: bool) -> None:
    print(say("cli.lab.address", address=address), file=sys.stderr)
    if show:
        import webbrowser

        webbrowser.open(address)
