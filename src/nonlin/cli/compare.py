"""nonlin compare: several activations in one picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nonlin.cli.shared import reading
from nonlin.cli.shared.options import Dark
from nonlin.cli.shared.printing import write_picture


def command(
    names: Annotated[list[str], typer.Argument(metavar="cli.metavar.name", help="cli.names")],
    output: Annotated[Path, typer.Option("--output", "-o", help="cli.output", metavar="FILE")],
    derivative: Annotated[bool, typer.Option("--derivative", help="cli.derivative")] = False,
    dark: Dark = False,
) -> None:
    """One picture of several activations."""
    from nonlin import figures

    activations = [reading.activation(name) for name in names]
    figure = figures.compare(activations, derivative=derivative, dark=dark)
    write_picture(figure, output, sys.stdout)
