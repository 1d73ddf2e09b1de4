"""nonlin forward: a forward pass, step by step."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from nonlin._errors import InputError
from nonlin._text import say
from nonlin._wrapping import Prose
from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Dark, Json, Picture


def command(
    sizes: Annotated[str, typer.Argument(metavar="cli.metavar.sizes", help="cli.sizes")] = "3,4,2",
    inputs: Annotated[str, typer.Option("--input", "-i", help="cli.input", metavar="X,X,...")] = "",
    hidden: Annotated[str, typer.Option(help="cli.hidden_activation", metavar="A,A,...")] = "relu",
    output: Annotated[
        str, typer.Option("--output-activation", help="cli.last", metavar="A")
    ] = "softmax",
    init: Annotated[str, typer.Option(help="cli.init", metavar="NAME")] = "auto",
    seed: Annotated[str, typer.Option(help="cli.seed", metavar="N")] = "0",
    picture: Picture = None,
    dark: Dark = False,
    as_json: Json = False,
) -> None:
    """Every sum of a small network with its numbers."""
    from nonlin.network import Initialisation, Network

    if Initialisation(init).from_data:
        raise InputError("needs_data", name=init)
    layers = reading.sizes(sizes, say("cli.metavar.sizes"))
    chosen = reading.activations(hidden)
    network = Network(
        layers,
        hidden=chosen[0] if len(chosen) == 1 else chosen,  # one for all, or one per layer
        output=reading.activation(output),
        init=init,
        seed=reading.whole(seed, "--seed"),
    )
    trace = network.trace([_sample(inputs, layers[0])])
    if picture is not None:  # first, so that nothing is printed if the file cannot be written
        from nonlin import figures

        printing.write_picture(figures.network(trace, dark=dark), picture, sys.stderr)
    if as_json:
        printing.write_json(_as_dict(trace))
    else:
        printing.print_sums(str(trace))
        print()
        with printing.screen() as console:
            console.print(Prose(say("cli.forward.names")))


def _sample(inputs: str, count: int) -> list[float]:
    """The numbers given, else 1, 2, 3, ..."""
    if not inputs:
        return [float(number + 1) for number in range(count)]
    values = reading.numbers(inputs, "--input", "1,2.5,-3")
    if len(values) != count:
        raise InputError("cli_input_count", given=len(values), needed=count)
    return values


def _as_dict(trace: Any) -> dict[str, Any]:
    names = ("inputs", "weights", "biases", "weighted_sums", "preactivations", "activations")
    return {
        "layers": [
            {
                "activation": layer.activation.name,
                **{name: getattr(layer, name).tolist() for name in names},
            }
            for layer in trace.layers
        ]
    }
