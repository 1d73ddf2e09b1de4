"""Exported LaTeX and MathML: well-formed, and the MathML means what the formula says."""

import math
import re
from itertools import accumulate
from xml.etree import ElementTree

import pytest

import nonlin as nl
from nonlin.emit.textbook import GREEK as LETTERS
from nonlin.export.exported import Exported
from nonlin.expr.floats import as_function
from nonlin.expr.walk import symbols

SIGNS = {"−": "-", "·": "*", "\u2062": "*", "\u2061": "", "≤": "<=", "≥": ">=", "/": "/"}
GREEK = {sign: letter for letter, sign in LETTERS.items()}
GREEK |= {"λ": "lambd", "σ": "sigmoid", "π": "math.pi"}


def test_latex_is_balanced():
    for name in nl.names():
        body = nl.export(name, to="latex").split("\n\n", 1)[1]
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin{", r"\end{")):
            begun, ended = (re.findall(re.escape(each), body) for each in (opening, closing))
            assert len(begun) == len(ended), name
        assert body.startswith(r"\begin{aligned}"), name


def test_latex_can_be_typeset(entry):
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    activation = nl.get(entry)
    for formula in (activation.latex, activation.derivative_latex):
        for part in re.split(r"\\begin{cases}|\\end{cases}|\\\\|&", formula):
            pairs = (("(", ")"), ("{", "}"), (r"\left", r"\right"))
            if part.strip() and all(_closed(part, *pair) for pair in pairs):
                shown = part.replace(r"\le ", r"\leq ").replace(r"\ge ", r"\geq ")
                parser.parse(f"${shown}$")


def _closed(part, opening, closing):
    """Does every bracket close, and none before it opens?"""
    marks = re.findall(f"{re.escape(opening)}|{re.escape(closing)}", part)
    depths = accumulate(1 if mark == opening else -1 for mark in marks)
    return min(depths, default=0) >= 0 and marks.count(opening) == marks.count(closing)


def test_mathml_is_well_formed():
    lines = {"elementwise": 2, "gated": 3, "rowwise": 1, "reshaping": 1}
    for name in nl.names():
        root = parsed(name)
        assert root.tag.endswith("math"), name
        assert len(root[0]) == lines[Exported(nl.get(name)).kind], name


def test_mathml_means_the_formula(entry):
    """Read back, it gives the numbers of the formula and of its derivative."""
    subject = Exported(nl.get(entry).itself)  # not by what it is trained
    values = subject.activation.values
    for row, graph in zip(parsed(entry)[0], subject.graphs((0, 1), values), strict=True):
        expected = as_function(graph, "x", *values)
        code = meaning(row[1])
        assert set(symbols([graph])) <= {"x", *values}
        for x in (-7.3, -2.2, -0.4, 0.3, 1.7, 2.9, 6.4):
            found = eval(code, {**FUNCTIONS, **renamed(values), "x": x})  # noqa: S307
            assert found == pytest.approx(expected(x, *values.values()), rel=1e-9, abs=1e-9)


def parsed(name):
    return ElementTree.fromstring(nl.export(name, to="mathml").split("\n\n", 1)[1])  # noqa: S314


def renamed(values):
    return values | {name.replace("_", ""): value for name, value in values.items()}


def power_of(function, n):
    return lambda *arguments: function(*arguments) ** n


def normal_pdf(a):
    return math.exp(-a * a / 2) / math.sqrt(2 * math.pi)


FUNCTIONS = {
    "math": math,
    "power_of": power_of,
    "ln": math.log,
    "sgn": lambda a: (a > 0) - (a < 0),
    "softplus": lambda a: max(a, 0) + math.log1p(math.exp(-abs(a))),
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "sech": lambda a: 1 / math.cosh(a) if abs(a) < 700 else 0.0,
    "arctan": math.atan,
    "Φ": lambda a: math.erfc(-a / math.sqrt(2)) / 2,
    "φ": normal_pdf,
    "e": math.e,
    **{name: getattr(math, name) for name in ("sin", "cos", "tanh", "erf", "sinh", "cosh")},
    "max": max,
    "min": min,
}


def meaning(node):
    """The element as Python."""
    kind = node.tag.split("}")[1]
    if kind in ("mn", "mi", "mo"):
        return GREEK.get(node.text, SIGNS.get(node.text, node.text)).replace("−", "-")
    if [child.text for child in node][:1] == ["{"]:
        return cases(node[1])
    parts = [meaning(child) for child in node]
    if parts[:1] == ["|"]:
        return f"abs({''.join(parts[1:-1])})"
    if kind == "msup" and parts[0] in FUNCTIONS and parts[0] != "e":
        return f"power_of({parts[0]},{parts[1]})"
    if kind == "msqrt":
        return f"math.sqrt({''.join(parts)})"
    frames = {"mfrac": "(({})/({}))", "msup": "(({})**({}))"}
    return frames[kind].format(*parts) if kind in frames else "".join(parts)


def cases(table):
    *rows, last = [[meaning(cell) for cell in row] for row in table]
    code = f"({last[0].rstrip(',')})"
    for value, condition in reversed(rows):
        code = f"(({value.rstrip(',')}) if {condition} else {code})"
    return code
