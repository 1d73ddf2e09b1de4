"""A graph as stand-alone Python source that needs nothing but the `math` module."""

from __future__ import annotations

import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from nonlin.expr import floats
from nonlin.expr.floats import as_float
from nonlin.expr.interval import REALS, Interval
from nonlin.expr.nodes import COMPARISONS, Call, Constant, Expr, arguments_of
from nonlin.expr.primitives import TABLE
from nonlin.expr.rows import REDUCTIONS, RESHAPES
from nonlin.expr.stable import MACHINE
from nonlin.expr.text import Piece, inside, piece
from nonlin.expr.walk import postorder

EXCLUDED = (*REDUCTIONS, *RESHAPES)  # a function of one number has no row
_ATOM = 5
_PLAIN_CALL = re.compile(r"(?<![.\w])(\w+)\(")


def sin(a: float) -> float:
    """Sine; NaN at infinity, where it has no limit."""
    return math.sin(a) if math.isfinite(a) else math.nan


def cos(a: float) -> float:
    """Cosine; NaN at infinity, where it has no limit."""
    return math.cos(a) if math.isfinite(a) else math.nan


def sign(a: float) -> float:
    """-1, 0 or 1"""
    return math.copysign(1.0, a) if a > 0 or a < 0 else a


def _floats(*names: str) -> dict[str, Callable[..., float]]:
    return {name: getattr(floats, name) for name in names}


HELPERS: Mapping[str, Callable[..., float]] = {
    **_floats("exp", "expm1", "log", "log1p", "sqrt", "sigmoid", "logistic_density", "softplus"),
    **_floats("sech_squared", "normal_cdf", "normal_pdf", "softsign", "squareplus", "tanhshrink"),
    **_floats(
        "algebraic_sigmoid", "inverse_root", "isru", "maximum", "minimum", "power", "quotient"
    ),
    **_floats(*MACHINE),
    "sin": sin,
    "cos": cos,
    "sign": sign,
}
SPELLINGS: Mapping[str, str] = {
    "pi": "math.pi",
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "negate": "-{}",
    "greater": "{} > {}",
    "less": "{} < {}",
    "greater_equal": "{} >= {}",
    "less_equal": "{} <= {}",
    "where": "({1} if {0} else {2})",
    "absolute": "abs({})",
    "arctan": "math.atan({})",
    "tanh": "math.tanh({})",
    "erf": "math.erf({})",
    **{
        name: f"_{name}({', '.join(['{}'] * TABLE[name].arity)})"
        for name in HELPERS
        if name in TABLE
    },
    **{name: f"_{name}({{}}, {{}})" for name in MACHINE},
}
_OPERATORS = ("add", "subtract", "multiply", "negate", *COMPARISONS)


def to_python(root: Expr, name: str, names: Mapping[str, float]) -> str:
    """Source of `def name(x, parameter=default, ...)`, with the helper functions it calls.

    Whatever occurs more than once is computed once, in a local variable.
    """
    return to_module({name: root}, names)


def to_module(
    roots: Mapping[str, Expr], names: Mapping[str, float], inputs: Sequence[str] = ("x",)
) -> str:
    """Source of one such function for each of the roots, in one module."""
    heads = ", ".join(inputs)
    defaults = "".join(f", {parameter}={value!r}" for parameter, value in names.items())
    functions = []
    for name, root in roots.items():
        lines, result = _body(root, {*inputs, *names})
        body = "\n".join(f"    {line}" for line in [*lines, f"return {result}"])
        functions.append(f"def {name}({heads}{defaults}):\n{body}\n")
    code = "\n\n".join(functions)
    helpers = "".join(f"{source}\n\n\n" for source in _helpers(code))
    return f"import math\n\n\n{helpers}{code}"


def _body(root: Expr, taken: set[str]) -> tuple[list[str], str]:
    order = postorder(root)
    uses = Counter(argument for node in order for argument in arguments_of(node))
    fresh = (f"t{i}" for i in count(1) if f"t{i}" not in taken)
    bounds = _bounds(order)
    written: dict[Expr, Piece] = {}
    lines = []
    for node in order:
        formula, binding = _spell(node, written, bounds)
        if isinstance(node, Call) and node.arguments and uses[node] > 1:
            local = next(fresh)
            lines.append(f"{local} = {formula}")
            formula, binding = local, _ATOM
        written[node] = formula, binding
    return lines, written[root][0]


def _spell(node: Expr, written: Mapping[Expr, Piece], bounds: Mapping[Expr, Interval]) -> Piece:
    arguments = [written[argument] for argument in arguments_of(node)]
    if not isinstance(node, Call) or node.primitive in _OPERATORS:
        return piece(node, arguments)
    if node.primitive == "divide":
        low, high = bounds[node.arguments[1]]
        if not low <= 0 <= high:
            return piece(node, arguments)
        return f"_quotient({arguments[0][0]}, {arguments[1][0]})", _ATOM
    return SPELLINGS[node.primitive].format(*(inside(a, 0) for a in arguments)), _ATOM


def _bounds(order: list[Expr]) -> dict[Expr, Interval]:
    bounds: dict[Expr, Interval] = {}
    for node in order:
        if isinstance(node, Constant):
            bounds[node] = Interval(as_float(node.value), as_float(node.value))
        elif isinstance(node, Call) and node.primitive in TABLE:
            row = TABLE[node.primitive]
            bounds[node] = row.bounds(*(bounds[argument] for argument in node.arguments))
        else:
            bounds[node] = REALS
    return bounds


def _helpers(body: str) -> Iterator[str]:
    """Source of each helper that is called, those it calls itself first."""
    needed: dict[str, str] = {}

    def collect(code: str) -> None:
        for called in re.findall(r"(?<![.\w])_(\w+)\(", code):
            if called in HELPERS and called not in needed:  # not the function itself
                header, description, *rest = inspect.getsource(HELPERS[called]).splitlines()
                code = _PLAIN_CALL.sub(_private, "\n".join(rest))
                collect(code)
                needed[called] = "\n".join((_PLAIN_CALL.sub(_private, header), description, code))

    collect(body)
    return iter(needed.values())


def _private(match: re.Match[str]) -> str:
    """A leading underscore, so that `def sigmoid(x)` may call the helper for sigmoid."""
    name = match[1]
    return f"_{name}(" if name in HELPERS else match[0]
