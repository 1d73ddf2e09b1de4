"""What to do with a result: predict new rows, take the network to another library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nonlin._text import say

FOLDER = "model"


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence, and the lines to copy."""

    text: str
    lines: str


def next_steps(command: str | None) -> Iterator[Step]:
    """command: what was typed to get the result; without one it came from Python."""
    if command is None:
        yield Step(say("page.next.python_save"), f'result.save("{FOLDER}")')
    else:
        again = f"{command} --resume --save {FOLDER}"
        yield Step(say("page.next.save"), again)
        yield Step(say("page.next.predict"), f"nonlin predict {FOLDER} new.csv -o predicted.csv")
    python = f'import nonlin as nl\n\nmodel = nl.load("{FOLDER}")\nmodel.predict(new_rows)'
    yield Step(say("page.next.python"), python)
    shell = f"nonlin code {FOLDER} --to torch -o network.py"
    yield Step(say("page.next.code"), shell if command else 'print(model.code("torch"))')
