"""nonlin compare: several activations in one picture."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from nonlin._errors import InputError
from nonlin.cli.shared import reading
from nonlin.cli.shared.apart import print_apart
from nonlin.cli.shared.options import Dark, Names, Picture
from nonlin.cli.shared.printing import write_picture

if TYPE_CHECKING:
    from nonlin.activation import Activation


def command(
    names: Names,
    output: Picture = None,
    derivative: Annotated[bool, typer.Option("--derivative", help="cli.derivative")] = False,
    dark: Dark = False,
) -> None:
    """A picture of several activations, of letters if there is no file for it, and a verdict."""
    activations = reading.several(names)
    if output is None:
        print(_letters(activations, derivative))
    else:
        from nonlin import figures

        figure = figures.compare(activations, derivative=derivative, dark=dark)
        write_picture(figure, output, sys.stdout)
    if len(activations) > 1:
        print()
        print_apart(activations)


def _letters(activations: Sequence[Activation], derivative: bool) -> str:
    """Curves in one picture, functions of rows as bars below; InputError for too many curves."""
    from nonlin.sketch import terminal

    found = [each for each in activations if terminal.drawable(each)]
    rows = [each for each in activations if not terminal.drawable(each)]
    most = len(terminal.MARKS)
    if len(found) > most:
        raise InputError("compare_many", given=len(found), most=most)
    mark = "'" if derivative else ""
    curves = [(each.name + mark, each, int(derivative)) for each in found]
    drawn = [terminal.curves(curves)] if curves else []
    return "\n\n".join([*drawn, *(terminal.bars(each.name, each) for each in rows)])
