"""nonlin predict: new rows, predicted by a model that nonlin choose --save wrote."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nonlin._errors import InputError, nearest
from nonlin._files import no_input, write_beside
from nonlin._text import harmless, listed, say
from nonlin.cli.shared.options import Model

if TYPE_CHECKING:
    import polars as pl

SCREEN = "-"
ENDINGS = (".csv", ".parquet")


def command(
    model: Model,
    data: Annotated[str, typer.Argument(metavar="cli.metavar.data", help="cli.predict.data")],
    output: Annotated[
        str, typer.Option("--output", "-o", help="cli.predict.output", metavar="FILE")
    ] = SCREEN,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="cli.predict.probabilities")
    ] = False,
) -> None:
    """Predict the rows of a table."""
    _writable(output)
    from nonlin.data.read import files_of, read_frame
    from nonlin.keep import load

    if output != SCREEN:
        no_input(Path(output).expanduser(), files_of(data))

    loaded = load(model)
    kept = loaded.preparation
    frame, notes = read_frame(data, kept.used, loaded.reading, kept.categorical)
    found = loaded.predictions(frame, probabilities)
    for note in (*notes, *loaded.remarks(frame)):
        print(note, file=sys.stderr)
    _write(found, output)


def _writable(output: str) -> None:
    ending = Path(output).suffix.lower()
    if output != SCREEN and ending not in ENDINGS:
        hint = nearest(ending, ENDINGS)
        raise InputError("predict_ending", given=output, allowed=listed(ENDINGS), hint=hint)
    above = Path(output).expanduser().parent
    if not above.is_dir():
        raise InputError("cannot_write", path=output, reason=os.strerror(errno.ENOENT))


def _write(found: pl.DataFrame, output: str) -> None:
    if output == SCREEN:
        lines = found.write_csv()
        print(harmless(lines) if sys.stdout.isatty() else lines, end="")
        return
    path, written = Path(output).expanduser(), io.BytesIO()
    if path.suffix.lower() == ".parquet":
        found.write_parquet(written)
    else:
        found.write_csv(written)
    try:
        write_beside(path, written.getvalue())
    except OSError as error:
        raise InputError("cannot_write", path=output, reason=error.strerror or error) from error
    print(say("cli.predict.saved", path=output, rows=found.height), file=sys.stderr)
