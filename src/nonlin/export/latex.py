"""LaTeX: the formula and its derivative, for a document with amsmath."""

from __future__ import annotations

from nonlin.emit.latex import latex
from nonlin.export.exported import Exported
from nonlin.export.header import Error

ERRORS: tuple[Error, ...] = ()
_HEADS = {
    "f": "f(x)",
    "slope": "f'(x)",
    "row": "f(x)_i",
    "pair": "f(x, v)",
    "by_x": r"\frac{\partial f}{\partial x}",
    "by_value": r"\frac{\partial f}{\partial v}",
}


def write(exported: Exported) -> str:
    """An `aligned` block; of a function of rows, the formula alone."""
    rows = [f"  {_HEADS[key]} &= {latex(root)}" for key, root in exported.formulas().items()]
    body = " \\\\\n".join(rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"
