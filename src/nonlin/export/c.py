"""C99: a header file of functions of one number, in double and in single precision."""

from __future__ import annotations

from collections.abc import Sequence

from nonlin.emit.lets import Dialect, statements
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.expr.nodes import Expr
from nonlin.expr.walk import symbols

_FUNCTIONS = {
    "absolute": "fabs",
    "sqrt": "sqrt",
    "exp": "exp",
    "expm1": "expm1",
    "log": "log",
    "log1p": "log1p",
    "sin": "sin",
    "cos": "cos",
    "arctan": "atan",
    "tanh": "tanh",
    "erf": "erf",
}
_DAMP = """\
#ifndef NONLIN_DAMP{suffix}
#define NONLIN_DAMP{suffix}
/* a * b, where an a that has vanished beats an infinite b */
static inline {kind} nonlin_damp{suffix}({kind} a, {kind} b)
{{
    return fabs{suffix}(a) > 0 ? a * b : copysign{suffix}(a, b);
}}
#endif
"""


def _dialect(kind: str, suffix: str) -> Dialect:
    calls = {name: f"{function}{suffix}({{0}})" for name, function in _FUNCTIONS.items()}
    half, root = f"0.5{suffix}", f"0.7071067811865476{suffix}"
    return Dialect(
        {
            **calls,
            "damp": f"nonlin_damp{suffix}({{0}}, {{1}})",
            "where": "({0} ? {1} : {2})",
            "fill": "{1}",
            "guard": "(isnan({1}) ? {1} : {0})",
            "power": f"pow{suffix}({{0}}, {{1}})",
            "normal_cdf": f"({half} * erfc{suffix}(-{root} * ({{0}})))",
        },
        let=f"const {kind} {{name}} = {{formula}};",
        let_condition="const int {name} = {formula};",
        number=f"{{0!r}}{suffix}",
        helpers={f"nonlin_damp{suffix}": _DAMP.format(kind=kind, suffix=suffix)},
    )


DIALECT = _dialect("double", "")
SINGLE = _dialect("float", "f")
_TYPES = {"double": ("", DIALECT), "float": ("f", SINGLE)}
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 8, 2000, 1e-300))


def write(exported: Exported) -> str:
    """Four functions: f and its derivative, in double and in single precision (f at the end)."""
    guard = f"NONLIN_{exported.name.upper()}_H"
    heads = {kind: ", ".join(f"{kind} {name}" for name in exported.inputs) for kind in _TYPES}
    parts = [
        _function(f"{kind} nonlin_{name}{suffix}({heads[kind]})", graph, dialect, exported.inputs)
        for kind, (suffix, dialect) in _TYPES.items()
        for name, graph in exported.functions(()).items()
    ]
    body = SINGLE.helped(DIALECT.helped("\n".join(parts)))
    return f"#ifndef {guard}\n#define {guard}\n\n#include <math.h>\n\n{body}\n#endif\n"


def _function(head: str, graph: Expr, dialect: Dialect, inputs: Sequence[str]) -> str:
    lines, (result,) = statements([graph], dialect)
    unused = [f"(void){name};" for name in inputs if name not in symbols([graph])]
    body = "".join(f"    {line}\n" for line in [*unused, *lines, f"return {result};"])
    return f"static inline {head}\n{{\n{body}}}\n"
