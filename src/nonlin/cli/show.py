"""nonlin show: everything about one activation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Dark, Json, Name, Parameters, Picture

if TYPE_CHECKING:
    from nonlin.activation import Activation


def command(
    name: Name,
    output: Picture = None,
    parameter: Parameters = [],  # noqa: B006 - typer copies it
    dark: Dark = False,
    as_json: Json = False,
    brief: Annotated[bool, typer.Option("--brief", help="cli.show.brief_help")] = False,
) -> None:
    """Everything about one activation."""
    from nonlin import portrait

    activation = reading.activation(name, parameter)
    if output is not None:  # first, so that nothing is printed if the file cannot be written
        from nonlin import figures

        printing.write_picture(figures.plot(activation, dark=dark), output, sys.stderr)
    if as_json:
        printing.write_json(portrait.as_dict(activation))
    else:
        printing.print_facts(activation, portrait.marked(activation, brief))
        _draw(activation, output is None and (brief or sys.stdout.isatty()))


def _draw(activation: Activation, wanted: bool) -> None:
    """f and f' as letters, on a terminal or if asked for, where no file has them."""
    from nonlin.sketch import terminal

    if not wanted:
        return
    if terminal.drawable(activation):
        both = [("f", activation, 0), ("f'", activation, 1)]
        print(f"\n{terminal.curves(both)}")
    else:
        print(f"\n{terminal.bars(activation.name, activation)}")
