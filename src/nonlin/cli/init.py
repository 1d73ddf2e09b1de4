"""nonlin init: how the weights behind an activation should start."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Json, Name, Parameters

if TYPE_CHECKING:
    from nonlin.activation import Activation
    from nonlin.network import Initialisation

PYTORCH = {  # by the fill of a rule
    "normal": "normal_(layer.weight, std={std:.6g}{over})",
    "uniform": "uniform_(layer.weight, -{edge:.6g}{over}, {edge:.6g}{over})",
    "orthogonal": "orthogonal_(layer.weight, gain={gain:.6g})",
}
MOST_NEURONS = 10**9
OVER = " / layer.in_features**0.5"


def command(
    name: Name,
    fan_in: Annotated[str, typer.Option(help="cli.init.fan_in", metavar="N")] = "256",
    fan_out: Annotated[str, typer.Option(help="cli.init.fan_out", metavar="N")] = "",
    scheme: Annotated[str, typer.Option(help="cli.init.scheme", metavar="NAME")] = "auto",
    depth: Annotated[str, typer.Option(help="cli.init.depth", metavar="N")] = "1",
    q: Annotated[str, typer.Option(help="cli.init.q", metavar="Q")] = "1",
    parameter: Parameters = [],  # noqa: B006 - typer copies it
    as_json: Json = False,
) -> None:
    """How the weights behind an activation should start."""
    from nonlin.network import Initialisation

    activation = reading.activation(name, parameter)
    sizes = _size(fan_in, "--fan-in"), _size(fan_out or fan_in, "--fan-out")
    given = Initialisation(scheme, q=reading.number(q, "--q"), depth=reading.depth(depth))
    chosen = given.chosen(activation)
    if as_json:
        printing.write_json(
            {
                "activation": activation.name,
                "fan_in": sizes[0],
                "fan_out": sizes[1],
                "initialisation": chosen.name,
                "q": chosen.q,
                "std": chosen.std(*sizes, activation),
                "bias_std": chosen.bias_std(activation),
                "why": str(given.reason(activation)),
                "all": dict(_all(replace(given, name="auto"), sizes, activation)),
            }
        )
    else:
        printing.print_facts(activation, _advice(given, sizes, activation))


def _size(text: str, name: str) -> int:
    found = reading.whole(text, name)
    if not 1 <= found <= MOST_NEURONS:
        raise InputError("count_range", name=name, given=text, most=MOST_NEURONS)
    return found


def _advice(
    given: Initialisation, sizes: tuple[int, int], activation: Activation
) -> Iterator[tuple[str, str]]:
    chosen = given.chosen(activation)
    std, bias_std = chosen.std(*sizes, activation), chosen.bias_std(activation)
    yield "cli.init.chosen", chosen.name if chosen.q == 1 else f"{chosen.name}, q = {chosen.q:g}"
    shape = {"fan_in": sizes[0], "fan_out": sizes[1]}
    yield "cli.init.weights", say("cli.init.std_of", std=f"{std:.6g}", **shape)
    yield "cli.init.biases", say("cli.init.std", std=f"{bias_std:.6g}") if bias_std else "0"
    yield "cli.init.why", str(given.reason(activation))
    if line := _pytorch(chosen, activation, sizes):
        yield "cli.init.pytorch", f"torch.nn.init.{line}"
        fill = f"normal_(layer.bias, std={bias_std:.6g})" if bias_std else "zeros_(layer.bias)"
        yield "cli.init.pytorch", f"torch.nn.init.{fill}"
    for name, (weights, biases) in _all(replace(given, name="auto"), sizes, activation):
        line = say("cli.init.row", name=f"{name:16}", weights=f"{weights:.6g}")
        random = say("cli.init.and", biases=f"{biases:.6g}") if biases else ""
        yield "cli.init.all", f"{line}  {random}"


def _pytorch(chosen: Initialisation, activation: Activation, sizes: tuple[int, int]) -> str:
    """A call of torch.nn.init, for layers of any size where the rule looks at fan-in alone."""
    from nonlin.init.rules import RULES

    name, rule = chosen.name, RULES[chosen.name]
    line = PYTORCH.get(rule.fill.__name__)
    if line is None or rule.from_data or name == "delta_orthogonal":  # that is for convolutions
        return ""
    std, over = chosen.std(*sizes, activation), ""
    gain = std * math.sqrt(max(sizes))
    if _by_fan_in(chosen, activation):
        std, over = chosen.std(1, 1, activation), OVER
    return line.format(std=std, edge=math.sqrt(3) * std, gain=gain, over=over)


def _by_fan_in(chosen: Initialisation, activation: Activation) -> bool:
    """Do weights shrink with the root of fan-in, and does fan-out make no difference?"""
    alone, larger, wider = (chosen.std(*each, activation) for each in ((1, 1), (4, 1), (1, 4)))
    return math.isclose(2 * larger, alone) and math.isclose(wider, alone)


def _all(
    given: Initialisation, sizes: tuple[int, int], activation: Activation
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Every rule whose weights have a size for this activation: (weights, biases)."""
    from nonlin.init.rules import RULES

    for name, rule in RULES.items():
        if name in ("auto", "zeros", "constant", "delta_orthogonal") or rule.from_data:
            continue
        one = replace(given, name=name)
        try:
            yield name, (one.std(*sizes, activation), one.bias_std(activation))
        except InputError:
            continue
