"""The help of a command as text: one language, in columns of cells, lines broken as it breaks them.

Takes the place of typer's formatter, which counts characters and breaks at blanks only.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from nonlin._text import say
from nonlin._wrapping import cells, padded, wrapped

MOST = 100  # columns, also of a wider terminal
FIRST = 30  # columns of what is explained: what is wider stands on a line of its own
FRAME = {  # what typer writes itself, and by which key of the catalogue it is replaced
    "[OPTIONS] COMMAND [ARGS]...": "group_line",
    "[OPTIONS]": "command_line",
    "Options": "options",
    "Arguments": "arguments",
    "Commands": "commands",
    "Show this message and exit.": "show_help",
    "[required]": "required",
}
DEFAULT = re.compile(r"\[default: (.*)\]$")
TYPE = re.compile(r" <(str|list\[str\])>")  # behind the name of an argument
BRACES = re.compile(r"(?<![^ ])\{([^{}]+)\}")  # around it
SIGN = re.compile("(?<=[，。；：？！）]) ")  # where two lines of Chinese were joined


class HelpText:
    """What typer hands the parts of a help page to, and the page."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.inset = 0
        self.lines: list[str] = []

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is called."""
        self._write(f"{say('cli.frame.usage')}{prog} {_in_words_of_ours(args)}")

    def write_heading(self, heading: str) -> None:
        """The head of a section."""
        self._write(say("cli.frame.heading", name=_in_words_of_ours(heading)))

    def write_paragraph(self) -> None:
        """A blank line."""
        if self.lines:
            self.lines.append("")

    def write_text(self, text: str) -> None:
        """Paragraphs; those that begin with a line of backspace stay as they are."""
        for index, paragraph in enumerate(re.split(r"\n\n+", text.strip("\n"))):
            if index:
                self.write_paragraph()
            if paragraph.startswith("\b"):
                found = paragraph.split("\n")[1:]
            else:
                joined = SIGN.sub("", " ".join(paragraph.split("\n")))
                found = wrapped(joined, self.width - self.inset)
            for line in found:
                self._write(line)

    def write_dl(self, rows: Sequence[tuple[str, str]], **_: Any) -> None:
        """Options, arguments or commands, each with what it does."""
        said = [(_in_words_of_ours(first), _in_words_of_ours(second)) for first, second in rows]
        left = min(max(cells(first) for first, _ in said), FIRST) + 2
        for first, second in said:
            lines = wrapped(second, max(self.width - left - 2, 10))
            if cells(first) > left - 2:
                self._write(first)
                first = ""
            for index, line in enumerate(lines):
                self._write(padded("" if index else first, left) + line)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A blank line, a heading, and what stands below it."""
        self.write_paragraph()
        self.write_heading(name)
        with self.indentation():
            yield

    @contextmanager
    def indentation(self) -> Iterator[None]:
        """All lines within begin two columns further to the right."""
        self.inset += 2
        yield
        self.inset -= 2

    def getvalue(self) -> str:
        """The page."""
        return "\n".join(self.lines) + "\n"

    def _write(self, line: str) -> None:
        self.lines.append((" " * self.inset + line).rstrip())


class Context(typer.Context):
    """Of a command whose help is a `HelpText`."""

    def make_formatter(self) -> Any:
        """An empty page, as wide as the terminal."""
        columns = min(shutil.get_terminal_size().columns, MOST)
        return HelpText(max(columns - 2, 50))


def _in_words_of_ours(text: str) -> str:
    """The frame that typer writes in English, in the language in use."""
    text = BRACES.sub(r"\1", TYPE.sub("", text))
    for english, key in FRAME.items():
        text = text.replace(english, say(f"cli.frame.{key}"))
    return DEFAULT.sub(lambda found: say("cli.frame.default", value=found[1]), text)
