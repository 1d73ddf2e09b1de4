"""An audit in words and in plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from nonlin._text import Text, listed, percent, power, text
from nonlin.audit.examine import Row
from nonlin.audit.finding import Ends, Finding
from nonlin.audit.results import Audit, Audited

SHARE = 0.005  # an error that is told in per cent


def short(name: str) -> str:
    """A dotted name without where it lives."""
    path, bracket, options = name.partition("(")
    return path.rpartition(".")[2] + bracket + options


def number(value: float, digits: int = 6) -> str:
    """A number for people, NaN and infinities as Python writes them."""
    return f"{value:.{digits}g}"


def remarks(library: Audited) -> Iterator[Text]:
    """What else is to be said of a library: what is sound, what was left out, and why."""
    if library.sound:
        yield text("audit.no_faults", names=_listed(library.sound))
    flushed = dict.fromkeys(row.name for row in library.rows if row.flushed)
    if flushed:
        yield text("audit.flushed", names=_listed(flushed))
    alike: dict[tuple[str, str], list[str]] = {}
    for each in library.left_out:
        alike.setdefault((each.format, each.reason), []).append(each.name)
    for (kind, reason), names in alike.items():
        yield text("audit.left_out", names=_listed(names), format=kind, reason=reason)


def _listed(names: Iterable[str]) -> Any:
    return listed(map(short, names))


def sentence(finding: Finding) -> list[Text]:
    """A fault; what nonlin gives; where else it is so."""
    values = {
        "what": what(finding),
        "x": number(finding.x),
        "got": number(finding.got),
        "truth": number(finding.truth),
        "off": off(finding),
        "where": text("audit.of_inputs", count=f"{finding.count:,}", where=where(finding)),
    }
    found = [text(f"audit.{finding.kind}", **values)]
    if not math.isnan(finding.ours):
        found.append(text("audit.ours", ours=number(finding.ours)))
    if finding.also:
        found.append(text("audit.also", formats=listed(finding.also)))
    return found


def what(finding: Finding) -> Text:
    """The function or its derivative, and the format."""
    key = "slope" if finding.order else "what"
    return text(f"audit.{key}", name=short(finding.name), format=finding.format)


def off(finding: Finding) -> Text | str:
    """How far, in per cent where that says something; a dash where there is no number."""
    if math.isinf(finding.ulp):
        return "–"
    share, ulp = finding.share, ulps(finding.ulp, 3)
    if share < SHARE:
        return text("audit.off_ulp", ulp=ulp)
    return text("audit.off_share", share=percent(share, ".3g"), ulp=ulp)


def ulps(error: float, digits: int = 2) -> str:
    """Of an error."""
    if math.isinf(error):
        return "∞"
    return (
        f"{error:.{digits}g}" if error < 100 else f"{error:.0f}" if error < 1e5 else power(error, 2)
    )


def where(finding: Finding) -> str:
    """From which x to which, for each sign, as an interval."""
    return " ∪ ".join(map(_interval, finding.where)) or number(finding.x)


def _interval(ends: Ends) -> str:
    low, high = (number(end, 4) for end in ends)
    return low if low == high else f"[{low}, {high}]"


def columns(library: Audited) -> list[tuple[str, int]]:
    """Format and order of every kind of row that is there."""
    return list(dict.fromkeys((row.format, row.order) for row in library.rows))


def head(column: tuple[str, int]) -> str:
    """Of a column of a table."""
    kind, order = column
    return f"{kind} f" + "'" * order


def worst(row: Row | None) -> str:
    """The worst errors of a row, theirs and ours, for a cell."""
    if row is None:
        return "–"
    ours = "–" if row.ours is None else ulps(row.ours)
    return f"{ulps(row.worst)} / {ours}"


def plain(found: Audit) -> dict[str, Any]:
    """For JSON: numbers that are none are text, sentences are in the language in use."""
    return {
        "summary": list(map(str, found.sentences)),
        "allowed": found.allowed,
        "exhaustive": found.exhaustive,
        "interrupted": found.interrupted,
        "seconds": found.seconds,
        "libraries": [
            {
                "library": each.library,
                "version": each.version,
                "findings": [_plain(asdict(finding)) for finding in each.findings],
                "rows": [_plain(asdict(row)) for row in each.rows],
                "left_out": [asdict(one) for one in each.left_out],
            }
            for each in found.libraries
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != "findings"}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
