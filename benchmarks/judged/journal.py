"""What was said of the half "kept", one line for each program, written as soon as it is known.

A run that was interrupted goes on with what is missing, so that the diagnosis runs on each once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from faulty import Program

from judged.judged import Said

JOURNAL = Path(__file__).with_name("kept.jsonl")
FIELDS = ("causes", "error", "twin", "seconds", "words")


def known(programs: Sequence[Program], path: Path = JOURNAL) -> dict[str, Said]:
    """By name."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    by_name = {each.name: each for each in programs}
    found = {}
    for line in map(json.loads, lines):
        values = {key: line[key] for key in FIELDS} | {"causes": tuple(line["causes"])}
        if line["name"] in by_name:
            found[line["name"]] = Said(by_name[line["name"]], **values)
    return found


def note(said: Said, path: Path = JOURNAL) -> None:
    """Add a line."""
    line = {"name": said.program.name} | {key: getattr(said, key) for key in FIELDS}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
