"""Tables on the terminal, and the same without its width where a file or program reads them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
