"""One layout, printed twice: LaTeX and MathML show the same signs."""

import re

import pytest

import nonlin as nl
from nonlin._text import speaking
from nonlin.emit.latex import latex
from nonlin.emit.mathml import mathml
from nonlin.export.exported import Exported
from nonlin.expr.nodes import build, symbol
from nonlin.expr.parse import parse

SIGNS = ("(", ")", "[", "|", "+", "=")


@pytest.mark.parametrize("name", nl.names())
def test_both_targets_show_the_same_signs(name):
    for root in Exported(nl.get(name)).formulas().values():
        printed, elements = latex(root), re.findall(r">([^<>]+)<", mathml(root))
        assert [printed.count(sign) for sign in SIGNS] == [elements.count(s) for s in SIGNS]


@pytest.mark.parametrize("name", nl.names())
def test_latex_has_a_command_for_every_sign(name):
    with speaking("en"):
        assert all(latex(root).isascii() for root in Exported(nl.get(name)).formulas().values())


def test_a_power_of_a_fraction_has_brackets():
    fraction = "<mfrac><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></mfrac>"
    bracketed = f"<mrow><mo>(</mo>{fraction}<mo>)</mo></mrow>"
    assert mathml(parse("(x/2)**3")) == (
        f"<msup><mrow>{bracketed}</mrow><mrow><mn>3</mn></mrow></msup>"
    )
    assert latex(parse("(x/2)**3")) == r"\left(\frac{x}{2}\right)^{3}"


def test_a_deep_formula_is_printed():
    deep = symbol("x")
    for _ in range(3000):
        deep = build("sin", deep)
    assert latex(deep) == r"\sin(" * 3000 + "x" + ")" * 3000
    assert mathml(deep).count("<mi>sin</mi>") == 3000
