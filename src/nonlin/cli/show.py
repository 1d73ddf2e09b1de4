"""nonlin show: everything about one activation."""

from __future__ import annotations

import sys

from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Dark, Json, Name, Parameters, Picture


def command(
    name: Name,
    output: Picture = None,
    parameter: Parameters = [],  # noqa: B006 - typer copies it
    dark: Dark = False,
    as_json: Json = False,
) -> None:
    """Everything about one activation."""
    from nonlin.cli.shared import portrait

    activation = reading.activation(name, parameter)
    if output is not None:  # first, so that nothing is printed if the file cannot be written
        from nonlin import figures

        printing.write_picture(figures.plot(activation, dark=dark), output, sys.stderr)
    if as_json:
        printing.write_json(portrait.as_dict(activation))
    else:
        printing.print_facts(activation, portrait.marked(activation))
