"""LaTeX: the formula and its derivative, for a document with amsmath."""

from __future__ import annotations

from nonlin.emit.latex import latex
from nonlin.export.header import Error
from nonlin.export.subject import Subject

ERRORS: tuple[Error, ...] = ()


def write(subject: Subject) -> str:
    """An `aligned` block; of a function of rows, the formula alone."""
    rows = [f"f(x) &= {latex(subject.activation.formula)}"]
    if subject.activation.rowwise:
        rows = [f"f(x)_i &= {latex(subject.activation.formula)}"]
    else:
        rows.append(f"f'(x) &= {subject.activation.derivative_latex}")
    body = " \\\\\n".join(f"  {row}" for row in rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"
