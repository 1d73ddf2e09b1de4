"""A page of the guide as a Jupyter notebook, without outputs.

Called by build_guide.py, which writes it beside the page. Text becomes Markdown, a session of
Python its lines, a console the commands behind "!". A picture is shown by the cell that draws it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

BLOCK = re.compile(
    r"(?P<measured><!-- measured -->\n)?```(?P<kind>console|python)\n(?P<body>.*?)^```$",
    re.M | re.S,
)
DRAWN = re.compile(r"pictures/\w+\.svg")
IMAGE = re.compile(r"^!\[[^\]]*\]\(pictures/\w+\.svg\)\n?", re.M)
MATHS = re.compile(r"^```math\n(.*?)\n```$", re.M | re.S)
START = """\
import os

os.environ["NONLIN_LANG"] = "{language}"
os.makedirs("pictures", exist_ok=True)
from IPython.display import SVG, display
"""


def notebook(text: str, language: str) -> str:
    """The JSON of a notebook (nbformat 4.5)."""
    cells = [_cell("code", START.format(language=language)), *_cells(text)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cells(text: str) -> Iterator[dict[str, Any]]:
    end = 0
    for block in BLOCK.finditer(text):
        yield from _words(text[end : block.start()])
        end = block.end()
        lines = _python if block["kind"] == "python" else _console
        tags = {"tags": ["measured"]} if block["measured"] else {}
        yield _cell("code", _showing("\n".join(lines(block["body"]))), tags)
    yield from _words(text[end:])


def _words(text: str) -> Iterator[dict[str, Any]]:
    """Markdown; formulas as notebooks know them."""
    text = MATHS.sub(lambda found: f"$$\n{found[1]}\n$$", IMAGE.sub("", text))
    text = text.replace("$`", "$").replace("`$", "$")
    if text.strip():
        yield _cell("markdown", text.strip("\n"))


def _python(body: str) -> Iterator[str]:
    """What is typed, without what is printed."""
    for line in body.splitlines():
        if line.startswith((">>> ", "... ")):
            yield line[4:]


def _console(body: str) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith("$ "):
            yield f"!{line[2:]}"


def _showing(source: str) -> str:
    shown = [f'display(SVG("{name}"))' for name in dict.fromkeys(DRAWN.findall(source))]
    return "\n".join([source, *shown])


def _cell(kind: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    own = {"execution_count": None, "outputs": []} if kind == "code" else {}
    lines = source.rstrip("\n").splitlines(keepends=True)
    return {"cell_type": kind, "id": "", "metadata": metadata or {}, **own, "source": lines}
