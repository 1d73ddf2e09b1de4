"""A formula as presentation MathML, the way a textbook prints it: see `emit.textbook`."""

from __future__ import annotations

from html import escape

from nonlin.emit.layout import TIMES, Layout, printed
from nonlin.emit.textbook import textbook
from nonlin.expr.nodes import Expr

_FRAMES = {
    "name": "<mi>{}</mi>",
    "function": "<mi>{}</mi>",
    "number": "<mn>{}</mn>",
    "words": "<mtext>{}</mtext>",
    "operator": "<mo>{}</mo>",
    "sign": "<mo>{}</mo>",
    "group": "<mrow>{}</mrow>",
    "applied": "{}<mo>&#x2061;</mo>{}",
    "quotient": "<mfrac>{}{}</mfrac>",
    "root": "<msqrt>{}</msqrt>",
    "superscript": "<msup>{}{}</msup>",
    "subscript": "<msub>{}{}</msub>",
    "limits": "<munder>{}{}</munder>",
}
_CASE = (
    '<mtr><mtd style="text-align: left">{}<mo>,</mo></mtd>'
    '<mtd style="text-align: left">{}</mtd></mtr>'
)


def mathml(root: Expr) -> str:
    """The formula as the content of a `math` element."""
    return printed(textbook(root), _written)


def _written(piece: Layout, parts: list[str]) -> str:
    text = piece.text
    if piece.kind == "cases":
        rows = "".join(map(_CASE.format, parts[::2], parts[1::2]))
        return f'<mrow><mo form="prefix" stretchy="true">{{</mo><mtable>{rows}</mtable></mrow>'
    if text == TIMES:
        return "<mo>&#x2062;</mo>" + "<mspace width='0.17em'/>" * (piece.kind == "operator")
    if text and parts:  # brackets
        return f"<mrow><mo>{text[0]}</mo>{parts[0]}<mo>{text[1]}</mo></mrow>"
    if piece.kind == "number":
        text = text.replace("-", "−")
    return _FRAMES.get(piece.kind, "{}" * len(parts)).format(*parts or [escape(text)])
