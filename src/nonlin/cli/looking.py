"""nonlin list, show, compare: look at activations."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from nonlin._text import say
from nonlin.catalogue.written import named
from nonlin.cli import printing, reading


def show_list(
    filters: Mapping[str, Any],
    sort: Annotated[str, typer.Option("--sort", help=say("cli.list.sort"), metavar="KEY")] = "",
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    """All activations in one table, or those that the filters keep."""
    from nonlin.catalogue import get, names
    from nonlin.cli import filtering
    from nonlin.expr.text import infix

    everything = [get(name) for name in names()]
    entries = filtering.select(everything, filters, sort)
    if as_json:
        reading.write_json(
            [
                {
                    "name": entry.name,
                    "title": entry.title,
                    "kind": entry.kind,
                    "year": entry.year,
                    "formula": infix(entry.formula),
                    "aliases": entry.aliases,
                    "parameters": entry.values,
                }
                for entry in entries
            ]
        )
    elif entries:
        _print_table(entries)
        print(say("cli.list.count", count=len(entries), total=len(everything)))
    else:
        print(say("cli.list.nothing", filters=filtering.written(filters), total=len(everything)))


def _print_table(entries: list[Any]) -> None:
    """One line for each entry; what does not fit is cut off, `nonlin show` has it."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    from nonlin.expr.text import infix

    name = max(len(entry.name) for entry in entries)
    title = max(cell_len(entry.title) for entry in entries)
    with printing.screen() as console:
        room = max(console.width - name - 15, 20)  # beside the name, the year and all gaps
        title = min(title, 2 * room // 5)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
        widths = {"name": name, "year": 4, "title": title, "formula": room - title}
        for key, width in widths.items():
            table.add_column(say(f"cli.list.{key}"), no_wrap=True, overflow="ellipsis", width=width)
        for entry in entries:
            table.add_row(entry.name, str(entry.year), entry.title, infix(entry.formula))
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

    activation = named(name, reading.parameters(parameter))
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

    activations = [named(name, {}) for name in names]
    figure = figures.compare(activations, derivative=derivative, dark=dark)
    printing.write_picture(figure, output, sys.stdout)
