"""Run every command and every line of Python of the guide, and write down what they print.

    python tools/build_guide.py              all pages of docs/learn, and their pictures
    python tools/build_guide.py --measured   also what is measured on this machine

A page holds fenced blocks: `console` with lines that start with "$ nonlin", `python` with lines
that start with ">>>" as in a session. One page is one session. A block after a line
"<!-- measured -->" prints times and scores of this machine; it is left alone unless asked for.
The table between "<!-- the five -->" and "<!-- end -->" is written from what is known of the five.
Each page is written as a notebook, too (build_notebooks.py).
"""

from __future__ import annotations

import code
import contextlib
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from build_notebooks import BLOCK, notebook

from nonlin._text import LANGUAGES, Text, speaking
from nonlin.catalogue import get
from nonlin.cli import run
from nonlin.cli.shared.apart import PASSED_OVER

GUIDE = Path(__file__).parents[1] / "docs" / "learn"
TABLE = re.compile(r"<!-- the five -->\n.*?<!-- end -->\n", re.S)
FIVE = ("sigmoid", "tanh", "relu", "leaky_relu", "softmax")
JACOBIAN = r"\partial f_i / \partial x_j = f_i (\delta_{ij} - f_j)"
WORDS = {
    "en": {
        "head": ("", "f'(x)", "for", "against", "use it"),
        "sigmoid": "output layer, for yes or no",
        "tanh": "small and recurrent networks; outputs around 0",
        "relu": "hidden layers: the first choice",
        "leaky_relu": "hidden layers, where ReLU neurons die",
        "softmax": "output layer, for one of several classes",
    },
    "zh": {
        "head": ("", "f'(x)", "优点", "缺点", "用途"),
        "sigmoid": "输出层：二分类",
        "tanh": "小型网络、循环神经网络；输出以 0 为中心",
        "relu": "隐藏层的首选",
        "leaky_relu": "隐藏层：ReLU 神经元大量死亡时",
        "softmax": "输出层：多分类",
    },
}
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

    return BLOCK.sub(run_block, TABLE.sub(lambda _: _five(folder.name), text))


def _five(language: str) -> str:
    """The five at a glance: small picture, derivative, what is for and against each, its use."""
    with speaking(language):
        rows = [_row(name, language) for name in FIVE]
    head = WORDS[language]["head"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *rows]
    return "\n".join(["<!-- the five -->", *lines, "<!-- end -->\n"])


def _row(name: str, language: str) -> str:
    entry = get(name)
    link = f"../../catalogue/{language}/{name}.md"
    picture = f"![{name}](../../catalogue/pictures/small/{name}.svg)"
    slope = entry.derivative_latex if entry.elementwise else JACOBIAN
    sides = (_heads(entry.strengths), _heads(entry.weaknesses))
    cells = (f"[{entry.name}]({link})<br>{picture}", f"$`{slope}`$", *sides, WORDS[language][name])
    return f"| {' | '.join(cells)} |"


def _heads(sentences: Sequence[Text]) -> str:
    """What each says before it explains itself."""
    said = [each for each in sentences if each.key.split(".")[-1] not in PASSED_OVER]
    return "<br>".join(re.split("[:：]", str(each))[0].replace("|", r"\|") for each in said)


def main() -> None:
    """Rewrite all pages in place."""
    for page in pages():
        (page.parent / "pictures").mkdir(exist_ok=True)
        text = page.read_text(encoding="utf-8")
        text = rewritten(text, page.parent, "--measured" in sys.argv)
        page.write_text(text, encoding="utf-8")
        cells = notebook(text, page.parent.name)
        page.with_suffix(".ipynb").write_text(cells, encoding="utf-8")
        print(page.relative_to(GUIDE))


if __name__ == "__main__":
    main()
