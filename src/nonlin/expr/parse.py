"""Read a formula that a user typed: Python's grammar, a short whitelist, never `eval`."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Collection, Mapping

from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin._text import text as message
from nonlin.expr.floats import constant_value
from nonlin.expr.infix import infix
from nonlin.expr.nodes import (
    COMPARISONS,
    MAX_BITS,
    Call,
    Expr,
    build,
    compare,
    constant,
    lift,
    symbol,
    value_of,
    where,
)
from nonlin.expr.primitives import TABLE
from nonlin.expr.reductions import REDUCTIONS, RESHAPES
from nonlin.expr.walk import postorder, symbols

MAX_LENGTH = 300  # characters; bounds the number of nodes as well
MAX_DEPTH = 50
MAX_EXPONENT = 64
MAX_NUMBER = 1e300

ALIASES: Mapping[str, str] = {
    "abs": "absolute",
    "max": "maximum",
    "min": "minimum",
    "sgn": "sign",
    "ln": "log",
    "atan": "arctan",
    "logistic": "sigmoid",
    "Phi": "normal_cdf",
    "phi": "normal_pdf",
    "pow": "power",
}
SHORTHANDS: Mapping[str, tuple[int, Callable[..., Expr]]] = {
    "relu": (1, lambda a: build("maximum", a, 0)),
    "relu6": (1, lambda a: build("minimum", build("maximum", a, 0), 6)),
    "clip": (3, lambda a, low, high: build("minimum", build("maximum", a, low), high)),
}
_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.Lt: "less",
    ast.GtE: "greater_equal",
    ast.LtE: "less_equal",
}
_NOT_CALLED = (*_OPERATORS.values(), *COMPARISONS, "pi", "negate", *REDUCTIONS, *RESHAPES)
_CALLABLE = {name: name for name in TABLE if name not in _NOT_CALLED} | dict(ALIASES)
FUNCTIONS = tuple(sorted({*_CALLABLE, *SHORTHANDS}))
_HINTS: Mapping[type[ast.AST], str] = {
    ast.BitXor: "formula.use_power",
    ast.IfExp: "formula.use_where",
    ast.BoolOp: "formula.nest_where",
}
_NUMBER = re.compile(r"\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?")
_IMPLICIT_PRODUCT = re.compile(r"(\d|\))\s*[A-Za-z(]")


def parse(text: str, names: Collection[str] = ()) -> Expr:
    """The expression that a formula such as "x * sigmoid(beta * x)" stands for.

    `names` are the parameters; x and pi are always known, e too unless it is a parameter.
    Raises InputError, with the column, for everything that is not plain arithmetic,
    a comparison or a call of one of `FUNCTIONS`.
    """
    if not isinstance(text, str):
        raise InputError("formula_not_text", given=type(text).__name__)
    _check_characters(text)
    root = lift(_Reader(text, names).read(_syntax_tree(text), 0))
    _check_constants(root)
    return root


def _check_characters(text: str) -> None:
    if not text.strip():
        raise InputError("formula_empty")
    if len(text) > MAX_LENGTH:
        raise InputError("formula_too_long", given=len(text), allowed=MAX_LENGTH)
    for column, character in enumerate(text, start=1):
        if not (character.isascii() and character.isprintable()) or character in "#\\;":
            raise InputError("formula_character", given=character, column=column)


def _syntax_tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "1if" and the like are refused later on
            # the spaces keep Python from seeing an indented block
            return ast.parse(text.lstrip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        place = getattr(problem, "offset", None) or 1
        column = min(place + len(text) - len(text.lstrip()), len(text))
        hint = message("formula.use_times") if _IMPLICIT_PRODUCT.search(text) else ""
        raise InputError(
            "formula_syntax", given=text[column - 1 :][:20], column=column, hint=hint
        ) from None


def _check_constants(root: Expr) -> None:
    """Every part without symbols must be a finite number."""
    fixed: set[Expr] = set()
    for node in postorder(root):
        arguments = node.arguments if isinstance(node, Call) else ()
        if value_of(node) is not None or (isinstance(node, Call) and fixed.issuperset(arguments)):
            fixed.add(node)
            value = constant_value(node)
            if value is None or not abs(value) <= MAX_NUMBER:
                raise InputError("formula_not_finite", given=infix(node)[:60])


class _Reader:
    """Turns syntax trees into expressions; knows the text, for the columns in messages."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text = text.lstrip()
        self.indent = len(text) - len(self.text)
        parameters = {name: symbol(name) for name in ("x", *names)}
        self.names = {"e": build("exp", 1), **parameters, "pi": build("pi")}

    def read(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise InputError("formula_depth", allowed=MAX_DEPTH)
        match node:
            case ast.BinOp():
                return self.chain(node, depth)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                operand = self.read(node.operand, depth + 1)
                return build("negate", operand) if isinstance(node.op, ast.USub) else lift(operand)
            case ast.Constant():
                return self.number(node)
            case ast.Name():
                return self.name(node)
            case ast.Compare():
                return lift(self.condition(node, depth))
            case ast.Call():
                return self.function(node, depth)
            case _:
                raise self.refused(node)

    def chain(self, node: ast.BinOp, depth: int) -> Expr:
        """a + b - c * d ...: as long as it likes, without one level of depth per operand."""
        pending = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            pending.append(left)
            left = left.left
        total = self.read(left, depth + 1)
        for step in reversed(pending):
            right = self.read(step.right, depth + 1)
            operator = _OPERATORS.get(type(step.op))
            if operator is None:
                raise self.refused(step, message(_HINTS.get(type(step.op), "formula.no_hint")))
            total = self.apply(operator, (total, right), step)
        return total

    def apply(self, primitive: str, arguments: tuple[Expr, ...], node: ast.expr) -> Expr:
        if primitive == "power":
            self.check_exponent(arguments[0], arguments[1], node)
        result = build(primitive, *arguments)
        self.check_size(result, node)
        return result

    def check_exponent(self, base: Expr, exponent: Expr, node: ast.expr) -> None:
        value, positive = constant_value(exponent), (value_of(base) or 0) > 0
        varies = "x" in symbols([exponent]) and not positive  # 2**x is an exponential
        if varies or (value is not None and not abs(value) <= MAX_EXPONENT):
            raise InputError(
                "formula_exponent",
                given=self.source(node),
                column=self.column(node),
                allowed=MAX_EXPONENT,
            )

    def check_size(self, result: Expr, node: ast.expr) -> None:
        exact = value_of(result)
        if exact is None:
            return
        bits = max(exact.numerator.bit_length(), exact.denominator.bit_length())
        if bits > MAX_BITS or not (exact == 0 or 1 / MAX_NUMBER <= abs(exact) <= MAX_NUMBER):
            raise InputError("formula_size", given=self.source(node), column=self.column(node))

    def number(self, node: ast.Constant) -> Expr:
        digits = self.source(node, limit=MAX_LENGTH)
        if not _NUMBER.fullmatch(digits):
            raise self.refused(node)
        value = float(digits)
        if value > MAX_NUMBER or (value < 1 / MAX_NUMBER and re.search("[1-9]", digits[:-4])):
            raise InputError("formula_size", given=self.source(node), column=self.column(node))
        return constant(digits) if value else constant(0)

    def name(self, node: ast.Name) -> Expr:
        if node.id in self.names:
            return self.names[node.id]
        place = {"given": node.id, "column": self.column(node)}
        if node.id in FUNCTIONS:
            raise InputError("formula_not_called", **place)
        allowed = [*self.names]
        hint = nearest(node.id, [*allowed, *FUNCTIONS])
        raise InputError("formula_name", **place, allowed=listed(allowed), hint=hint)

    def condition(self, node: ast.Compare, depth: int) -> Expr:
        """The comparison, as a condition."""
        if len(node.ops) > 1:
            raise self.refused(node, message("formula.nest_where"))
        if type(node.ops[0]) not in _COMPARISONS:
            raise self.refused(node)
        left, right = (self.read(side, depth + 1) for side in (node.left, node.comparators[0]))
        return compare(_COMPARISONS[type(node.ops[0])], left, right)

    def function(self, node: ast.Call, depth: int) -> Expr:
        if not isinstance(node.func, ast.Name):
            raise self.refused(node.func)
        name = node.func.id
        place = {"given": name, "column": self.column(node)}
        if name not in FUNCTIONS:
            hint = nearest(name, FUNCTIONS)
            known = listed(FUNCTIONS)
            raise InputError("formula_function", **place, allowed=known, hint=hint)
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise InputError("formula_keywords", **place)
        arity = SHORTHANDS[name][0] if name in SHORTHANDS else TABLE[_CALLABLE[name]].arity
        if len(node.args) != arity:
            raise InputError("formula_arity", **place, count=len(node.args), allowed=arity)
        if name == "where":
            return self.branch(node.args, depth)
        arguments = tuple(self.read(argument, depth + 1) for argument in node.args)
        if name in SHORTHANDS:
            return SHORTHANDS[name][1](*arguments)
        return self.apply(_CALLABLE[name], arguments, node)

    def branch(self, arguments: list[ast.expr], depth: int) -> Expr:
        if not isinstance(arguments[0], ast.Compare):
            raise InputError("not_a_condition")
        condition = self.condition(arguments[0], depth + 1)
        yes, no = (self.read(argument, depth + 1) for argument in arguments[1:])
        return where(condition, yes, no)

    def refused(self, node: ast.expr, hint: object = None) -> InputError:
        if hint is None:
            hint = message(_HINTS.get(type(node), "formula.no_hint"))
        return InputError(
            "formula_element", given=self.source(node), column=self.column(node), hint=hint
        )

    def source(self, node: ast.expr, limit: int = 40) -> str:
        found = self.text[node.col_offset : node.end_col_offset]
        return found if len(found) <= limit else found[: limit - 3] + "..."

    def column(self, node: ast.expr) -> int:
        return self.indent + node.col_offset + 1
