"""nonlin code: a model that nonlin choose --save wrote, as a script of another library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nonlin._files import no_input
from nonlin.cli.shared.options import Model
from nonlin.cli.shared.printing import write_code


def command(
    model: Model,
    to: Annotated[str, typer.Option(help="cli.code.to", metavar="torch|keras|jax|sklearn")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="cli.code.output", metavar="FILE")
    ] = None,
) -> None:
    """Write a script that builds and trains the network of a model."""
    from nonlin.keep import load
    from nonlin.keep.folder import FILES

    if output is not None:
        no_input(output, (Path(model).expanduser() / name for name in FILES))
    written = load(model).code(to)
    if output is None:
        print(written, end="")
    else:
        write_code(written, output)
