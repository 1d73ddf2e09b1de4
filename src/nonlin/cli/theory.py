"""nonlin theory: what depth does to signals and gradients."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError
from nonlin._text import Text, in_a_row, power, say, text
from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.apart import about
from nonlin.cli.shared.options import Dark, Json, Name, Parameters, Picture, Quiet
from nonlin.cli.shared.progress import progress

if TYPE_CHECKING:
    from nonlin.activation import Activation
    from nonlin.gaussian_moments.moments import Moments
    from nonlin.theory.mean_field import MeanField

MOST_DEVIATION = 1e100  # squares beyond are no numbers any more


def command(
    name: Name,
    depth: Annotated[str, typer.Option(help="cli.theory.depth_option", metavar="N")] = "50",
    sw: Annotated[str, typer.Option(help="cli.theory.sw", metavar="S")] = "",
    sb: Annotated[str, typer.Option(help="cli.theory.sb", metavar="S")] = "0",
    output: Picture = None,
    parameter: Parameters = [],  # noqa: B006 - typer copies it
    dark: Dark = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Moments, gains and mean field of one activation."""
    from nonlin.theory.propagation import mean_field, moments

    activation = reading.activation(name, parameter)
    layers = reading.depth(depth)
    biases = _squared(sb, "--sb")
    with progress(quiet, say("cli.theory.integrating")):
        known = moments(activation)
        weights = _squared(sw, "--sw") if sw else _kept(activation, known.second)
        field = mean_field(activation, weight_variance=weights, bias_variance=biases)
    if output is not None:
        from nonlin import figures

        picture = figures.phase(activation, here=(weights, biases), dark=dark)
        printing.write_picture(picture, output, sys.stderr)
    if as_json:
        printing.write_json(_as_dict(activation, known, field, layers))
    else:
        printing.print_facts(activation, _facts(activation, known, field, layers))


def _squared(text: str, name: str) -> float:
    """The variance of a standard deviation."""
    return reading.number(text, name, MOST_DEVIATION) ** 2


def _kept(activation: Activation, second: float) -> float:
    """The variance of weights that keeps signals at the size 1."""
    if not 0 < second < math.inf:
        raise InputError("no_second_moment", name=activation.name, given=f"{second:g}")
    return 1 / second


def _after(activation: Activation, field: MeanField, layers: int) -> tuple[float, float]:
    """Length of a signal and growth of the squared gradient after so many layers, from q = 1."""
    from nonlin.theory.endurance import growth_in_training
    from nonlin.theory.propagation import nonlinearity
    from nonlin.theory.variance import VarianceMap

    f = nonlinearity(activation.trained, "theory")
    lengths = VarianceMap(f, field.weight_variance, field.bias_variance)
    q, growth, settled = 1.0, 1.0, growth_in_training(activation, field)
    for _ in range(layers):
        growth *= lengths.gradient_growth(q) if 0 < q < 1e300 else settled
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
    yield from _in_short(activation, field, layers)
    values = {key: f"{getattr(known, key):.6g}" for key in known.errors._fields}
    error = f"{max(known.errors):.0e}"
    yield "cli.theory.moments", say("cli.theory.moments_line", **values, error=error)
    gains = {"forward": f"{activation.gain:.6g}", "backward": f"{activation.gain_backward:.6g}"}
    yield "cli.theory.gains", say("cli.theory.gains_line", **gains)
    if activation.surrogate is not None:
        yield "cli.theory.surrogate", say("cli.theory.surrogate_line", name=activation.name)
    variances = {"weights": f"{field.weight_variance:.6g}", "biases": f"{field.bias_variance:.6g}"}
    yield "cli.theory.layer", say("cli.theory.layer_line", **variances)
    yield from _fates(activation, field, layers)
    edge = _critical(activation)
    if edge is None:
        yield "cli.theory.critical", say("cli.theory.no_edge")
    else:
        weights, biases = (f"{value:.6g}" for value in edge.values())
        yield "cli.theory.critical", say("cli.theory.critical_line", weights=weights, biases=biases)


def _in_short(activation: Activation, field: MeanField, layers: int) -> Iterator[tuple[str, str]]:
    """Do so many layers train with these weights, and what else could be tried?"""
    from nonlin.init.automatic import pick
    from nonlin.theory.endurance import lasting, reach

    most = reach(activation, field)
    key = "trains" if layers <= most else "too_deep"
    if math.isinf(most) or most < 1:
        key = "never" if most < 1 else "trains_any"
    found = {"layers": layers, "depth": about(most), "weights": _these(activation, field)}
    said = [text(f"cli.theory.{key}", **found)]
    if most == lasting(field) < math.inf:
        said.append(text("cli.theory.runs_away"))
    yield "cli.theory.in_short", in_a_row((*said, *_way_back(activation, field, layers)))
    if layers > most:
        lasts = activation.surrogate is None and pick(activation, layers).lasts  # by own slopes
        other = "other_weights" if lasts else "no_weights"
        known = {"name": activation.name, "layers": layers}
        yield "cli.theory.in_short", say(f"cli.theory.{other}", **known)


def _these(activation: Activation, field: MeanField) -> Text:
    """The weights that all of this is about."""
    values = {"weights": f"{field.weight_variance:.3g}", "biases": f"{field.bias_variance:.3g}"}
    usual = math.isclose(field.weight_variance, activation.gain**2) and not field.bias_variance
    return text("cli.theory.keeping" if usual else "cli.theory.given", **values)


def _way_back(activation: Activation, field: MeanField, layers: int) -> Iterator[Text]:
    """What becomes of gradients, and why so; and of inputs, where they become alike."""
    from nonlin.theory.endurance import LOST, growth_in_training

    growth = math.sqrt(_after(activation, field, layers)[1])
    if growth >= 1 / LOST:
        key = "kept" if power(growth, 2) == "1" else "becomes"
        yield text(f"cli.theory.{key}", growth=power(growth, 2))
        return
    each = power(math.sqrt(growth_in_training(activation, field)), 2)
    yield text("cli.theory.vanishes", layers=layers, each=each, growth=power(growth, 2))
    steepest = activation.properties.lipschitz
    if steepest < 1 and activation.surrogate is None:
        yield text("cli.theory.flat", name=activation.name, slope=f"{steepest:.3g}")
    if field.c_star == 1:
        yield text("cli.theory.alike")


def _infinite(number: str) -> str:
    return number.replace("inf", "∞")


def _fates(activation: Activation, field: MeanField, layers: int) -> Iterator[tuple[str, str]]:
    """What becomes of lengths, correlations and gradients."""
    from nonlin.theory.endurance import leaves

    for point in field.fixed_points:
        stability = say(f"cli.theory.{point.stability}")
        line = {"q": _infinite(f"{point.q:.6g}"), "slope": f"{point.slope:.4g}"}
        yield "cli.theory.fixed", say("cli.theory.fixed_line", stability=stability, **line)
    known = {"chi": f"{field.chi_1:.6g}", "q": f"{field.q_star:.6g}", "c": f"{field.c_star:.4g}"}
    phase = {key: _infinite(value) for key, value in known.items()}
    if field.gradient_growth < field.chi_1:
        yield "cli.theory.phase", say("cli.theory.jumps", name=activation.name, **phase)
        each = power(field.gradient_growth, 4)
        yield "cli.theory.phase", say(f"cli.theory.jumps_{field.gradients}", growth=each)
    else:
        yield "cli.theory.phase", say(f"cli.theory.{field.phase}", **phase)
    if leaves(field):
        yield "cli.theory.phase", say("cli.theory.leaves", **phase)
    known_scales = {"xi_q": field.xi_q, "xi_c": field.xi_c, "depth": field.trainable_depth}
    scales = {key: _infinite(f"{value:.3g}") for key, value in known_scales.items()}
    how = "scales_line" if math.isfinite(field.trainable_depth) else "scales_line_any"
    yield "cli.theory.scales", say(f"cli.theory.{how}", **scales)
    q, growth = _after(activation, field, layers)
    after = {"layers": layers, "q": f"{q:.3g}", "growth": power(growth, 3)}
    how = "after_kept" if after["growth"] == "1" else "after"
    yield "cli.theory.depth", say(f"cli.theory.{how}", **after)
