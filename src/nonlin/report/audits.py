"""An audit as a file: a page, Markdown, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from nonlin._text import in_a_row, say
from nonlin.audit.results import Audit, Audited
from nonlin.audit.told import columns, head, plain, remarks, sentence, short, worst
from nonlin.report.page.audit import audit_html, title
from nonlin.report.page.write import checked as checked_page
from nonlin.report.page.write import saved

ENDINGS = (".html", ".htm", ".md", ".json")


def checked(path: str | PathLike[str]) -> Path:
    """A path that an audit can be written to. Raises InputError if it cannot."""
    return checked_page(path, ENDINGS)


def write(found: Audit, path: str | PathLike[str]) -> Path:
    """Write it in the format that the ending says. Raises InputError if that cannot be."""
    target = checked(path)
    ending = target.suffix.lower()
    if ending == ".json":
        return saved(json.dumps(plain(found), ensure_ascii=False, indent=1) + "\n", target)
    return saved(markdown(found) if ending == ".md" else audit_html(found), target)


def markdown(found: Audit) -> str:
    """In the language in use."""
    lines = [f"# {title(found)}", *map(str, found.sentences)]
    for library in found.libraries:
        lines += _library(library)
    return "\n\n".join(lines) + "\n"


def _library(library: Audited) -> Iterator[str]:
    yield f"## {library.library} {library.version}"
    yield from map(str, remarks(library))
    yield say("audit.worst_text")
    yield _table(library)
    for finding in library.findings:
        yield f"- {in_a_row(sentence(finding))}"
        yield "  ```python\n" + "\n".join(f"  {n}" for n in finding.lines.splitlines()) + "\n  ```"


def _table(library: Audited) -> str:
    known, rows = columns(library), {(r.name, r.format, r.order): r for r in library.rows}
    heads = [say("cli.audit.function"), *map(head, known)]
    lines = [heads, ["---"] * len(heads)]
    for name in library.functions:
        cells = (rows.get((name, *each)) for each in known)
        shown = (f"**{worst(row)}**" if row and row.findings else worst(row) for row in cells)
        lines.append([short(name), *shown])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
