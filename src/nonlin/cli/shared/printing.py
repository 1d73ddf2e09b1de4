"""What goes out: tables on a terminal, or as wide as they like in a file; JSON, code, pictures."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nonlin._errors import InputError
from nonlin._files import write_beside
from nonlin._text import say
from nonlin._wrapping import Prose
from nonlin.cli.shared.streams import shows

if TYPE_CHECKING:
    from rich.console import Console

    from nonlin.activation import Activation

WIDTH = 110  # columns, where there is no terminal that would say


@contextmanager
def screen() -> Iterator[Console]:
    """A console whose output is printed at the end, without blanks at the ends of lines."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, width=None if _width_known() else WIDTH)
    with console.capture() as capture:
        yield console
    lines = [line.rstrip() for line in capture.get().splitlines()]
    print("\n".join(lines).strip("\n"))


def _width_known() -> bool:
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def print_sums(text: str) -> None:
    """Lines of sums; on a terminal no wider than it, what is cut goes on below the first term."""
    width = shutil.get_terminal_size().columns if _width_known() else sys.maxsize
    print("\n".join(part for line in text.splitlines() for part in _cut(line, width)))


def _cut(line: str, width: int) -> list[str]:
    """At spaces, but never behind a sign: a plus begins a line."""
    if len(line) <= width:
        return [line]
    start = line.find("= ") + 2 if "= " in line else 4
    tied = re.sub(r"(?<=[+=]) |(?<=a_\d) (?==)", "\N{NO-BREAK SPACE}", line)
    indent = " " * min(start, width // 2)
    parts = textwrap.wrap(
        tied, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [part.replace("\N{NO-BREAK SPACE}", " ") for part in parts]


def print_facts(activation: Activation, facts: Iterable[tuple[str, ...]]) -> None:
    """Name and title, and each fact on its line: the label (a key), said once, and the texts."""
    from rich.table import Table

    own = "" if activation.title == activation.name else f"  {activation.title}"
    lines = list(facts)
    table = Table.grid(padding=(0, 1))
    for _ in lines[0][1:]:
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    before = ""
    for key, *texts in lines:
        *signs, said = texts
        table.add_row("" if key == before else say(key), *signs, Prose(said))
        before = key
    with screen() as console:
        console.print(f"{activation.name}{own}", style="bold")
        console.print(table)


def write_json(value: Any) -> None:
    """Print as JSON; infinities and NaN, which JSON does not know, as text."""
    written = json.dumps(_plain(value), ensure_ascii=False, indent=2)
    if not shows(sys.stdout, written):
        written = json.dumps(_plain(value), indent=2)
    print(written)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    return value


def write_code(written: str | bytes, path: Path) -> None:
    """Save what a program reads, and say so; InputError if that is not possible."""
    try:
        write_beside(path, written.encode() if isinstance(written, str) else written)
    except OSError as error:
        raise InputError("cannot_write", path=str(path), reason=error.strerror) from error
    print(say("cli.written", path=path), file=sys.stderr)


def write_picture(figure: Any, path: Path, to: Any) -> None:
    """Save the picture and say so on the stream `to`."""
    from nonlin import figures

    print(say("cli.saved", path=figures.save(figure, path)), file=to)
    if figures.lacks_font():
        print(say("cli.no_font"), file=sys.stderr)
