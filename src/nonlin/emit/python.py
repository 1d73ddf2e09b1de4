"""A graph as stand-alone Python source that needs nothing but the `math` module."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from nonlin.expr import floats
from nonlin.expr.decompositions import DECOMPOSITIONS, decomposed
from nonlin.expr.infix import Piece, inside, piece
from nonlin.expr.interval import Interval
from nonlin.expr.nodes import COMPARISONS, Call, Expr, arguments_of, symbol
from nonlin.expr.primitives import TABLE, bounds_of
from nonlin.expr.stable import MACHINE
from nonlin.expr.walk import postorder

_ATOM = 5
_HELPER_CALL = re.compile(r"(?<![.\w])_(\w+)\(")
_PLAIN_CALL = re.compile(r"(?<![.\w])(\w+)\(")


# functions that the source brings along
HELPERS: Mapping[str, Callable[..., float]] = {
    name: getattr(floats, name)
    for name in (
        *("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "sign", "maximum", "minimum"),
        *("power", "quotient", *MACHINE),
    )
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
    "erfc": "math.erfc({})",
    "hypot": "math.hypot({}, {})",
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
    bounds: dict[Expr, Interval] = {}
    written: dict[Expr, Piece] = {}
    lines = []
    for node in order:
        bounds[node] = bounds_of(node, [bounds[argument] for argument in arguments_of(node)])
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
    texts = [inside(argument, 0) for argument in arguments]
    if node.primitive in SPELLINGS:
        return SPELLINGS[node.primitive].format(*texts), _ATOM
    return f"_{node.primitive}({', '.join(texts)})", _ATOM


def _helpers(body: str) -> Iterator[str]:
    """Source of each helper that is called, those it calls itself first."""
    needed: dict[str, str] = {}

    def collect(code: str) -> None:
        for called in _HELPER_CALL.findall(code):
            if called in (*HELPERS, *DECOMPOSITIONS) and called not in needed:
                own = _copied(called) if called in HELPERS else _put_together(called)
                collect(own.split("\n", 2)[2])  # neither the function itself nor its description
                needed[called] = own

    collect(body)
    return iter(needed.values())


def _copied(name: str) -> str:
    header, description, *rest = inspect.getsource(HELPERS[name]).splitlines()
    header, code = (_PLAIN_CALL.sub(_private, each) for each in (header, "\n".join(rest)))
    return "\n".join((header, description, code))


def _put_together(name: str) -> str:
    """A primitive that Python lacks, from the table of decompositions."""
    ways, arity = DECOMPOSITIONS[name], TABLE[name].arity
    names = ["a", "b"][:arity]
    root = decomposed(name, [symbol(each) for each in names], "library", "double")
    assert root is not None  # noqa: S101 - for the type checker
    lines, result = _body(root, set(names))
    heads = ", ".join(f"{each}: float" for each in names)
    lines = [f'"""{(ways.library or ways.plain).__doc__}"""', *lines, f"return {result}"]
    return f"def _{name}({heads}) -> float:\n" + "\n".join(f"    {line}" for line in lines)


def _private(match: re.Match[str]) -> str:
    """A leading underscore, so that `def sigmoid(x)` may call the helper for sigmoid."""
    name = match[1]
    return f"_{name}(" if name in HELPERS else match[0]
