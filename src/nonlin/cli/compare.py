"""nonlin compare: several activations in one picture."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from nonlin._errors import InputError
from nonlin.cli.shared import reading
from nonlin.cli.shared.options import Dark, Picture
from nonlin.cli.shared.printing import write_picture

if TYPE_CHECKING:
    from nonlin.activation import Activation


def command(
    names: Annotated[list[str], typer.Argument(metavar="cli.metavar.name", help="cli.names")],
    output: Picture = None,
    derivative: Annotated[bool, typer.Option("--derivative", help="cli.derivative")] = False,
    dark: Dark = False,
) -> None:
    """One picture of several activations; without a file for it, one of letters."""
    activations = [reading.activation(name) for name in names]
    if output is None:
        print(_letters(activations, derivative))
        return
    from nonlin import figures

    figure = figures.compare(activations, derivative=derivative, dark=dark)
    write_picture(figure, output, sys.stdout)


def _letters(activations: Sequence[Activation], derivative: bool) -> str:
    """Raises InputError for more than there are marks, and for functions of rows."""
    from nonlin.sketch import terminal

    most = len(terminal.MARKS)
    if len(activations) > most:
        raise InputError("compare_many", given=len(activations), most=most)
    for each in activations:
        if not terminal.drawable(each):
            raise InputError("compare_rows", name=each.name)
    mark = "'" if derivative else ""
    return terminal.curves([(each.name + mark, each, int(derivative)) for each in activations])
