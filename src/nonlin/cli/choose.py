"""nonlin choose: which activation, for this data?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError
from nonlin._text import say
from nonlin.choose.options import OPTIONS, Option
from nonlin.cli.shared import printing, reading, typed
from nonlin.cli.shared.options import Row, as_typed, with_options
from nonlin.cli.shared.progress import progress

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from nonlin.choose import Result

PATIENCE = "10s"  # until a Dask scheduler has answered


def _nanoseconds(text: str, flag: str) -> float:
    return reading.numbers(text, flag, "1.0")[0]


LIMITS = (
    Row("max-ns", "cli.limits.max_ns", "X", _nanoseconds),
    Row("int8", "cli.limits.int8"),
    Row("smooth", "cli.limits.smooth", "N", reading.whole),
    Row("monotone", "cli.limits.monotone"),
    Row("no-exp", "cli.limits.no_exp"),
    Row("bounded", "cli.limits.bounded"),
)
READERS: dict[str, Callable[[str, str], Any]] = {
    "hidden": reading.sizes,
    "activations": reading.activations,
    "rates": partial(reading.numbers, example="0.001,0.01"),
    "seeds": reading.whole,
    "threads": reading.whole,
    "seed": reading.whole,
    "margin": reading.share,
}


def _row(name: str, option: Option) -> Row:
    """One of `choose`'s own, as it is typed: 64,64 once or several times."""
    default: str | list[str] | None = None
    if isinstance(option.default, tuple):
        default = [",".join(map(str, option.default))]
    elif option.default is not None:
        default = str(option.default)
    read = READERS.get(name, as_typed)
    help, metavar = f"cli.options.{name}", option.typed or None
    return Row(name, help, metavar, read, default, option.short, option.denied)


TYPED = [_row(name, option) for name, option in OPTIONS.items() if option.typed is not None]
GROUPS = {  # of the help, in its order; the usual ones first
    "usual": ("target", "quick", "why", "report", "save"),
    "table": ("task", "group", "time", "weights", "gaps", "dates", "header", "keep"),
    "training": (
        "hidden", "activations", "rates", "seeds", "seed", "margin", "full", "budget", "resume",
        "threads", "dask",
    ),
    "limits": tuple(row.name for row in LIMITS),
}  # fmt: skip
_ROWS = (
    Row("target", "cli.target", "COLUMN", short="-t"),
    *TYPED,
    *LIMITS,
    Row("dask", "cli.choose.dask", "ADDRESS"),
    Row("save", "cli.keep.save", "FOLDER", reading.path),
    Row("why", "cli.choose.why"),
    Row("report", "cli.choose.report", "FILE.html", reading.path),
    Row("json", "cli.json"),
    Row("quiet", "cli.quiet", short="-q"),
)


def _grouped(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows in the order of the groups, those without one last."""
    left = {row.name: row for row in rows}
    for group, names in GROUPS.items():
        yield from (replace(left.pop(name), group=group) for name in names)
    yield from left.values()


FLAGS = tuple(_grouped(_ROWS))


@with_options(FLAGS)
def command(
    data: Annotated[str, typer.Argument(metavar="cli.metavar.data", help="cli.data")],
    quiet: bool,
    dask: str | None,
    save: Path | None,
    why: bool,
    report: Path | None,
    json: bool,
    **options: Any,
) -> None:
    """Train candidates on the data and recommend one."""
    limits = ((row.identifier, options.pop(row.identifier)) for row in LIMITS)
    # not `in (None, False)`: 0 is a value, if a bad one
    options["limits"] = {name: each for name, each in limits if not (each is None or each is False)}
    keep, write = _model(save), _page(report)  # known now, not after all the training
    result = _chosen(data, quiet, dask, options)
    result = replace(result, seconds=typed.seconds())
    try:  # files first, since a closed pipe ends the printing; a full disk must not cost the answer
        kept = keep(result)
        write(result)
    finally:
        _print(result, json, why)
    _tell(kept)
    if result.interrupted:
        raise typer.Exit(130)


def _model(folder: Path | None) -> Callable[[Result], Path | None]:
    """What saves the model of a result, if there is one and a place for it.

    Raises InputError for a folder in which no model may be saved.
    """
    if folder is None:
        return lambda result: None
    from nonlin.choose.take import commanded
    from nonlin.keep.folder import writable

    writable(folder)

    def keep(result: Result) -> Path | None:
        if result.final is None:
            return None
        return commanded(result.model, typed.line()).save(folder)

    return keep


def _tell(model: Path | None) -> None:
    """Say what can be done with the model in that folder."""
    if model is None:
        return
    from nonlin.keep.folder import ONNX

    print(say("cli.keep.saved", path=model), file=sys.stderr)
    if not (model / ONNX).exists():
        print(say("cli.keep.no_onnx"), file=sys.stderr)


def _page(path: Path | None) -> Callable[[Result], None]:
    """What writes the report; a place that cannot be written to is refused at once."""
    if path is None:
        return lambda result: None
    from nonlin.report import page

    target = page.checked(path)

    def write(result: Result) -> None:
        written = page.write(result, target, typed.line())
        print(say("cli.choose.reported", path=written), file=sys.stderr)

    return write


def _chosen(data: str, quiet: bool, dask: str | None, options: dict[str, Any]) -> Result:
    """The result, with a bar, and with the workers of a scheduler if there is an address."""
    from nonlin.choose import choose_file, journal

    with _workers(dask) as executor, progress(quiet, say("cli.training")) as on_progress:
        way: dict[str, Any] = {"executor": executor, "on_progress": on_progress}
        return choose_file(data, journal=journal.home(), **way, **options)


@contextmanager
def _workers(address: str | None) -> Iterator[Executor | None]:
    """The workers of the Dask scheduler at this address; None without one.

    Raises InputError if Dask is not installed, nobody answers, or there is no worker.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise InputError("missing_package", package="dask", extra="dask") from None
    connect: Any = Client  # distributed does not say its types
    try:
        get_address_host_port(address)  # a client for what is no address waits at exit, in vain
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError):  # nobody there, or no address
        raise InputError("dask_unreachable", given=address) from None
    with client:
        if not client.nthreads():
            raise InputError("dask_no_workers", given=address)
        yield client.get_executor(pure=False)


def _print(result: Result, as_json: bool, why: bool) -> None:
    from nonlin import report

    if as_json:
        printing.write_json(report.as_json(result))
        return
    from nonlin.report.terminal import render

    with printing.screen() as console:
        render(result, console, why)
