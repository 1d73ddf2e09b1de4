"""An audit as a page: what came out, the worst errors of every function, faults with lines."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from nonlin._text import in_a_row, listed, say
from nonlin.audit.results import Audit, Audited
from nonlin.audit.told import columns, head, remarks, sentence, short, worst
from nonlin.kernels.target import host
from nonlin.report.page.write import filled

WHOLE = "e-", "e-\u2060"  # browsers break lines after the hyphen of 1.5e-08: not before this


def title(found: Audit) -> str:
    """What the page is about."""
    return say("audit.title", libraries=listed(each.library for each in found.libraries))


def audit_html(found: Audit) -> str:
    """The page, in the language in use."""
    import nonlin

    values = {
        "title": title(found),
        "verdict": [str(each) for each in found.sentences],
        "facts": list(_facts(found)),
        "libraries": [_library(each) for each in found.libraries],
        "versions": f"nonlin {nonlin.__version__}, Python {platform.python_version()}",
        "words": {key: say(f"audit.{key}") for key in ("worst", "worst_text", "faults", "show")},
    }
    return filled("audit.html.j2", values)


def _facts(found: Audit) -> Iterator[tuple[str, str]]:
    yield say("audit.machine"), f"{platform.system()} {platform.machine()} ({host().cpu})"
    yield say("audit.date"), time.strftime("%Y-%m-%d")
    yield say("audit.seconds"), f"{found.seconds:.0f} s"


def _library(library: Audited) -> dict[str, Any]:
    """Its table, its faults by function, and what else is to be said."""
    by_function = groupby(library.findings, key=lambda finding: finding.name)
    return {
        "name": library.library,
        "title": f"{library.library} {library.version}",
        "remarks": [str(each) for each in remarks(library)],
        "head": [say("cli.audit.function"), *map(head, columns(library))],
        "rows": list(_rows(library)),
        "faults": [
            (name, [(in_a_row(sentence(each)).replace(*WHOLE), each.lines) for each in found])
            for name, found in by_function
        ],
    }


def _rows(library: Audited) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Name, and a cell for each column: its text, and is there a fault?"""
    rows = {(row.name, row.format, row.order): row for row in library.rows}
    for name in library.functions:
        cells = [rows.get((name, *each)) for each in columns(library)]
        yield short(name), [(worst(row), bool(row and row.findings)) for row in cells]
