"""A formula as presentation MathML, the way a textbook prints it: see `emit.latex`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from nonlin._text import say
from nonlin.emit.latex import GREEK, spelt_out
from nonlin.expr.nodes import Call, Constant, Expr, Symbol, arguments_of, is_call, value_of
from nonlin.expr.text import Piece, number
from nonlin.expr.walk import fold, postorder

_CASES, _SUM, _SIGN, _PRODUCT, _POWER, _ATOM = range(6)

FUNCTIONS: Mapping[str, str] = {
    "log": "ln",
    "sin": "sin",
    "cos": "cos",
    "arctan": "arctan",
    "tanh": "tanh",
    "maximum": "max",
    "minimum": "min",
    "sign": "sgn",
    "sigmoid": "σ",
    "softplus": "softplus",
    "normal_cdf": "Φ",
    "normal_pdf": "φ",
    "erf": "erf",
}
_RELATIONS = {
    "greater": ("&gt;", "≤"),
    "less": ("&lt;", "≥"),
    "greater_equal": ("≥", "&lt;"),
    "less_equal": ("≤", "&gt;"),
}
_APPLY = "<mo>&#x2061;</mo>"
_TEMPLATES: Mapping[str, Piece] = {
    "pi": ("<mi>π</mi>", _ATOM),
    "divide": ("<mfrac><mrow>{0}</mrow><mrow>{1}</mrow></mfrac>", _ATOM),
    "sqrt": ("<msqrt>{0}</msqrt>", _ATOM),
    "row_threshold": (f"<msub><mi>τ</mi>{{1}}</msub>{_APPLY}<mo>(</mo>{{0}}<mo>)</mo>", _POWER),
    "row_join": ("<mrow><mo>(</mo>{0}<mo>,</mo>{1}<mo>)</mo></mrow>", _ATOM),
    "absolute": ("<mrow><mo>|</mo>{0}<mo>|</mo></mrow>", _ATOM),
    "exp": ("<msup><mi>e</mi><mrow>{0}</mrow></msup>", _POWER),
    **{name: (f"{{0}}<mo>{signs[0]}</mo>{{1}}", _CASES) for name, signs in _RELATIONS.items()},
}
_ROWS = ("row_max", "row_sum", "row_first", "row_pool", "row_threshold")
LETTERS = dict(zip(GREEK, "αβγδϵζηθικλμνξρστυϕχψω", strict=True))


def mathml(root: Expr) -> str:
    """The formula as the content of a `math` element."""
    rows = any(is_call(node, *_ROWS) for node in postorder(root))
    return _written(spelt_out(root), ("i", "j", "k") if rows else ())[0]


def _written(root: Expr, indices: tuple[str, ...]) -> Piece:
    """`indices`: for the entries of a row, the first one for x itself."""

    def visit(node: Expr, arguments: list[Piece]) -> Piece:
        if isinstance(node, Constant):
            return _number(node.value)
        if isinstance(node, Symbol):
            name = _name(node.name)
            if indices and node.name == "x":
                name = f"<msub>{name}<mrow>{_index(indices[0])}</mrow></msub>"
            return name, _ATOM
        if is_call(node, "row_max", "row_sum", "row_first", "row_pool"):
            return _reduction(node, indices)
        if is_call(node, "where"):
            return _cases(node, lambda part: _written(part, indices)[0])
        assert isinstance(node, Call)  # noqa: S101 - for the type checker
        return _call(node, arguments)

    return fold(root, visit)


def _call(node: Call, arguments: list[Piece]) -> Piece:
    texts = [formula for formula, _ in arguments]
    match node.primitive:
        case "add" | "subtract":
            plus = node.primitive == "add"
            least = _SUM if plus and not texts[1].startswith("<mo>−") else _PRODUCT
            sign = "<mo>+</mo>" if plus else "<mo>−</mo>"
            return _inside(arguments[0], _SUM) + sign + _inside(arguments[1], least), _SUM
        case "multiply":
            return _product(*arguments)
        case "negate":
            return "<mo>−</mo>" + _inside(arguments[0], _PRODUCT), _SIGN
        case "power":
            return _power(node, arguments)
        case "sech_squared":
            return f"<msup><mi>sech</mi><mn>2</mn></msup>{_APPLY}" + _bracketed(texts[0]), _POWER
    if node.primitive in _TEMPLATES:
        template, binding = _TEMPLATES[node.primitive]
        return template.format(*texts), binding
    name = f"<mi>{FUNCTIONS[node.primitive]}</mi>{_APPLY}"
    return name + _bracketed("<mo>,</mo>".join(texts)), _POWER


def _product(left: Piece, right: Piece) -> Piece:
    a, b = _inside(left, _SIGN), _inside(right, _PRODUCT)
    binding = _SIGN if left[1] == _SIGN else _PRODUCT
    dot = b.startswith(("<mn>", "<msup><mn>")) or (b.startswith("<mfrac>") and a.endswith("</mn>"))
    named = re.match(r"<(msup><)?mi>\w\w", b)
    times = "<mo>·</mo>" if dot else "<mo>&#x2062;</mo>"
    return a + times + ("<mspace width='0.17em'/>" if named else "") + b, binding


def _power(node: Call, arguments: list[Piece]) -> Piece:
    base, exponent = node.arguments
    n, above = value_of(exponent), arguments[1][0]
    if n == Fraction(1, 2):
        return f"<msqrt>{arguments[0][0]}</msqrt>", _ATOM
    if n is not None and n.denominator == 2:
        above = f"<mn>{n.numerator}</mn><mo>/</mo><mn>2</mn>"
    if isinstance(base, Call) and base.primitive in FUNCTIONS and n is not None and n > 1:
        name, inner = arguments[0][0].split(_APPLY, 1)
        return f"<msup>{name}<mrow>{above}</mrow></msup>{_APPLY}{inner}", _POWER
    below = _inside(arguments[0], _ATOM)
    return f"<msup><mrow>{below}</mrow><mrow>{above}</mrow></msup>", _POWER


def _cases(node: Expr, written: Callable[[Expr], str]) -> Piece:
    """Nested branches as the rows of one table, each row holding where none before it does."""
    rows = []
    while is_call(node, "where"):
        condition, yes, no = arguments_of(node)
        straight = not (is_call(yes, "where") and not is_call(no, "where"))
        value = written(yes if straight else no)
        rows.append((value, _condition(condition, straight, written)))
        node, last = (no, not straight) if straight else (yes, straight)
    final = f"<mtext>{say('formula.otherwise')}</mtext>"
    if len(rows) == 1:
        final = _condition(condition, last, written)
    rows.append((written(node), final))
    left = ' style="text-align: left"'
    cells = "".join(
        f"<mtr><mtd{left}>{value}<mo>,</mo></mtd><mtd{left}>{holds}</mtd></mtr>"
        for value, holds in rows
    )
    return f'<mrow><mo form="prefix" stretchy="true">{{</mo><mtable>{cells}</mtable></mrow>', _CASES


def _condition(condition: Expr, holds: bool, written: Callable[[Expr], str]) -> str:
    assert isinstance(condition, Call)  # noqa: S101 - for the type checker
    left, right = map(written, condition.arguments)
    return f"{left}<mo>{_RELATIONS[condition.primitive][0 if holds else 1]}</mo>{right}"


def _index(written: str) -> str:
    return written if written.startswith("<") else f"<mi>{written}</mi>"


def _pool(node: Expr, indices: tuple[str, ...]) -> Piece:
    """The largest of p neighbours, those after place (i - 1) p."""
    inside, size = arguments_of(node)
    p, (i, j, *rest) = _written(size, indices)[0], indices
    start = f"<mo>(</mo><mi>{i}</mi><mo>−</mo><mn>1</mn><mo>)</mo><mo>&#x2062;</mo>{p}"
    inner = _written(inside, (f"{start}<mo>+</mo><mi>{j}</mi>", *rest))
    below = f"<mn>1</mn><mo>≤</mo><mi>{j}</mi><mo>≤</mo>{p}"
    return f"<munder><mi>max</mi><mrow>{below}</mrow></munder>" + inner[0], _PRODUCT


def _reduction(node: Expr, indices: tuple[str, ...]) -> Piece:
    if is_call(node, "row_pool"):
        return _pool(node, indices)
    inner = _written(arguments_of(node)[0], indices[1:] + indices[:1])
    if is_call(node, "row_first"):
        below = f"<munder><mi>argmax</mi><mi>{indices[1]}</mi></munder>"
        choice = f"<mi>{indices[0]}</mi><mo>=</mo>{below}{inner[0]}"
        return f"<mrow><mo>[</mo>{choice}<mo>]</mo></mrow>", _ATOM
    sign = "<mi>max</mi>" if is_call(node, "row_max") else "<mo>∑</mo>"
    below = f"<munder>{sign}<mi>{indices[1]}</mi></munder>"
    return below + _inside(inner, _PRODUCT), _PRODUCT


def _inside(piece: Piece, least: int) -> str:
    formula, binding = piece
    return formula if binding >= least else _bracketed(formula)


def _bracketed(formula: str) -> str:
    return f"<mrow><mo>(</mo>{formula}<mo>)</mo></mrow>"


def _number(value: Fraction) -> Piece:
    formula, _ = number(abs(value))
    written = f"<mn>{formula}</mn>"
    if "/" in formula:
        above, below = formula.split("/")
        written = f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
    elif "e" in formula:
        digits, exponent = formula.split("e")
        power = f"<msup><mn>10</mn><mn>{exponent.replace('-', '−')}</mn></msup>"
        written = power if digits == "1" else f"<mn>{digits}</mn><mo>·</mo>{power}"
    if value < 0:
        return "<mo>−</mo>" + written, _SIGN
    return written, _PRODUCT if "e" in formula else _ATOM


def _name(name: str) -> str:
    plain = {"lambd": "lambda", "value": "v"}.get(name, name.rstrip("_"))
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d*)", plain)
    if match is None:
        return f"<mi>{plain}</mi>"
    letters, digits = match.groups()
    written = f"<mi>{LETTERS.get(letters, letters)}</mi>"
    return f"<msub>{written}<mn>{digits}</mn></msub>" if digits else written
