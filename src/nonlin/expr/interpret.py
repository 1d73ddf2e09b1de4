"""Run graphs on numbers of any sort, by a table of functions: floats, arrays, tensors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nonlin.expr.nodes import Call, Constant, Expr, as_float, symbol
from nonlin.expr.walk import postorder

OPERATORS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "negate": operator.neg,
    "greater": operator.gt,
    "less": operator.lt,
    "greater_equal": operator.ge,
    "less_equal": operator.le,
}


def interpreter(
    roots: Sequence[Expr], names: Sequence[str], functions: Mapping[str, Callable[..., Any]]
) -> Callable[..., list[Any]]:
    """The expressions as one function of the named symbols, which gives a list of results.

    functions: what computes each primitive; numbers in the formulas come as floats. The nodes
    are laid out once as a list of steps; a call runs down the list.
    """
    order = postorder(*roots)
    place = {node: index for index, node in enumerate(order)}
    start = [as_float(node.value) if isinstance(node, Constant) else None for node in order]
    slots = [place.get(symbol(name)) for name in names]
    ends = [place[root] for root in roots]
    steps = [
        (place[node], functions[node.primitive], [place[argument] for argument in node.arguments])
        for node in order
        if isinstance(node, Call)
    ]

    def run(*values: Any) -> list[Any]:
        results: list[Any] = start.copy()
        for slot, value in zip(slots, values, strict=True):
            if slot is not None:
                results[slot] = value
        for target, function, sources in steps:
            results[target] = function(*[results[source] for source in sources])
        return [results[end] for end in ends]

    return run
