"""Lines of a terminal: Chinese may break between any two characters, other words at blanks.

What no line may begin or end with is what Chinese typesetting says (GB/T 15834). A column of the
terminal is a cell; a Chinese character takes two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NOT_FIRST = frozenset("，。、；：？！）》」』】〕］”’…%‰℃°·,.;:?!)]}")
NOT_LAST = frozenset("（《「『【〔［“‘([{")
WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…"  # each a part of its own
COMMAND = (  # nonlin init sigmoid --depth 30: as it is to be copied; names end with a mark
    r"\(?nonlin [a-z]+\b(?: [\w.]+(?= --|[.,;:)，。；：）]|$))?(?: --[a-z-]+(?: [\w.]*\w)?)*"
    r"|\(?--[a-z-]+ [\w.]*\w(?=[.,;:)，。；：）])"
)
PARTS = re.compile(  # [default: 3] stays whole, a short number stays beside what it counts
    rf"{COMMAND}|［[^］]*］|(?<![^\s{WIDE}])\d{{1,3}} (?=[{WIDE}])| +|[^ {WIDE}]+|.", re.DOTALL
)


def cells(text: str) -> int:
    """Columns of a terminal that a text takes; characters of ambiguous width take one."""
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def padded(text: str, width: int) -> str:
    """A text with blanks behind it, up to `width` cells."""
    return text + " " * (width - cells(text))


def wrapped(text: str, width: int) -> list[str]:
    """The lines of one paragraph, each of at most `width` cells."""
    lines, line = [], ""
    for part in _parts(text, width):
        if line.strip() and cells(line + part.rstrip()) > width:
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*lines, line.rstrip()]


def _parts(text: str, width: int) -> Iterator[str]:
    """The smallest parts that a line may end behind; words wider than a line are cut."""
    before = ""
    for part in _fitting(text, width):
        if before and not part.isspace() and (part[0] in NOT_FIRST or before[-1] in NOT_LAST):
            before += part
            continue
        yield from _cut(before, width)
        before = part
    yield from _cut(before, width)


def _fitting(text: str, width: int) -> Iterator[str]:
    """The parts; those of a command that is wider than a line."""
    for part in PARTS.findall(text):
        if re.match(r"\(?(nonlin|--)", part) and cells(part) > width:
            yield from re.findall(" +|[^ ]+", part)
        else:
            yield part


def _cut(part: str, width: int) -> Iterator[str]:
    while cells(part) > width:
        end = max(1, next(end for end in range(len(part)) if cells(part[: end + 1]) > width))
        yield part[:end]
        part = part[end:]
    yield part


@dataclass(frozen=True, slots=True)
class Prose:
    """One paragraph for a console of rich, which itself breaks Chinese lines at blanks only."""

    text: str
    style: str = ""

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        for line in wrapped(self.text, options.max_width):
            shown = console.render_str(line, style=self.style, markup=False, highlight=False)
            shown.no_wrap = True
            yield shown
