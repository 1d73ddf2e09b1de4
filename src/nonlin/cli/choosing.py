"""nonlin choose: which activation, for this data?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from nonlin._text import say
from nonlin.cli import cluster, limiting, reading, saved, typed
from nonlin.cli.filtering import Filter, with_options
from nonlin.cli.progress import progress

ROLES = ("group", "time", "weights")


def choose(
    roles: dict[str, Any],
    limits: dict[str, Any],
    data: Annotated[str, typer.Argument(metavar=say("cli.metavar.data"), help=say("cli.data"))],
    target: Annotated[
        str | None,
        typer.Option("--target", "-t", help=say("cli.target"), metavar="COLUMN"),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help=say("options.quick"))] = False,
    full: Annotated[bool, typer.Option("--full", help=say("options.full"))] = False,
    budget: Annotated[
        str | None, typer.Option("--budget", help=say("options.budget"), metavar="60s|500-networks")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help=say("options.resume"))] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=say("cli.quiet"))] = False,
    hidden: Annotated[
        list[str], typer.Option("--hidden", help=say("options.hidden"), metavar="N,N,...")
    ] = ["64,64"],  # noqa: B006 - typer copies it
    activations: Annotated[
        str | None,
        typer.Option("--activations", "-a", help=say("options.activations"), metavar="A,B,..."),
    ] = None,
    rates: Annotated[
        str | None, typer.Option("--rates", help=say("options.rates"), metavar="R,R,...")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option("--seeds", help=say("options.seeds"), metavar="N")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option("--task", help=say("options.task"), metavar="TASK"),
    ] = None,
    threads: Annotated[
        str | None, typer.Option("--threads", help=say("options.threads"), metavar="N")
    ] = None,
    dask: Annotated[
        str | None, typer.Option("--dask", help=say("cli.choose.dask"), metavar="ADDRESS")
    ] = None,
    seed: Annotated[str, typer.Option("--seed", help=say("cli.seed"), metavar="N")] = "0",
    save: Annotated[
        Path | None, typer.Option("--save", help=say("cli.keep.save"), metavar="FOLDER")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help=say("cli.choose.report"), metavar="FILE.html")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    """Train candidates on the data and recommend one."""
    read = _read(hidden, activations, rates, seeds, threads, seed)
    options = read | {"quick": quick, "full": full, "budget": budget, "resume": resume}
    options |= {"task": task, "limits": limiting.read(limits)} | roles
    saved.writable(save)  # known now, not after all the training
    page = _page(report)
    result = _chosen(data, target, quiet, dask, options)
    _hand_over(result, save, page, as_json)
    if result.interrupted:
        raise typer.Exit(130)


def _hand_over(result: Any, save: Path | None, page: Callable[[Any], None], as_json: bool) -> None:
    """Files first, since a closed pipe ends the printing; a full disk must not cost the answer."""
    try:
        kept = saved.keep(result, save)
        page(result)
    finally:
        _print_result(result, as_json)
    saved.tell(kept)


def with_roles(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes `roles`, a mapping, an option for each role of a column."""
    rows = [Filter(name, lambda *_: True, str) for name in ROLES]
    return with_options(command, rows, "roles", "options")


def _page(path: Path | None) -> Callable[[Any], None]:
    """What writes the report; a place that cannot be written to is refused at once."""
    if path is None:
        return lambda result: None
    from nonlin.report import page

    target = page.checked(path)

    def write(result: Any) -> None:
        print(
            say("cli.choose.reported", path=page.write(result, target, typed.line())),
            file=sys.stderr,
        )

    return write


def _chosen(
    data: str, target: str | None, quiet: bool, dask: str | None, options: dict[str, Any]
) -> Any:
    """The result, with a bar, and with the workers of a scheduler if there is an address."""
    from nonlin.choose import choose_file

    with cluster.executor(dask) as executor, progress(quiet, say("cli.training")) as on_progress:
        way: dict[str, Any] = {
            "journal": _journal(),
            "executor": executor,
            "on_progress": on_progress,
        }
        return choose_file(data, target, **way, **options)


def _read(
    hidden: list[str],
    activations: str | None,
    rates: str | None,
    seeds: str | None,
    threads: str | None,
    seed: str,
) -> dict[str, Any]:
    """What was typed as text, as `choose_file` takes it."""
    return {
        "hidden": [reading.sizes(each, "--hidden") for each in hidden],
        "activations": None if activations is None else reading.activations(activations),
        "rates": None if rates is None else reading.numbers(rates, "--rates", "0.001,0.01"),
        "seeds": None if seeds is None else reading.whole(seeds, "--seeds"),
        "threads": None if threads is None else reading.whole(threads, "--threads"),
        "seed": reading.whole(seed, "--seed"),
    }


def _journal() -> Path:
    """The folder in which finished networks are written down."""
    from platformdirs import user_state_path

    given = os.environ.get("NONLIN_STATE_DIR")
    return (Path(given) if given else user_state_path("nonlin", appauthor=False)) / "runs"


def _print_result(result: Any, as_json: bool) -> None:
    from nonlin import report

    if as_json:
        reading.write_json(report.as_json(result))
        return
    from nonlin.cli.printing import screen
    from nonlin.report.terminal import render

    with screen() as console:
        render(result, console)
