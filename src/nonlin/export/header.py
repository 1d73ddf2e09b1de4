"""What stands at the head of every exported file: what it is, from where, how far off."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from nonlin import __version__
from nonlin._text import say
from nonlin.emit.textbook import spelt_out
from nonlin.export.exported import Exported
from nonlin.expr.derivative import derivative
from nonlin.expr.infix import infix


@dataclass(frozen=True, slots=True)
class Error:
    """How far a target is off at most, in units of the machine epsilon.

    `beside_one` counts against max(1, |f|) and max(1, |f'|), `relative` against |f| alone, down
    to `least`. tests/export holds every entry of the catalogue to it.
    """

    kind: str  # float32 or float64
    beside_one: float
    relative: float
    least: float


def header(exported: Exported, target: str, errors: tuple[Error, ...]) -> list[str]:
    """The lines, without the signs of a comment."""
    activation = exported.activation
    lines = [f"{activation.title}: f(x) = {infix(spelt_out(activation.formula))}"]
    if target == "PyTorch":
        lines.append(say("export.use", name=exported.name, layer=exported.class_name))
    for name, value in activation.values.items():
        key = "export.learned" if name in exported.learned else "export.parameter"
        lines.append(say(key, name=name, value=f"{value:g}"))
    if activation.surrogate is not None:
        key = "export.surrogate" if errors else "export.surrogate_instead"  # numbers, or formulas
        lines.append(say(key, slope=infix(derivative(activation.surrogate))))
    if activation.source:
        lines.append(say("export.source", source=activation.source, year=activation.year))
    lines.append(say("export.made", version=__version__, target=target))
    return [*map(one_line, lines), *_accuracy(activation.year is not None, errors)]


def _accuracy(checked: bool, errors: tuple[Error, ...]) -> list[str]:
    lines = []
    for error in errors:
        lines.append(
            say(
                "export.error",
                kind=error.kind,
                beside_one=f"{error.beside_one:g}",
                relative=f"{error.relative:g}",
                least=f"{error.least:g}",
            )
        )
    if errors:
        lines.append(say("export.checked" if checked else "export.unchecked"))
    return lines


def one_line(text: str) -> str:
    """Nothing in a name may end the comment that it stands in."""
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return shown.replace("*/", "* /").replace("-->", "-- >")


def comment(lines: list[str], sign: str) -> str:
    """The lines behind a comment sign."""
    return "".join(f"{sign} {line}\n" for line in lines)
