"""What was said of a set of programs, one line for each, written as soon as it is known.

A run that was interrupted goes on with what is missing, so that the diagnosis runs on each once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from faulty import Program

from judged.judged import Said

FIELDS = ("causes", "error", "twin", "seconds", "words")


def journal_of(name: str) -> Path:
    """Where the measurement of a set is kept."""
    return Path(__file__).with_name(f"{name}.jsonl")


def known(programs: Sequence[Program], path: Path) -> dict[str, Said]:
    """By name."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    by_name = {each.name: each for each in programs}
    read = map(json.loads, lines)
    return {line["name"]: said(line, by_name[line["name"]]) for line in read
            if line["name"] in by_name}  # fmt: skip


def note(found: Said, path: Path) -> None:
    """Add a line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(as_line(found), ensure_ascii=False) + "\n")


def as_line(found: Said) -> dict[str, Any]:
    """Plain values, which also go from one process to another."""
    return {"name": found.program.name} | {key: getattr(found, key) for key in FIELDS}


def said(line: Mapping[str, Any], program: Program) -> Said:
    """What `as_line` was of."""
    values = {key: line[key] for key in FIELDS} | {"causes": tuple(line["causes"])}
    return Said(program, **values)
