"""Formulas in print: the author's order, textbook signs."""

import pytest

import nonlin as nl
from nonlin._text import speaking
from nonlin.emit.latex import latex
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import build, symbol
from nonlin.expr.parse import parse
from nonlin.expr.primitives import TABLE

PRINTED = {
    "sigmoid(x)": r"\frac{1}{1 + e^{-x}}",
    "tanh(x)": r"\frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
    "softplus(x)": r"\ln\left(1 + e^{x}\right)",
    "max(x, 0)": r"\max(x, 0)",
    "where(x > 0, x, 0.01*x)": r"\begin{cases} x, & x > 0 \\ 0.01 x, & x \le 0 \end{cases}",
    "where(x > 0, x, alpha*expm1(x/alpha))": r"\begin{cases} x, & x > 0 \\ "
    r"\alpha \left(e^{x / \alpha} - 1\right), & x \le 0 \end{cases}",
    "x*normal_cdf(x)": r"x \, \Phi(x)",
    "x*sigmoid(beta*x)": r"x \, \sigma(\beta x)",
    "x*tanh(softplus(x))": r"x \, \tanh(\operatorname{softplus}(x))",
    "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))": r"0.5 x \left(1 + \tanh\left("
    r"\sqrt{\frac{2}{\pi}} \left(x + 0.044715 x^{3}\right)\right)\right)",
    "x*relu6(x + 3)/6": r"\frac{x \, \min(\max(x + 3, 0), 6)}{6}",
    "where(x > 0.5, x - 0.5, where(x < -0.5, x + 0.5, 0))": r"\begin{cases} x - 0.5, & x > 0.5 "
    r"\\ x + 0.5, & x < -0.5 \\ 0, & \text{otherwise} \end{cases}",
    "where(x > 0, where(x > 1, 1, x), 0)": r"\begin{cases} 0, & x \le 0 \\ 1, & x > 1 "
    r"\\ x, & \text{otherwise} \end{cases}",
    "x + sin(a*x)**2/a": r"x + \frac{\sin^{2}(a x)}{a}",
    "exp(-x**2)": r"e^{-x^{2}}",
    "softsign(x)": r"\frac{x}{1 + \left|x\right|}",
    "squareplus(x, 4)": r"\frac{x + \sqrt{x^{2} + 4}}{2}",
    "tanhshrink(x)": r"x - \tanh(x)",
    "-(x + 1)*(x - 2)": r"-(x + 1) (x - 2)",
    "x - (x - 1)": r"x - (x - 1)",
    "x - (-x*a)": r"x - (-x a)",
    "x*2": r"x \cdot 2",
    "(-x)**2": r"(-x)^{2}",
    "1e-20*x": r"10^{-20} x",
    "x*(1/3)": r"x \frac{1}{3}",
    "x**1.5": r"x^{3/2}",
    "x**0.5": r"\sqrt{x}",
    "sin(x)**-1": r"\sin(x)^{-1}",
    "lambd*x_1 + lambda_*slope_left": r"\lambda x_{1} + \lambda \, \mathrm{slope\_left}",
    "1.6732632423543772848170429916717*x": "1.6732632423543772848170429916717 x",
}


@pytest.mark.parametrize(("text", "expected"), list(PRINTED.items()))
def test_printed(text, expected):
    names = ["alpha", "beta", "a", "lambd", "lambda_", "x_1", "slope_left"]
    with speaking("en"):
        assert latex(parse(text, names)) == expected


def test_derivatives():
    assert latex(derivative(parse("sigmoid(x)"))) == r"\sigma(x) (1 - \sigma(x))"
    assert latex(derivative(parse("x*normal_cdf(x)"))) == r"\Phi(x) + x \, \varphi(x)"


def test_chinese_cases():
    with speaking("zh"):
        assert r"\text{其他}" in latex(parse("where(x>1, 1, where(x<-1, -1, x))"))


def test_rows_are_indexed():
    x = symbol("x")
    shifted = build("exp", x - build("row_max", x))
    assert latex(shifted / build("row_sum", shifted)) == (
        r"\frac{e^{x_{i} - \max_{j} x_{j}}}{\sum_{j} e^{x_{j} - \max_{k} x_{k}}}"
    )


def test_the_length_of_a_row_is_n():
    assert r"\ln(n) (x_{i} - \max_{j} x_{j})" in nl.ssmax.latex


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_primitive_prints_with_balanced_braces(name):
    arguments = [symbol(letter) for letter in "abc"[: TABLE[name].arity]]
    if name == "where":
        arguments[0] = arguments[0] > 0
    printed = latex(build(name, *arguments))
    assert printed.count("{") == printed.count("}")
    shown = "a" if name == "surrogate" else "abc"[: TABLE[name].arity]
    assert all(letter in printed for letter in shown)
