"""A formula laid out the way a textbook prints it, in the author's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from nonlin._text import say
from nonlin.emit.layout import (
    ATOM,
    CASES,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    TIMES,
    Layout,
    fenced,
    inside,
    leaf,
    row,
)
from nonlin.expr.infix import number
from nonlin.expr.nodes import (
    Call,
    Constant,
    Expr,
    Symbol,
    absolute,
    arguments_of,
    build,
    is_call,
    value_of,
)
from nonlin.expr.reductions import REDUCTIONS
from nonlin.expr.vocabulary import row_length
from nonlin.expr.walk import fold, postorder, rewrite

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "chi": "χ", "psi": "ψ",
    "omega": "ω",
}  # fmt: skip
# "value" of a gated pair, and noise
_LETTERS = {"lambd": "lambda", "value": "v", "uniform": "u", "normal": "epsilon", "gumbel": "g"}
_FUNCTIONS: Mapping[str, str] = {
    **{name: name for name in ("sin", "cos", "arctan", "tanh", "softplus", "erf")},
    "log": "ln", "maximum": "max", "minimum": "min", "sign": "sgn",
    "sigmoid": "σ", "normal_cdf": "Φ", "normal_pdf": "φ",
}  # fmt: skip
_RELATIONS = {"greater": ">", "less": "<", "greater_equal": "≥", "less_equal": "≤"}
_OPPOSITE = {">": "≤", "<": "≥", "≥": "<", "≤": ">"}
_MINUS = leaf("sign", "−")

# Written out wherever they stand.
_SPELT_OUT: Mapping[str, Callable[..., Expr]] = {
    "expm1": lambda a: build("exp", a) - 1,
    "log1p": lambda a: build("log", 1 + a),
    "logistic_density": lambda a: build("sigmoid", a) * (1 - build("sigmoid", a)),
    "sech_squared": lambda a: 1 - build("tanh", a) ** 2,
    "inverse_root": lambda a: 1 / build("sqrt", 1 + a**2),
    "isru": lambda a: a / build("sqrt", 1 + a**2),
    "softsign": lambda a: a / (1 + absolute(a)),
    "squareplus": lambda a, b: (a + build("sqrt", a**2 + b)) / 2,
    "algebraic_sigmoid": lambda a, b: (1 + a / build("sqrt", a**2 + b)) / 2,
    "tanhshrink": lambda a: a - build("tanh", a),
    "surrogate": lambda a, b: a,
    "arctan_gate": lambda a: build("arctan", a) / build("pi") + Fraction(1, 2),
}
# Written out where they are the whole formula: "the sigmoid is sigma(x)" says nothing.
_DEFINITIONS: Mapping[str, Callable[..., Expr]] = {
    "sigmoid": lambda a: 1 / (1 + build("exp", -a)),
    "softplus": lambda a: build("log", 1 + build("exp", a)),
    "tanh": lambda a: (build("exp", a) - build("exp", -a)) / (build("exp", a) + build("exp", -a)),
}


def textbook(root: Expr) -> Layout:
    """The tree, without the primitives that only programs know; in rows, x has an index."""
    rows = any(is_call(node, *REDUCTIONS, "row_pool") for node in postorder(root))
    if isinstance(root, Call) and root.primitive in _DEFINITIONS:
        root = _DEFINITIONS[root.primitive](*root.arguments)
    indices = tuple(leaf("name", letter) for letter in ("ijk" if rows else ""))
    return _laid_out(spelt_out(root), indices)


def spelt_out(root: Expr) -> Expr:
    """The formula without the primitives that only programs know."""
    return rewrite(root, _spelt_out)


def _spelt_out(node: Expr) -> Expr:
    rule = _SPELT_OUT.get(node.primitive) if isinstance(node, Call) else None
    return rule(*arguments_of(node)) if rule else node


def _laid_out(root: Expr, indices: tuple[Layout, ...]) -> Layout:
    """`indices`: for the entries of a row, the first one for x itself."""

    def visit(node: Expr, arguments: list[Layout]) -> Layout:
        if isinstance(node, Constant):
            return _number(node.value)
        if isinstance(node, Symbol):
            x = node.name == "x" and indices
            return Layout("subscript", (_name("x"), _group(indices[0]))) if x else _name(node.name)
        if is_call(node, "row_pool"):
            return _pool(node, indices)
        if is_call(node, "row_max", "row_sum", "row_first"):
            return _reduction(node, indices)
        assert isinstance(node, Call)  # noqa: S101 - for the type checker
        if node.primitive == "power":
            return _power(value_of(node.arguments[1]), *arguments)
        return _RULES[node.primitive](*arguments)

    return fold(root, visit)


def _sum(sign: str, left: Layout, right: Layout) -> Layout:
    least = PRODUCT if sign == "−" or _first(right) is _MINUS else SUM
    return row(inside(left, SUM), sign, inside(right, least), binding=SUM)


def _product(left: Layout, right: Layout) -> Layout:
    a, b = inside(left, SIGN), inside(right, PRODUCT)
    first = _first(b)
    if first.kind == "number" or (first.kind == "quotient" and _ends_in_digits(a)):
        times = leaf("operator", "·")
    else:
        word = first.kind in ("function", "sign") or (first.kind == "name" and first.text[1:])
        times = leaf("operator" if word else "sign", TIMES)
    return row(a, times, b, binding=SIGN if left.binding == SIGN else PRODUCT)


def _first(piece: Layout) -> Layout:
    """What is printed first; a fraction, a root, brackets and cases count as one."""
    while piece.kind in ("row", "group", "applied", "superscript", "subscript", "limits"):
        piece = piece.parts[0]
    return piece


def _ends_in_digits(piece: Layout) -> bool:
    while piece.kind == "row":
        piece = piece.parts[-1]
    return piece.kind == "number"


def _power(n: Fraction | None, base: Layout, exponent: Layout) -> Layout:
    """n: the exponent, if it is a number."""
    if n == Fraction(1, 2):
        return Layout("root", (base,))
    if n is not None and n.denominator == 2:
        exponent = row(leaf("number", f"{n.numerator}"), leaf("sign", "/"), leaf("number", "2"))
    above = _group(exponent)
    function = base.kind == "applied" and base.parts[0].kind == "function"
    if function and n is not None and n > 1:  # f^{-1} would be the inverse function
        name, arguments = base.parts
        return Layout("applied", (Layout("superscript", (name, above)), arguments), POWER)
    return Layout("superscript", (_group(inside(base, ATOM)), above), POWER)


def _group(piece: Layout) -> Layout:
    return Layout("group", (piece,))


def _applied(name: Layout, *arguments: Layout, binding: int = ATOM) -> Layout:
    return Layout("applied", (name, fenced(_listed(leaf("sign", ","), *arguments))), binding)


def _listed(comma: Layout, first: Layout, *others: Layout) -> Layout:
    return row(first, *(each for other in others for each in (comma, other)))


def _cases(condition: Layout, yes: Layout, no: Layout) -> Layout:
    """Nested branches as the rows of one table."""
    if yes.kind == "cases" and no.kind != "cases":
        condition, yes, no = _opposite(condition), no, yes
    if no.kind == "cases":
        otherwise = leaf("words", say("formula.otherwise"))
        return Layout("cases", (yes, condition, *no.parts[:-1], otherwise), CASES)
    return Layout("cases", (yes, condition, no, _opposite(condition)), CASES)


def _opposite(relation: Layout) -> Layout:
    left, sign, right = relation.parts
    return row(left, _OPPOSITE[sign.text], right, binding=CASES)


def _pool(node: Expr, indices: tuple[Layout, ...]) -> Layout:
    """The largest of p neighbours, those after place (i - 1) p."""
    (x, pieces), (i, j, *others) = arguments_of(node), indices
    p, one = inside(_laid_out(pieces, ()), ATOM), leaf("number", "1")
    place = row(fenced(row(i, "−", one)), TIMES, p, "+", j)
    below = _group(row(one, "≤", j, "≤", p))
    return _over(leaf("function", "max"), below, _laid_out(x, (place, *others)))


def _reduction(node: Expr, indices: tuple[Layout, ...]) -> Layout:
    i, j, *_ = indices
    if _is_length(node):
        return leaf("name", "n")
    inner = _laid_out(arguments_of(node)[0], (*indices[1:], i))
    if is_call(node, "row_first"):
        return fenced(row(i, "=", _over(leaf("function", "argmax"), j, inner)), "[]", large=True)
    maximum = is_call(node, "row_max")
    return _over(leaf("function", "max") if maximum else leaf("sign", "∑"), j, inner)


def _is_length(node: Expr) -> bool:
    counted = arguments_of(node)[0]
    condition = arguments_of(counted)[0] if is_call(counted, "where") else counted
    return is_call(condition, "greater") and node is row_length(arguments_of(condition)[0])


def _over(sign: Layout, below: Layout, inner: Layout) -> Layout:
    """A large operator and what it is applied to, for all indices below it."""
    return row(Layout("limits", (sign, below)), inside(inner, PRODUCT), binding=PRODUCT)


def _number(value: Fraction) -> Layout:
    text, _ = number(abs(value))
    written = leaf("number", text)
    if "/" in text:
        above, below = (leaf("number", each) for each in text.split("/"))
        written = Layout("quotient", (above, below), PRODUCT)
    elif "e" in text:
        digits, exponent = (leaf("number", each) for each in text.split("e"))
        written = Layout("superscript", (leaf("number", "10"), exponent), PRODUCT)
        if digits.text != "1":
            written = row(digits, "·", written, binding=PRODUCT)
    return row(_MINUS, written, binding=SIGN) if value < 0 else written


def _name(name: str) -> Layout:
    plain = _LETTERS.get(name, name.rstrip("_"))
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d*)", plain)
    letters, digits = match.groups() if match else (plain, "")
    written = leaf("name", GREEK.get(letters, letters))
    return Layout("subscript", (written, leaf("number", digits))) if digits else written


_RULES: Mapping[str, Callable[..., Layout]] = {
    **{name: partial(_applied, leaf("function", text)) for name, text in _FUNCTIONS.items()},
    **{
        name: lambda a, b, sign=sign: row(a, sign, b, binding=CASES)
        for name, sign in _RELATIONS.items()
    },
    "pi": lambda: leaf("name", "π"),
    "add": partial(_sum, "+"),
    "subtract": partial(_sum, "−"),
    "multiply": _product,
    "divide": lambda a, b: Layout("quotient", (_group(a), _group(b)), PRODUCT),
    "negate": lambda a: row(_MINUS, inside(a, PRODUCT), binding=SIGN),
    "sqrt": lambda a: Layout("root", (a,)),
    "absolute": lambda a: fenced(a, "||", large=True),
    "exp": lambda a: Layout("superscript", (leaf("name", "e"), _group(a)), POWER),
    "where": _cases,
    "row_threshold": lambda a, power: Layout(
        "applied", (Layout("subscript", (leaf("name", "τ"), power)), fenced(a, large=True))
    ),
    "row_join": lambda a, b: fenced(_listed(leaf("operator", ","), a, b), large=True),
}
