"""nonlin predict, nonlin code: what to do with a model that nonlin choose --save wrote."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nonlin._errors import InputError, nearest
from nonlin._text import say
from nonlin.cli import typed

if TYPE_CHECKING:
    import polars as pl

SCREEN = "-"
ENDINGS = (".csv", ".parquet")


def predict(
    model: Annotated[
        str, typer.Argument(metavar=say("cli.keep.folder"), help=say("cli.keep.model"))
    ],
    data: Annotated[
        str, typer.Argument(metavar=say("cli.metavar.data"), help=say("cli.predict.data"))
    ],
    output: Annotated[
        str,
        typer.Option("--output", "-o", help=say("cli.predict.output"), metavar="FILE"),
    ] = SCREEN,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help=say("cli.predict.probabilities"))
    ] = False,
) -> None:
    """Predict the rows of a table."""
    _writable(output)
    from nonlin.data.read import read_frame
    from nonlin.keep import load

    loaded = load(model)
    frame, notes = read_frame(data)
    found = loaded.predictions(frame, probabilities)
    for note in (*notes, *loaded.remarks(frame)):
        print(note, file=sys.stderr)
    _write(found, output)


def code(
    model: Annotated[
        str, typer.Argument(metavar=say("cli.keep.folder"), help=say("cli.keep.model"))
    ],
    to: Annotated[
        str, typer.Option("--to", help=say("cli.code.to"), metavar="torch|keras|jax|sklearn")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("cli.code.output"), metavar="FILE")
    ] = None,
) -> None:
    """Write a script that builds and trains the network of a model."""
    from nonlin.keep import load

    written = load(model).code(to)
    if output is None:
        print(written, end="")
        return
    try:
        output.write_text(written, encoding="utf-8")
    except OSError as error:
        raise InputError("cannot_write", path=str(output), reason=error.strerror) from error
    print(say("cli.code.saved", path=output), file=sys.stderr)


def writable(folder: Path | None) -> None:
    """InputError if a model is to be saved in a folder where none may be."""
    from nonlin.keep import folder as place

    if folder is not None:
        place.writable(folder)


def keep(result: Any, folder: Path | None) -> Path | None:
    """Save the model of a result with the command that was typed, if there is one to save."""
    from nonlin.choose.take import commanded

    if folder is None or result.final is None:
        return None
    return commanded(result.model, typed.line()).save(folder)


def tell(path: Path | None) -> None:
    """Say what can be done with the model in that folder."""
    from nonlin.keep import folder as place

    if path is None:
        return
    print(say("cli.keep.saved", path=path), file=sys.stderr)
    if not (path / place.ONNX).exists():
        print(say("cli.keep.no_onnx"), file=sys.stderr)


def _writable(output: str) -> None:
    ending = Path(output).suffix.lower()
    if output != SCREEN and ending not in ENDINGS:
        hint = nearest(ending, ENDINGS)
        raise InputError("predict_ending", given=output, allowed=", ".join(ENDINGS), hint=hint)
    above = Path(output).expanduser().parent
    if not above.is_dir():
        raise InputError("cannot_write", path=output, reason=os.strerror(errno.ENOENT))


def _write(found: pl.DataFrame, output: str) -> None:
    if output == SCREEN:
        print(found.write_csv(), end="")
        return
    path = Path(output).expanduser()
    try:
        if path.suffix.lower() == ".parquet":
            found.write_parquet(path)
        else:
            found.write_csv(path)
    except OSError as error:
        raise InputError("cannot_write", path=output, reason=error.strerror or error) from error
    print(say("cli.predict.saved", path=output, rows=found.height), file=sys.stderr)
