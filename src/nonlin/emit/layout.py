"""The layout of a printed formula, a small tree: `emit.latex` and `emit.mathml` write it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

CASES, SUM, SIGN, PRODUCT, POWER, ATOM = range(6)  # how tightly the outermost operator binds
TIMES = "\u2062"  # an operator that is not seen

Kind: TypeAlias = Literal[
    "name",  # of a variable or a constant, in `text`, as all that has no parts
    "function",
    "number",
    "words",  # of the language in use
    "operator",  # with space around it
    "sign",  # without
    "row",  # parts side by side
    "group",  # one part that is all of a place, such as an exponent
    "applied",  # a function, its arguments in brackets
    "quotient",  # above, below
    "root",
    "superscript",  # a part, a small one on its upper right
    "subscript",
    "limits",  # a large operator, what it runs over
    "brackets",  # around one part; left and right in `text`
    "large brackets",  # whatever the height of the part
    "cases",  # a value, where it holds, ...: a row holds where none before it does
]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A piece of the tree."""

    kind: Kind
    parts: tuple[Layout, ...] = ()
    binding: int = ATOM
    text: str = ""


def leaf(kind: Kind, text: str) -> Layout:
    """A piece without parts."""
    return Layout(kind, text=text)


def row(*parts: Layout | str, binding: int = ATOM) -> Layout:
    """Pieces side by side; a text is an operator."""
    pieces = (leaf("operator", part) if isinstance(part, str) else part for part in parts)
    return Layout("row", tuple(pieces), binding)


def fenced(piece: Layout, signs: str = "()", large: bool = False) -> Layout:
    """The piece in brackets; large: whatever its height."""
    return Layout("large brackets" if large else "brackets", (piece,), text=signs)


def inside(piece: Layout, least: int) -> Layout:
    """The piece, in brackets if it binds less tightly than its place asks for."""
    return piece if piece.binding >= least else fenced(piece)


def printed(root: Layout, write: Callable[[Layout, list[str]], str]) -> str:
    """`write(piece, its printed parts)` from the leaves up, however deep the tree is."""
    texts: dict[Layout, str] = {}
    waiting = [root]
    while waiting:
        piece = waiting[-1]
        if missing := [part for part in piece.parts if part not in texts]:
            waiting += missing
        else:
            texts[waiting.pop()] = write(piece, [texts[part] for part in piece.parts])
    return texts[root]
