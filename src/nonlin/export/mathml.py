"""MathML: the formula and its derivative, for a web page."""

from __future__ import annotations

from nonlin.emit.mathml import mathml
from nonlin.export.header import Error
from nonlin.export.subject import Subject
from nonlin.expr.derivative import derivative
from nonlin.expr.recognise import recognise

ERRORS: tuple[Error, ...] = ()
_ROW = """\
  <mtr>
    <mtd>{left}<mo>=</mo></mtd>
    <mtd style="text-align: left">{right}</mtd>
  </mtr>
"""
_X = "<mo>(</mo><mi>x</mi><mo>)</mo>"


def write(subject: Subject) -> str:
    """A `math` element in display style; of a function of rows, the formula alone."""
    formula = subject.activation.formula
    rows = {f"<mi>f</mi>{_X}": formula}
    if subject.activation.rowwise:
        rows = {f"<mi>f</mi><msub><mrow>{_X}</mrow><mi>i</mi></msub>": formula}
    else:
        rows[f"<msup><mi>f</mi><mo>′</mo></msup>{_X}"] = derivative(recognise(formula))
    body = "".join(_ROW.format(left=left, right=mathml(root)) for left, root in rows.items())
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">\n'
        f'<mtable displaystyle="true">\n{body}</mtable>\n</math>\n'
    )
