"""nonlin bench: what activations cost on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError
from nonlin._text import percent, say
from nonlin.cli.shared import printing, reading
from nonlin.cli.shared.options import Dark, Json, Picture, Quiet
from nonlin.cli.shared.progress import progress

if TYPE_CHECKING:
    from nonlin.activation import Activation
    from nonlin.measure.bench import Bench, Cost

LONGEST = 3600.0  # seconds


def command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="cli.metavar.name", help="cli.bench.names")
    ] = None,
    output: Picture = None,
    seconds: Annotated[str, typer.Option(help="cli.bench.seconds", metavar="S")] = "15",
    precision: Annotated[
        str, typer.Option(help="cli.bench.precision", metavar="fast|exact")
    ] = "fast",
    dark: Dark = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Measure the cost of activations."""
    budget = _seconds(seconds)
    chosen = reading.several(names) if names else _elementwise()
    if output is not None:
        from nonlin.figures import style

        style.writable(output)  # known now, not after all the measuring
    from nonlin.measure import bench as measuring

    with progress(quiet, say("cli.bench.measuring")) as on_progress:
        found = measuring.bench(
            chosen, seconds=budget, precision=precision, on_progress=on_progress
        )
    _tell(found, output, dark, as_json)
    if found.interrupted:
        raise typer.Exit(130)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= LONGEST:
        raise InputError("bench_seconds", given=text, most=int(LONGEST))
    return found


def _elementwise() -> list[Activation]:
    from nonlin.catalogue import get, names

    return [entry for entry in map(get, names()) if entry.elementwise]


def _tell(found: Bench, output: Path | None, dark: bool, as_json: bool) -> None:
    if output is not None:
        from nonlin import figures

        printing.write_picture(figures.bench(found, dark=dark), output, sys.stderr)
    if as_json:
        printing.write_json(_as_dict(found))
    else:
        _print_table(found)


def _print_table(found: Bench) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(say("cli.list.name"), no_wrap=True, overflow="fold")
    for key in ("cached", "cached_both", "memory", "memory_both", "share"):
        table.add_column(say(f"cli.bench.{key}"), justify="right")
    for cost in found.costs:
        table.add_row(cost.activation.name, *_cells(cost))
    with printing.screen() as console:
        console.print(table)
        console.print(_notes(found))


def _cells(cost: Cost) -> list[str]:
    four = (cost.cached, cost.cached_both, cost.memory, cost.memory_both)
    return [*(f"{each.value:.2f}" for each in four), str(percent(cost.copy_share))]


def _notes(found: Bench) -> str:
    """How the numbers came about."""
    notes = [
        say("cli.bench.unit", precision=found.precision),
        say("cli.bench.places", threads=found.threads),
        say("cli.bench.copy", copy=f"{found.copy.value:.2f}"),
    ]
    if found.rounds > 1:
        notes.append(say("cli.bench.rounds", rounds=found.rounds, error=f"{_error(found):.0f}"))
    if found.interrupted:
        notes.append(say("cli.bench.interrupted"))
    return say("cli.bench.space").join(notes)


def _error(found: Bench) -> float:
    """The standard error that is usual here, in percent: the median of all."""
    shares = sorted(
        (each.standard_error or 0.0) / each.value
        for cost in found.costs
        for each in (cost.cached, cost.cached_both, cost.memory, cost.memory_both)
    )
    return 100 * shares[len(shares) // 2]


def _as_dict(found: Bench) -> dict[str, Any]:
    """For programs: nanoseconds per element."""
    return {
        "precision": found.precision,
        "threads": found.threads,
        "rounds": found.rounds,
        "interrupted": found.interrupted,
        "copy": _plain(found.copy),
        "activations": [
            {
                "name": cost.activation.name,
                "cache": {"value": _plain(cost.cached), "both": _plain(cost.cached_both)},
                "memory": {"value": _plain(cost.memory), "both": _plain(cost.memory_both)},
                "copy_share": cost.copy_share,
            }
            for cost in found.costs
        ],
    }


def _plain(measurement: Any) -> dict[str, Any]:
    return {"ns": measurement.value, "standard_error": measurement.standard_error}
