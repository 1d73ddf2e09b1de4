"""nonlin list, show, compare: look at activations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from nonlin._text import say
from nonlin.cli import printing, reading


def show_list(
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    """All activations in one table."""
    from nonlin.catalogue import get, names
    from nonlin.expr.text import infix

    entries = [get(name) for name in names()]
    if as_json:
        reading.write_json(
            [
                {
                    "name": entry.name,
                    "title": entry.title,
                    "year": entry.year,
                    "formula": infix(entry.formula),
                    "aliases": entry.aliases,
                    "parameters": entry.values,
                }
                for entry in entries
            ]
        )
        return
    _print_table(entries)


def _print_table(entries: list[Any]) -> None:
    from rich import box
    from rich.table import Table

    from nonlin.expr.text import infix

    table = Table(box=box.SIMPLE_HEAD)
    for key in ("name", "title", "year", "formula"):
        table.add_column(say(f"cli.list.{key}"), overflow="fold", no_wrap=key in ("name", "year"))
    for entry in entries:
        table.add_row(entry.name, entry.title, str(entry.year), infix(entry.formula))
    with printing.screen() as console:
        console.print(table)


def show(
    name: Annotated[str, typer.Argument(metavar=say("cli.metavar.name"), help=say("cli.name"))],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("cli.output"), metavar="FILE"),
    ] = None,
    parameter: Annotated[
        list[str], typer.Option("--parameter", "-p", help=say("cli.parameter"), metavar="K=V")
    ] = [],  # noqa: B006 - typer copies it
    dark: Annotated[bool, typer.Option("--dark", help=say("cli.dark"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    """Everything about one activation."""
    from nonlin.cli import portrait

    activation = reading.named(name, reading.parameters(parameter))
    if output is not None:  # first, so that nothing is printed if the file cannot be written
        from nonlin import figures

        printing.write_picture(figures.plot(activation, dark=dark), output, sys.stderr)
    if as_json:
        reading.write_json(portrait.as_dict(activation))
    else:
        portrait.print_out(activation)


def compare(
    names: Annotated[
        list[str], typer.Argument(metavar=say("cli.metavar.name"), help=say("cli.names"))
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help=say("cli.output"), metavar="FILE"),
    ],
    derivative: Annotated[bool, typer.Option("--derivative", help=say("cli.derivative"))] = False,
    dark: Annotated[bool, typer.Option("--dark", help=say("cli.dark"))] = False,
) -> None:
    """One picture of several activations."""
    from nonlin import figures

    activations = [reading.named(name, {}) for name in names]
    figure = figures.compare(activations, derivative=derivative, dark=dark)
    printing.write_picture(figure, output, sys.stdout)
