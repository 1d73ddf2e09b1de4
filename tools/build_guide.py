"""Run every command and every line of Python of the guide, and write down what they print.

    python tools/build_guide.py              all pages of docs/learn, and their pictures
    python tools/build_guide.py --measured   also what is measured on this machine

A page holds fenced blocks: `console` with lines that start with "$ nonlin", `python` with lines
that start with ">>>" as in a session. One page is one session. A block after a line
"<!-- measured -->" prints times and scores of this machine; it is left alone unless asked for.
"""

from __future__ import annotations

import code
import contextlib
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nonlin._text import LANGUAGES
from nonlin.cli import run

GUIDE = Path(__file__).parents[1] / "docs" / "learn"
MEASURED = "<!-- measured -->\n"
BLOCK = re.compile(
    rf"(?P<measured>{MEASURED})?```(?P<kind>console|python)\n(?P<body>.*?)^```$", re.M | re.S
)
TYPED = re.compile(r"^>>> .*\n(?:^\.\.\. .*\n)*", re.M)


@dataclass
class Session:
    """What the blocks of one page share: the names in Python, and the folder of the page."""

    folder: Path
    python: code.InteractiveInterpreter = field(default_factory=code.InteractiveInterpreter)

    def run(self, kind: str, body: str) -> str:
        """The block with what it prints now."""
        with _settled(self.folder):
            return "".join(self._python(body) if kind == "python" else self._console(body))

    def _python(self, body: str) -> Iterator[str]:
        for lines in TYPED.findall(body):
            yield lines
            source = "".join(line[4:] for line in lines.splitlines(keepends=True))
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                self.python.runcode(compile(source, "<guide>", "single"))
            yield printed.getvalue()

    def _console(self, body: str) -> Iterator[str]:
        for line in body.splitlines():
            if line.startswith("$ "):
                yield f"{line}\n{_command(line[2:])}"


def _command(line: str) -> str:
    name, *arguments = shlex.split(line)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exit_code = run(arguments)
    if name != "nonlin" or exit_code != 0:
        raise SystemExit(f"{line}: exit code {exit_code}")
    return printed.getvalue()


@contextlib.contextmanager
def _settled(folder: Path) -> Iterator[None]:
    """In the folder of a page, in its language, and as wide as in a file."""
    before, language = dict(os.environ), folder.name
    os.environ.pop("COLUMNS", None)
    os.environ["NONLIN_LANG"] = language
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def pages() -> list[Path]:
    """Every page of the guide."""
    return sorted(page for name in LANGUAGES for page in (GUIDE / name).glob("*.md"))


def blocks(text: str) -> list[re.Match[str]]:
    """The fenced blocks that are run."""
    return list(BLOCK.finditer(text))


def rewritten(text: str, folder: Path, measured: bool) -> str:
    """The page with the output of every block as it is now; runs in `folder`/.."""
    session = Session(folder)

    def run_block(block: re.Match[str]) -> str:
        if block["measured"] and not measured:
            return block[0]
        return (
            f"{block['measured'] or ''}```{block['kind']}\n"
            f"{session.run(block['kind'], block['body'])}```"
        )

    return BLOCK.sub(run_block, text)


def main() -> None:
    """Rewrite all pages in place."""
    for page in pages():
        (page.parent / "pictures").mkdir(exist_ok=True)
        text = page.read_text(encoding="utf-8")
        page.write_text(rewritten(text, page.parent, "--measured" in sys.argv), encoding="utf-8")
        print(page.relative_to(GUIDE))


if __name__ == "__main__":
    main()
