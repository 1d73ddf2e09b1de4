"""Graphs as statements `t1 = ...` of a programming language: a table of spellings is enough.

What occurs more than once gets a name and is computed once, and so does what is long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from nonlin._errors import InputError
from nonlin.emit.basic import OPERATORS, basic, filled
from nonlin.expr.infix import Piece, inside, piece
from nonlin.expr.nodes import (
    COMPARISONS,
    Call,
    Constant,
    Expr,
    Symbol,
    arguments_of,
    as_float,
    is_call,
)
from nonlin.expr.walk import postorder

LONGEST = 44  # characters of a formula that has no name
_ATOM = 5


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language spells what the arithmetic operators do not.

    `spellings` has the functions, {0} for the first argument. What it lacks is put together
    from what it has. "fill", {1} for a number, makes an array like x of it: see `basic.filled`.
    `helpers` are functions that spellings call: sources by the name that is called.
    """

    spellings: Mapping[str, str]
    let: str = "{name} = {formula}"
    let_condition: str = "{name} = {formula}"
    number: str = "{0!r}"
    fill_all: bool = False
    digits: str = "double"
    helpers: Mapping[str, str] = field(default_factory=dict)

    def helped(self, code: str) -> str:
        """The code behind the helpers that it calls."""
        called = [source for name, source in self.helpers.items() if f"{name}(" in code]
        return "".join(f"{source}\n" for source in called) + code


def statements(
    roots: Sequence[Expr], dialect: Dialect, taken: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The statements that compute the roots, and the formulas of the roots themselves.

    `taken` are names that stand for something already, next to the symbols.
    """
    native = (*OPERATORS, *dialect.spellings)
    ready = [filled(basic(root, native, dialect.digits), dialect.fill_all) for root in roots]
    order = postorder(*ready)
    written: dict[Expr, Piece] = {}
    lines = []
    names = _names({*taken, *(node.name for node in order if isinstance(node, Symbol))})
    uses = Counter(argument for node in order for argument in arguments_of(node))
    uses.update(ready)
    for node in order:
        formula, binding = _spell(node, written, dialect)
        shared = isinstance(node, Call) and uses[node] > 1 and not is_call(node, "fill")
        if shared or (len(formula) > LONGEST and node not in ready):
            name = next(names)
            form = dialect.let_condition if is_call(node, *COMPARISONS) else dialect.let
            lines.append(form.format(name=name, formula=formula))
            formula, binding = name, _ATOM
        written[node] = formula, binding
    return lines, [written[root][0] for root in ready]


def _names(taken: Collection[str]) -> Iterator[str]:
    return (name for i in count(1) if (name := f"t{i}") not in taken)


def _spell(node: Expr, written: Mapping[Expr, Piece], dialect: Dialect) -> Piece:
    if isinstance(node, Constant):
        return _number(node, dialect)
    if isinstance(node, Symbol):
        return node.name, _ATOM
    arguments = [written[argument] for argument in arguments_of(node)]
    if is_call(node, *OPERATORS):
        return piece(node, arguments)
    assert isinstance(node, Call)  # noqa: S101 - for the type checker
    texts = [inside(argument, 0) for argument in arguments]
    if node.primitive not in dialect.spellings:
        raise InputError("export_primitive", name=node.primitive)
    return dialect.spellings[node.primitive].format(*texts), _ATOM


def _number(node: Constant, dialect: Dialect) -> Piece:
    value = as_float(node.value)
    return dialect.number.format(value), _ATOM if value >= 0 else 3
