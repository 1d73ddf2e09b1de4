"""Formula strings: what is understood, and one clear sentence for everything else."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonlin._errors import InputError
from nonlin._text import LANGUAGES, speaking
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import COMPARISONS, Expr, build, constant, symbol, where
from nonlin.expr.parse import ALIASES, FUNCTIONS, parse
from nonlin.expr.primitives import TABLE

x, alpha, beta = symbol("x"), symbol("alpha"), symbol("beta")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x * sigmoid(beta * x)", x * build("sigmoid", beta * x)),
        ("where(x > 0, x, alpha*(exp(x)-1))", where(x > 0, x, alpha * (build("exp", x) - 1))),
        ("max(x,0)", build("maximum", x, 0)),
        ("relu6(x)", build("minimum", build("maximum", x, 0), 6)),
        ("x**2", x**2),
        ("x**0.5", x ** constant("0.5")),
        ("x**-beta", x**-beta),
        ("  -x + +1", -x + 1),
        ("0.1*x", constant("0.1") * x),
        ("10.5e-1*x", constant("1.05") * x),
        (".5*x + 1.", constant("0.5") * x + 1),
        ("x > 0", where(x > 0, 1, 0)),
        ("x*(x < 1)", x * where(x < 1, 1, 0)),
        ("where(x >= 0, x, 0)", where(x >= 0, x, 0)),
        ("x <= 1", where(x <= 1, 1, 0)),
        ("pi*x", build("pi") * x),
        ("e*x", build("exp", 1) * x),
        ("Phi(x) + phi(x)", build("normal_cdf", x) + build("normal_pdf", x)),
        ("pow(x, 3)", x**3),
        ("clip(x, -1, 1)", build("minimum", build("maximum", x, -1), 1)),
    ],
)
def test_understood(text, expected):
    assert parse(text, ["alpha", "beta"]) is expected


def test_a_parameter_may_be_called_e():
    assert parse("e*x", ["e"]) is symbol("e") * x


def test_every_author_level_primitive_can_be_called():
    operators = {"add", "subtract", "multiply", "divide", "negate", *COMPARISONS, "pi"}
    reachable = {*FUNCTIONS, *ALIASES.values()}
    assert {n for n in TABLE if not n.startswith("row_")} - operators <= reachable


def test_a_long_sum_is_not_deep():
    assert as_function(parse("+".join(["x"] * 150)), "x")(2.0) == 300


REFUSED = {
    "": "formula_empty",
    "x" * 301: "formula_too_long",
    "x²": "formula_character",
    "x + ٣": "formula_character",
    "(x）": "formula_character",
    "x # comment": "formula_character",
    "x\n+1": "formula_character",
    "x +": "formula_syntax",
    "2x": "formula_syntax",
    "y = x": "formula_syntax",
    "(" * 200 + "x" + ")" * 99: "formula_syntax",
    "lambda: x": "formula_element",
    "(y := x)": "formula_element",
    "x^2": "formula_element",
    "x // 2": "formula_element",
    "x if x > 0 else 0": "formula_element",
    "0 < x < 1": "formula_element",
    "x > 0 and x < 1": "formula_element",
    "x == 0": "formula_element",
    "not x": "formula_element",
    "x.real": "formula_element",
    "x[0]": "formula_element",
    "[x for x in x]": "formula_element",
    "'x'": "formula_element",
    "f'{x}'": "formula_element",
    "1j*x": "formula_element",
    "0x10*x": "formula_element",
    "1_000*x": "formula_element",
    "True*x": "formula_element",
    "...": "formula_element",
    "(lambda: x)()": "formula_element",
    "exp(x)(x)": "formula_element",
    "gamma*x": "formula_name",
    "exp": "formula_not_called",
    "sigmiod(x)": "formula_function",
    "__import__('os')": "formula_function",
    "x(2)": "formula_function",
    "max(a=x)": "formula_keywords",
    "max(*x)": "formula_keywords",
    "max(x)": "formula_arity",
    "-" * 60 + "x": "formula_depth",
    "exp(" * 55 + "x" + ")" * 55: "formula_depth",
    "x**65": "formula_exponent",
    "(-2)**x": "formula_exponent",
    "x**x": "formula_exponent",
    "x**(beta*x)": "formula_exponent",
    "x**1e300": "formula_exponent",
    "1e999*x": "formula_size",
    "1e-999*x": "formula_size",
    "1e200*1e200*x": "formula_size",
    "((1.5**64)**64)*x": "formula_not_finite",
    "x/0": "division_by_zero",
    "where(x, 1, 0)": "not_a_condition",
    "sqrt(-1)*x": "formula_not_finite",
    "0**-1 + x": "formula_not_finite",
}


@pytest.mark.parametrize(("text", "key"), list(REFUSED.items()), ids=range(len(REFUSED)))
def test_refused_with_the_right_sentence(text, key):
    with pytest.raises(InputError) as refused:
        parse(text, ["beta"])
    assert refused.value.key == key
    for language in LANGUAGES:
        with speaking(language):
            assert str(refused.value)


def test_messages_name_what_where_and_the_nearest():
    with speaking("en"):
        with pytest.raises(InputError, match=r"'sigmiod' \(column 5\).*sigmoid"):
            parse("x * sigmiod(x)")
        with pytest.raises(InputError, match=r"\*\*"):
            parse("x^2")
        with pytest.raises(InputError, match=r"'bta' \(column 3\).*Did you mean beta"):
            parse("x*bta", ["beta"])
        with pytest.raises(InputError, match=r"2\*x"):
            parse("2x")
        with pytest.raises(InputError, match="column 7"):
            parse("   x*(y)", [])


def test_not_a_text():
    with pytest.raises(InputError):
        parse(3)


FRAGMENTS = [
    *"x+-*/()><,.^=: 019e_[]{}'\"\\~@%&|!;",
    "**",
    "where(",
    "exp(",
    "lambda",
    "1e99",
    "if ",
]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(FRAGMENTS)).map("".join)))
def test_any_text_parses_or_is_refused_quickly(text):
    start = time.perf_counter()
    with suppress(InputError):
        assert isinstance(parse(text), Expr)
    assert time.perf_counter() - start < 0.5
