"""nonlin theory and nonlin init: what depth does to signals, and how weights should start."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.catalogue.written import named
from nonlin.cli import printing, reading

if TYPE_CHECKING:
    from nonlin.activation import Activation
    from nonlin.gaussian_moments.moments import Moments
    from nonlin.network import Initialisation
    from nonlin.theory.mean_field import MeanField

DEEPEST = 10_000
PYTORCH = {
    "normal": "normal_(layer.weight, std={std:.6g})",
    "uniform": "uniform_(layer.weight, -{edge:.6g}, {edge:.6g})",
    "orthogonal": "orthogonal_(layer.weight, gain={gain:.6g})",
}

Name = Annotated[str, typer.Argument(metavar=say("cli.metavar.name"), help=say("cli.name"))]
Values = Annotated[
    list[str], typer.Option("--parameter", "-p", help=say("cli.parameter"), metavar="K=V")
]


def theory(
    name: Name,
    depth: Annotated[
        str, typer.Option("--depth", help=say("cli.theory.depth_option"), metavar="N")
    ] = "50",
    sw: Annotated[str, typer.Option("--sw", help=say("cli.theory.sw"), metavar="S")] = "",
    sb: Annotated[str, typer.Option("--sb", help=say("cli.theory.sb"), metavar="S")] = "0",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("cli.output"), metavar="FILE")
    ] = None,
    parameter: Values = [],  # noqa: B006 - typer copies it
    dark: Annotated[bool, typer.Option("--dark", help=say("cli.dark"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    """Moments, gains and mean field of one activation."""
    from nonlin.theory.propagation import mean_field, moments

    activation = named(name, reading.parameters(parameter))
    layers = _layers(depth)
    known = moments(activation)
    weights = _square(sw, "--sw") if sw else _kept(activation, known.second)
    field = mean_field(activation, weight_variance=weights, bias_variance=_square(sb, "--sb"))
    if output is not None:
        from nonlin import figures

        printing.write_picture(figures.phase(activation, dark=dark), output, sys.stderr)
    if as_json:
        reading.write_json(_as_dict(activation, known, field, layers))
    else:
        _print(activation, _facts(activation, known, field, layers))


def init(
    name: Name,
    fan_in: Annotated[
        str, typer.Option("--fan-in", help=say("cli.init.fan_in"), metavar="N")
    ] = "256",
    fan_out: Annotated[
        str, typer.Option("--fan-out", help=say("cli.init.fan_out"), metavar="N")
    ] = "",
    scheme: Annotated[
        str, typer.Option("--scheme", help=say("cli.init.scheme"), metavar="NAME")
    ] = "auto",
    depth: Annotated[str, typer.Option("--depth", help=say("cli.init.depth"), metavar="N")] = "1",
    q: Annotated[str, typer.Option("--q", help=say("cli.init.q"), metavar="Q")] = "1",
    parameter: Values = [],  # noqa: B006 - typer copies it
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    """How the weights behind an activation should start."""
    from nonlin.network import Initialisation

    activation = named(name, reading.parameters(parameter))
    sizes = _size(fan_in, "--fan-in"), _size(fan_out or fan_in, "--fan-out")
    given = Initialisation(scheme, q=_number(q, "--q"), depth=_layers(depth))
    chosen = given.chosen(activation)
    if as_json:
        reading.write_json(
            {
                "activation": activation.name,
                "fan_in": sizes[0],
                "fan_out": sizes[1],
                "initialisation": chosen.name,
                "std": chosen.std(*sizes, activation),
                "bias_std": chosen.bias_std(activation),
                "why": str(given.reason(activation)),
                "all": dict(_all(replace(given, name="auto"), sizes, activation)),
            }
        )
    else:
        _print(activation, _advice(given, sizes, activation))


def _kept(activation: Activation, second: float) -> float:
    """The variance of weights that keeps signals at the size 1."""
    if not 0 < second < math.inf:
        raise InputError("no_second_moment", name=activation.name, given=f"{second:g}")
    return 1 / second


def _layers(text: str) -> int:
    found = reading.whole(text, "--depth")
    if not 1 <= found <= DEEPEST:
        raise InputError("theory_depth", given=text, most=DEEPEST)
    return found


def _size(text: str, name: str) -> int:
    found = reading.whole(text, name)
    if found < 1:
        raise InputError("bad_integer", name=name, given=text, least=1)
    return found


def _number(text: str, name: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise InputError("bad_number", name=name, given=text, bounds=f"0 <= {name} < inf")
    return found


def _square(text: str, name: str) -> float:
    return _number(text, name) ** 2


def _after(activation: Activation, field: MeanField, layers: int) -> tuple[float, float]:
    """Length of a signal and growth of the squared gradient after so many layers, from q = 1."""
    from nonlin.theory.propagation import nonlinearity
    from nonlin.theory.variance import VarianceMap

    f = nonlinearity(activation, "theory")
    lengths = VarianceMap(f, field.weight_variance, field.bias_variance)
    q, growth = 1.0, 1.0
    for _ in range(layers):
        growth *= lengths.gradient_growth(q) if 0 < q < 1e300 else field.gradient_growth
        q = lengths(q) if 0 < q < 1e300 else q
    return q, growth


def _critical(activation: Activation) -> dict[str, float] | None:
    from nonlin.theory.propagation import critical

    try:
        return critical(activation)._asdict()
    except InputError:
        return None


def _as_dict(
    activation: Activation, known: Moments, field: MeanField, layers: int
) -> dict[str, Any]:
    q, growth = _after(activation, field, layers)
    plain = asdict(known) | {"errors": known.errors._asdict()}
    return {
        "name": activation.name,
        "moments": plain,
        "gain": activation.gain,
        "gain_backward": activation.gain_backward,
        "mean_field": asdict(field) | {"trainable_depth": field.trainable_depth},
        "critical": _critical(activation),
        "depth": {"layers": layers, "q": q, "gradient": growth},
    }


def _facts(
    activation: Activation, known: Moments, field: MeanField, layers: int
) -> Iterator[tuple[str, str]]:
    values = {key: f"{getattr(known, key):.6g}" for key in known.errors._fields}
    error = f"{max(known.errors):.0e}"
    yield "theory.moments", say("cli.theory.moments_line", **values, error=error)
    gains = {"forward": f"{activation.gain:.6g}", "backward": f"{activation.gain_backward:.6g}"}
    yield "theory.gains", say("cli.theory.gains_line", **gains)
    variances = {"weights": f"{field.weight_variance:.6g}", "biases": f"{field.bias_variance:.6g}"}
    yield "theory.layer", say("cli.theory.layer_line", **variances)
    yield from _fates(activation, field, layers)
    edge = _critical(activation)
    if edge is None:
        yield "theory.critical", say("cli.theory.no_edge")
    else:
        weights, biases = (f"{value:.6g}" for value in edge.values())
        yield "theory.critical", say("cli.theory.critical_line", weights=weights, biases=biases)


def _fates(activation: Activation, field: MeanField, layers: int) -> Iterator[tuple[str, str]]:
    """What becomes of lengths, correlations and gradients."""
    for point in field.fixed_points:
        stability = say(f"cli.theory.{point.stability}")
        line = {"q": f"{point.q:.6g}", "slope": f"{point.slope:.4g}", "stability": stability}
        yield "theory.fixed", say("cli.theory.fixed_line", **line)
    phase = {"chi": f"{field.chi_1:.6g}", "q": f"{field.q_star:.6g}", "c": f"{field.c_star:.4g}"}
    if field.gradient_growth < field.chi_1:
        yield "theory.phase", say("cli.theory.jumps", name=activation.name, **phase)
        each = f"{field.gradient_growth:.4g}"
        yield "theory.phase", say(f"cli.theory.jumps_{field.gradients}", growth=each)
    else:
        yield "theory.phase", say(f"cli.theory.{field.phase}", **phase)
    if any(p.q == field.q_star and p.stability == "unstable" for p in field.fixed_points):
        yield "theory.phase", say("cli.theory.leaves", **phase)
    known_scales = {"xi_q": field.xi_q, "xi_c": field.xi_c, "depth": field.trainable_depth}
    scales = {key: f"{value:.3g}" for key, value in known_scales.items()}
    yield "theory.scales", say("cli.theory.scales_line", **scales)
    q, growth = _after(activation, field, layers)
    key = "trains" if layers <= field.trainable_depth else "too_deep"
    after = {"layers": layers, "q": f"{q:.3g}", "growth": f"{growth:.3g}"}
    yield "theory.depth", say(f"cli.theory.{key}", **after)


def _advice(
    given: Initialisation, sizes: tuple[int, int], activation: Activation
) -> Iterator[tuple[str, str]]:
    chosen = given.chosen(activation)
    std, bias_std = chosen.std(*sizes, activation), chosen.bias_std(activation)
    yield "init.chosen", chosen.name
    yield "init.weights", say("cli.init.std", std=f"{std:.6g}")
    yield "init.biases", say("cli.init.std", std=f"{bias_std:.6g}") if bias_std else "0"
    yield "init.why", str(given.reason(activation))
    if line := _pytorch(chosen.name, std, sizes):
        yield "init.pytorch", f"torch.nn.init.{line}"
        fill = f"normal_(layer.bias, std={bias_std:.6g})" if bias_std else "zeros_(layer.bias)"
        yield "init.pytorch", f"torch.nn.init.{fill}"
    for name, (weights, biases) in _all(replace(given, name="auto"), sizes, activation):
        line = say("cli.init.row", name=f"{name:16}", weights=f"{weights:.6g}")
        random = say("cli.init.and", biases=f"{biases:.6g}") if biases else ""
        yield "init.all", f"{line}  {random}"


def _pytorch(name: str, std: float, sizes: tuple[int, int]) -> str:
    if name in ("sparse", "zeros", "constant", "lsuv", "autoinit", "delta_orthogonal"):
        return ""
    kind = next((kind for kind in ("uniform", "orthogonal") if name.endswith(kind)), "normal")
    gain = std * math.sqrt(max(sizes))
    return PYTORCH[kind].format(std=std, edge=math.sqrt(3) * std, gain=gain)


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


def _print(activation: Activation, facts: Iterator[tuple[str, str]]) -> None:
    from rich.table import Table

    own = "" if activation.title == activation.name else f"  {activation.title}"
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    before = ""
    for key, line in facts:
        table.add_row("" if key == before else say(f"cli.{key}"), line)
        before = key
    with printing.screen() as console:
        console.print(f"{activation.name}{own}", style="bold")
        console.print(table)
