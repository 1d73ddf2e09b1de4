"""A formula as LaTeX, the way a textbook prints it, in the author's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from nonlin._text import say
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
from nonlin.expr.rows import COMPILED, REDUCTIONS
from nonlin.expr.text import Piece, number
from nonlin.expr.walk import fold, postorder, rewrite

_CASES, _SUM, _SIGN, _PRODUCT, _POWER, _ATOM = range(6)
Indices = tuple[str, ...]  # of the entries of a row, those of x itself first

GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
FUNCTIONS: Mapping[str, str] = {
    "log": r"\ln",
    "sin": r"\sin",
    "cos": r"\cos",
    "arctan": r"\arctan",
    "tanh": r"\tanh",
    "maximum": r"\max",
    "minimum": r"\min",
    "sign": r"\operatorname{sgn}",
    "sigmoid": r"\sigma",
    "softplus": r"\operatorname{softplus}",
    "normal_cdf": r"\Phi",
    "normal_pdf": r"\varphi",
    "erf": r"\operatorname{erf}",
}
_SIMPLE_FRACTION = re.compile(r"\\frac\{([\w\\. ^]+)\}\{([\w\\.]+)\}")
_SLASH = r"\1 / \2"
_RELATIONS = {
    "greater": (">", r"\le"),
    "less": ("<", r"\ge"),
    "greater_equal": (r"\ge", "<"),
    "less_equal": (r"\le", ">"),
}

# Written out wherever they stand.
_SPELT_OUT: Mapping[str, Callable[..., Expr]] = {
    "expm1": lambda a: build("exp", a) - 1,
    "log1p": lambda a: build("log", 1 + a),
    "logistic_density": lambda a: build("sigmoid", a) * (1 - build("sigmoid", a)),
    "inverse_root": lambda a: 1 / build("sqrt", 1 + a**2),
    "isru": lambda a: a / build("sqrt", 1 + a**2),
    "softsign": lambda a: a / (1 + absolute(a)),
    "squareplus": lambda a, b: (a + build("sqrt", a**2 + b)) / 2,
    "algebraic_sigmoid": lambda a, b: (1 + a / build("sqrt", a**2 + b)) / 2,
    "tanhshrink": lambda a: a - build("tanh", a),
}
# Written out where they are the whole formula: "the sigmoid is sigma(x)" says nothing.
_DEFINITIONS: Mapping[str, Callable[..., Expr]] = {
    "sigmoid": lambda a: 1 / (1 + build("exp", -a)),
    "softplus": lambda a: build("log", 1 + build("exp", a)),
    "tanh": lambda a: (build("exp", a) - build("exp", -a)) / (build("exp", a) + build("exp", -a)),
}


def latex(root: Expr) -> str:
    """The formula in LaTeX math mode; branches become one `cases` environment."""
    rows = any(is_call(node, *REDUCTIONS, "row_pool") for node in postorder(root))
    return _written(spelt_out(root), ("i", "j", "k") if rows else ())[0]


def spelt_out(root: Expr) -> Expr:
    """The formula without the primitives that only programs know."""
    if isinstance(root, Call) and root.primitive in _DEFINITIONS:
        root = _DEFINITIONS[root.primitive](*root.arguments)
    return rewrite(root, _spell_out)


def _spell_out(node: Expr) -> Expr:
    rule = _SPELT_OUT.get(node.primitive) if isinstance(node, Call) else None
    return rule(*arguments_of(node)) if rule else node


def _written(root: Expr, indices: Indices) -> Piece:
    """`indices`: for the entries of a row, the first one for x itself."""

    def visit(node: Expr, arguments: list[Piece]) -> Piece:
        if isinstance(node, Constant):
            return _number(node.value)
        if isinstance(node, Symbol):
            index = f"_{{{indices[0]}}}" if indices and node.name == "x" else ""
            return _name(node.name) + index, _ATOM
        if is_call(node, *COMPILED, "row_first", "row_pool"):
            return _reduction(node, indices)
        if is_call(node, "power"):
            return _power(node, arguments)
        if is_call(node, "where"):
            return _cases(node, lambda part: _written(part, indices)[0])
        assert isinstance(node, Call)  # noqa: S101 - for the type checker
        return _call(node.primitive, arguments)

    return fold(root, visit)


_TEMPLATES: Mapping[str, Piece] = {
    "pi": (r"\pi", _ATOM),
    "divide": (r"\frac{{{0}}}{{{1}}}", _PRODUCT),
    "sqrt": (r"\sqrt{{{0}}}", _ATOM),
    "row_threshold": (r"\tau_{{{1}}}\left({0}\right)", _ATOM),
    "row_join": (r"\left({0},\; {1}\right)", _ATOM),
    "absolute": (r"\left|{0}\right|", _ATOM),
    "greater": ("{0} > {1}", _CASES),
    "less": ("{0} < {1}", _CASES),
    "greater_equal": (r"{0} \ge {1}", _CASES),
    "less_equal": (r"{0} \le {1}", _CASES),
}


def _call(primitive: str, arguments: list[Piece]) -> Piece:
    texts = [formula for formula, _ in arguments]
    if primitive in _TEMPLATES:
        template, binding = _TEMPLATES[primitive]
        return template.format(*texts), binding
    match primitive:
        case "add" | "subtract":
            least = _SUM if primitive == "add" and not texts[1].startswith("-") else _PRODUCT
            sign = "+" if primitive == "add" else "-"
            return f"{_inside(arguments[0], _SUM)} {sign} {_inside(arguments[1], least)}", _SUM
        case "multiply":
            return _product(*arguments)
        case "negate":
            return "-" + _inside(arguments[0], _PRODUCT), _SIGN
        case "exp":
            return f"e^{{{_SIMPLE_FRACTION.sub(_SLASH, texts[0])}}}", _POWER
        case "sech_squared":
            return r"\operatorname{sech}^{2}" + _bracketed(texts[0]), _POWER
    return FUNCTIONS[primitive] + _bracketed(", ".join(texts)), _ATOM


def _product(left: Piece, right: Piece) -> Piece:
    a, b = _inside(left, _SIGN), _inside(right, _PRODUCT)
    binding = _SIGN if left[1] == _SIGN else _PRODUCT
    if b[0].isdigit() or (b.startswith(r"\frac") and a[-1].isdigit()):
        return rf"{a} \cdot {b}", binding
    named = re.match(r"\\([A-Za-z]+)", b)
    function = named is not None and named[1] not in (*GREEK, "left", "frac", "sqrt", "pi")
    separator = r" \, " if function or b.startswith(r"\sigma(") else " "
    return a + separator + b, binding


def _power(node: Expr, arguments: list[Piece]) -> Piece:
    base, exponent = arguments_of(node)
    n = value_of(exponent)
    above = arguments[1][0]
    if n == Fraction(1, 2):
        return rf"\sqrt{{{arguments[0][0]}}}", _ATOM
    if n is not None and n.denominator == 2:
        above = f"{n.numerator}/2"
    if isinstance(base, Call) and base.primitive in FUNCTIONS:
        name = FUNCTIONS[base.primitive]
        if n is not None and n > 1:  # f^{-1} would be the inverse function
            return f"{name}^{{{above}}}{arguments[0][0][len(name) :]}", _POWER
    return f"{_inside(arguments[0], _ATOM)}^{{{above}}}", _POWER


def _cases(node: Expr, written: Callable[[Expr], str]) -> Piece:
    """Nested branches as the rows of one table, each row holding where none before it does."""
    rows = []
    while is_call(node, "where"):
        condition, yes, no = arguments_of(node)
        straight = not (is_call(yes, "where") and not is_call(no, "where"))
        value = written(yes if straight else no)
        rows.append(f"{value}, & {_condition(condition, straight, written)}")
        node, last = (no, not straight) if straight else (yes, straight)
    final = say("formula.otherwise")
    last_condition = rf"\text{{{final}}}"
    if len(rows) == 1:
        last_condition = _condition(condition, last, written)
    rows.append(f"{written(node)}, & {last_condition}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", _CASES


def _condition(condition: Expr, holds: bool, written: Callable[[Expr], str]) -> str:
    assert isinstance(condition, Call)  # noqa: S101 - for the type checker
    left, right = map(written, condition.arguments)
    return f"{left} {_RELATIONS[condition.primitive][0 if holds else 1]} {right}"


def _reduction(node: Expr, indices: Indices) -> Piece:
    if is_call(node, "row_pool"):
        size = _inside(_written(arguments_of(node)[1], ()), _ATOM)
        inside = _written(arguments_of(node)[0], (rf"(i - 1) \, {size} + j",))
        return rf"\max_{{1 \le j \le {size}}} {_inside(inside, _PRODUCT)}", _PRODUCT
    inner, binding = _written(arguments_of(node)[0], indices[1:] + indices[:1])
    if is_call(node, "row_first"):
        largest = rf"\arg\max_{indices[1]} {_inside((inner, binding), _PRODUCT)}"
        return rf"\left[{indices[0]} = {largest}\right]", _ATOM
    sign = r"\max" if is_call(node, "row_max") else r"\sum"
    return f"{sign}_{{{indices[1]}}} {_inside((inner, binding), _PRODUCT)}", _PRODUCT


def _inside(piece: Piece, least: int) -> str:
    formula, binding = piece
    return formula if binding >= least else _bracketed(formula)


def _bracketed(formula: str) -> str:
    tall = any(sign in formula for sign in (r"\frac", r"\begin", r"\sum", r"\sqrt"))
    return rf"\left({formula}\right)" if tall or "^{" in formula else f"({formula})"


def _number(value: Fraction) -> Piece:
    formula, _ = number(abs(value))
    if "/" in formula:
        above, below = formula.split("/")
        formula = rf"\frac{{{above}}}{{{below}}}"
    elif "e" in formula:
        digits, exponent = formula.split("e")
        formula = rf"{digits} \cdot 10^{{{exponent}}}" if digits != "1" else f"10^{{{exponent}}}"
    if value < 0:
        return "-" + formula, _SIGN
    return formula, _ATOM if re.fullmatch(r"[\d.]+", formula) else _PRODUCT


# "value" of a gated pair, and noise
_LETTERS = {"lambd": "lambda", "value": "v", "uniform": "u", "normal": "epsilon", "gumbel": "g"}


def _name(name: str) -> str:
    plain = _LETTERS.get(name, name.rstrip("_"))
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d*)", plain)
    if match is None:
        return rf"\mathrm{{{plain}}}".replace("_", r"\_")
    letters, digits = match.groups()
    if letters in GREEK:
        letters = "\\" + letters
    elif len(letters) > 1:
        letters = rf"\mathrm{{{letters}}}"
    return f"{letters}_{{{digits}}}" if digits else letters
