"""A formula as LaTeX, the way a textbook prints it: see `emit.textbook`."""

from __future__ import annotations

import re

from nonlin.emit.layout import TIMES, Layout, printed
from nonlin.emit.textbook import GREEK, textbook
from nonlin.expr.nodes import Expr

_FRAMES = {
    "number": "{}",
    "words": r"\text{{{}}}",
    "quotient": r"\frac{{{}}}{{{}}}",
    "root": r"\sqrt{{{}}}",
    "subscript": "{}_{{{}}}",
    "limits": "{}_{{{}}} ",
}
_OPERATORS = {
    TIMES: r" \, ", ",": r",\; ", "−": " - ", "·": r" \cdot ", "≤": r" \le ", "≥": r" \ge ",
}  # fmt: skip
_SIGNS = {TIMES: " ", ",": ", ", "−": "-", "∑": r"\sum"}
_LETTERS = {sign: "\\" + name for name, sign in GREEK.items()} | {"π": r"\pi"}
_FUNCTIONS = {
    name: "\\" + name for name in ("ln", "sin", "cos", "arctan", "tanh", "max", "min")
} | {"σ": r"\sigma", "Φ": r"\Phi", "φ": r"\varphi", "argmax": r"\arg\max"}
_TALL = (r"\frac", r"\begin", r"\sum", r"\sqrt", "^{")
_SIMPLE_FRACTION = re.compile(r"\\frac\{([\w\\. ^]+)\}\{([\w\\.]+)\}")


def latex(root: Expr) -> str:
    """The formula in LaTeX math mode; branches become one `cases` environment."""
    return printed(textbook(root), _written)


def _written(piece: Layout, parts: list[str]) -> str:
    text = piece.text
    match piece.kind:
        case "operator":
            return _OPERATORS.get(text, f" {text} ")
        case "sign":
            return _SIGNS.get(text, text)
        case "function":
            return _FUNCTIONS.get(text, rf"\operatorname{{{text}}}")
        case "name":
            long = rf"\mathrm{{{text}}}".replace("_", r"\_")
            return _LETTERS.get(text, text) if len(text) == 1 else long
        case "superscript":
            above = _SIMPLE_FRACTION.sub(r"\1 / \2", parts[1])
            return f"{parts[0]}^{{{above}}}"
        case "cases":
            rows = " \\\\ ".join(map("{}, & {}".format, parts[::2], parts[1::2]))
            return rf"\begin{{cases}} {rows} \end{{cases}}"
    if text and parts:  # brackets
        large = piece.kind != "brackets" or any(sign in parts[0] for sign in _TALL)
        return (r"\left{}{}\right{}" if large else "{}{}{}").format(text[0], parts[0], text[1])
    return _FRAMES.get(piece.kind, "{}" * len(parts)).format(*parts or [text])
