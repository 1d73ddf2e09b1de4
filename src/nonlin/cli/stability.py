"""nonlin stability: signals, gradients and neurons by layer, measured beside theory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError
from nonlin._text import in_a_row, percent, say
from nonlin._wrapping import Prose
from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Dark, Json, Names, Picture, Quiet
from nonlin.cli.shared.progress import progress

if TYPE_CHECKING:
    from nonlin.stability.profile import Band, Profile, Rows

DEEPEST, MOST_SEEDS = 1000, 100
LISTED = 8  # layers in a table
USUAL = "glorot_normal"  # weights that most networks begin with
STEADY = 2.0  # times that signals or gradients differ between layers of a network called healthy


def command(
    names: Names,
    depth: Annotated[str, typer.Option(help="cli.stability.depth", metavar="N")] = "30",
    width: Annotated[str, typer.Option(help="cli.stability.width", metavar="N")] = "256",
    init: Annotated[str, typer.Option(help="cli.stability.init", metavar="RULE,...")] = "auto",
    data: Annotated[str | None, typer.Option(help="cli.stability.data", metavar="FILE")] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="cli.target", metavar="COLUMN")
    ] = None,
    seeds: Annotated[str, typer.Option(help="cli.stability.seeds", metavar="N")] = "5",
    output: Picture = None,
    dark: Dark = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Random networks by layer: what theory says and what is measured."""
    chosen = reading.several(names)
    layers = _count(depth, "--depth", DEEPEST), _count(width, "--width", 10**5)
    count = _count(seeds, "--seeds", MOST_SEEDS)
    if target is not None and data is None:
        raise InputError("target_without_data", given=target)
    if output is not None:
        from nonlin.figures.style import writable

        writable(output)
    rows = None if data is None else _rows(data, target)
    from nonlin.stability.profile import made

    with progress(quiet, say("cli.stability.measuring")) as on_progress:
        rules = init if "," not in init else [each.strip() for each in init.split(",")]
        found = made(chosen, rows, layers, rules, count, on_progress)
        beside = init == "auto" and not as_json
        usual = {
            number: made([one.activation], rows, layers, USUAL, 1)[0]
            for number, one in enumerate(found)
            if beside and not one.findings
        }
    if output is not None:
        from nonlin import figures

        printing.write_picture(figures.profiles(found, dark=dark), output, sys.stderr)
    if as_json:
        printing.write_json([_as_dict(each) for each in found])
    else:
        _print(found, usual, layers[0])


def _count(text: str, name: str, most: int) -> int:
    found = reading.whole(text, name)
    if not 1 <= found <= most:
        raise InputError("count_range", name=name, given=text, most=most)
    return found


def _rows(data: str, target: str | None) -> Rows:
    """All rows of a table, prepared as `nonlin choose` does it."""
    import numpy as np

    from nonlin.choose.prepared import prepared
    from nonlin.data.read import read
    from nonlin.data.split import Split
    from nonlin.stability.profile import Rows
    from nonlin.tasks.task import infer

    table = read(data, target)
    task = infer(table.target, table.target_name)
    nothing = np.arange(0)
    inputs, values = prepared(table, task, Split(np.arange(table.rows), nothing, nothing)).train
    return Rows(inputs, values, task.outputs, task.output)


def _print(found: list[Profile], usual: dict[int, Profile], depth: int) -> None:
    from rich.table import Table

    with printing.screen() as console:
        for number, one in enumerate(found):
            if number:
                console.print()
            console.print(one.label, style="bold")
            table = Table(box=None, pad_edge=False, header_style="")
            for key in ("layer", "second", "predicted", "gradient", "predicted", "dead"):
                table.add_column(say(f"cli.stability.{key}"), justify="right")
            table.add_column(say("cli.stability.saturated"), justify="right")
            for row in _lines(one):
                table.add_row(*row)
            console.print(table)
            console.print(Prose(in_a_row(_verdict(one, usual.get(number), depth))))


def _verdict(one: Profile, usual: Profile | None, depth: int) -> list[Any]:
    """What was found, and what to do; else how much signals and gradients change by layer, and
    what is found with usual weights, where these are chosen.
    """
    name = one.activation.name
    if one.findings:
        return [*one.findings, say("cli.stability.next", name=name, depth=depth)]
    if usual is None:
        return _changes(one)
    beside = say("cli.stability.usual_healthy")
    if usual.findings:
        beside = say("cli.stability.usual", finding=usual.findings[0])
    return [*_changes(one), say("cli.stability.chosen", name=name), beside]


def _changes(one: Profile) -> list[Any]:
    changed = [_change(each) for each in (one.second, one.gradient)]
    if max(changed) <= STEADY:
        return [say("cli.stability.healthy")]
    signal, gradient = (f"{each:.2g}" for each in changed)
    return [say("cli.stability.unsteady", signal=signal, gradient=gradient)]


def _change(band: Band) -> float:
    """Largest mean of a layer over the smallest."""
    import numpy as np

    known = band.mean[np.isfinite(band.mean) & (band.mean > 0)]
    return float(known.max() / known.min()) if known.size else 1.0


def _lines(one: Profile) -> Iterator[tuple[str, ...]]:
    import numpy as np

    hidden = [example.hidden for example in one.examples]
    even = np.linspace(0, len(hidden[0]) - 1, LISTED).round().astype(int)
    told = [place - 1 for each in one.findings for place in (each.layers[0], each.layers[-1])]
    places = np.unique([*even, *(place for place in told if place < len(hidden[0]))])
    for place in places:
        dead = np.mean([layers[place].dead_share for layers in hidden])
        saturated = np.mean([layers[place].saturated_share for layers in hidden])
        yield (
            str(place + 1),
            *_cells(one.second, place),
            *_cells(one.gradient, place),
            str(percent(dead, ".1f")),
            str(percent(saturated, ".1f")),
        )


def _cells(band: Band, place: int) -> tuple[str, str]:
    middle, low, high = (each[place] for each in (band.mean, band.low, band.high))
    interval = f" [{low:.2g}, {high:.2g}]" if low < high else ""
    return f"{middle:.3g}{interval}", f"{band.predicted[place]:.3g}"


def _as_dict(one: Profile) -> dict[str, Any]:
    def plain(band: Band) -> dict[str, list[float]]:
        return {key: getattr(band, key).tolist() for key in ("mean", "low", "high", "predicted")}

    return {
        "activation": one.activation.name,
        "initialisation": one.initialisation,
        "networks": len(one.examples),
        "second": plain(one.second),
        "gradient": plain(one.gradient),
        "dead": [layer.dead_share for layer in one.examples[0].hidden],
        "saturated": [layer.saturated_share for layer in one.examples[0].hidden],
        "findings": [
            {"kind": each.kind, "layers": each.layers, "sentence": str(each)}
            for each in one.findings
        ],
    }
