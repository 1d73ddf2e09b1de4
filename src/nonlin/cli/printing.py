"""Tables on a terminal, or as wide as they like in a file; pictures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nonlin._text import say

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 110  # columns, where there is no terminal that would say


@contextmanager
def screen() -> Iterator[Console]:
    """A console whose output is printed at the end, without blanks at the ends of lines."""
    from rich.console import Console

    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, markup=False, width=None if known else WIDTH)
    with console.capture() as capture:
        yield console
    lines = [line.rstrip() for line in capture.get().splitlines()]
    print("\n".join(lines).strip("\n"))


def write_picture(figure: Any, path: Path, to: Any) -> None:
    """Save the picture and say so on the stream `to`."""
    from nonlin import figures

    print(say("cli.saved", path=figures.save(figure, path)), file=to)
    if figures.lacks_font():
        print(say("cli.no_font"), file=sys.stderr)
