"""MathML: the formula and its derivative, for a web page."""

from __future__ import annotations

from nonlin.emit.mathml import mathml
from nonlin.export.exported import Exported
from nonlin.export.header import Error

ERRORS: tuple[Error, ...] = ()
_FRAME = """\
<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">
<mtable displaystyle="true">
{rows}</mtable>
</math>
"""
_ROW = """\
  <mtr>
    <mtd>{left}<mo>=</mo></mtd>
    <mtd style="text-align: left">{right}</mtd>
  </mtr>
"""
_X = "<mo>(</mo><mi>x</mi><mo>)</mo>"
_BY = "<mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo><mi>{0}</mi></mrow></mfrac>"
_HEADS = {
    "f": f"<mi>f</mi>{_X}",
    "slope": f"<msup><mi>f</mi><mo>′</mo></msup>{_X}",
    "row": f"<mi>f</mi><msub><mrow>{_X}</mrow><mi>i</mi></msub>",
    "pair": "<mi>f</mi><mo>(</mo><mi>x</mi><mo>,</mo><mi>v</mi><mo>)</mo>",
    "by_x": _BY.format("x"),
    "by_value": _BY.format("v"),
}


def write(exported: Exported) -> str:
    """A `math` element in display style; of a function of rows, the formula alone."""
    rows = (
        _ROW.format(left=_HEADS[key], right=mathml(root))
        for key, root in exported.formulas().items()
    )
    return _FRAME.format(rows="".join(rows))
