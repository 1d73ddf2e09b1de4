"""JavaScript: an ES module of functions of one number."""

from __future__ import annotations

from nonlin.emit.lets import Dialect, statements
from nonlin.export.exported import Exported
from nonlin.export.header import Error

_DAMP = """\
// a * b, where an a that has vanished beats an infinite b
function damp(a, b) {
  return a === 0 ? (b < 0 ? -a : a) : a * b;
}
"""
DIALECT = Dialect(
    {
        "where": "({0} ? {1} : {2})",
        "fill": "{1}",
        "guard": "(Number.isNaN({1}) ? {1} : {0})",
        "damp": "damp({0}, {1})",
        "absolute": "Math.abs({0})",
        "sign": "Math.sign({0})",
        "maximum": "Math.max({0}, {1})",
        "minimum": "Math.min({0}, {1})",
        "power": "Math.pow({0}, {1})",
        "sqrt": "Math.sqrt({0})",
        "exp": "Math.exp({0})",
        "expm1": "Math.expm1({0})",
        "log": "Math.log({0})",
        "log1p": "Math.log1p({0})",
        "sin": "Math.sin({0})",
        "cos": "Math.cos({0})",
        "arctan": "Math.atan({0})",
        "tanh": "Math.tanh({0})",
    },
    let="const {name} = {formula};",
    let_condition="const {name} = {formula};",
    helpers={"damp": _DAMP},
)
ERRORS: tuple[Error, ...] = (Error("float64", 8, 2000, 1e-300),)


def write(exported: Exported) -> str:
    """An ES module with f and its derivative."""
    values = exported.activation.values
    heads = ", ".join(
        [*exported.inputs, *(f"{name} = {value!r}" for name, value in values.items())]
    )
    parts = []
    for name, graph in exported.functions(values).items():
        lines, (result,) = statements([graph], DIALECT, [*exported.inputs, *values])
        body = "".join(f"  {line}\n" for line in [*lines, f"return {result};"])
        parts.append(f"export function {name}({heads}) {{\n{body}}}\n")
    return DIALECT.helped("\n".join(parts))
