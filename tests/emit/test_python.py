"""Exported Python runs on its own and agrees with the library."""

import math

import pytest

from nonlin.emit.python import HELPERS, SPELLINGS, to_python
from nonlin.expr.decompositions import DECOMPOSITIONS
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import symbol
from nonlin.expr.parse import parse
from nonlin.expr.primitives import TABLE
from nonlin.expr.reductions import REDUCTIONS, RESHAPES
from nonlin.expr.stable import MACHINE

POINTS = [-math.inf, -800.0, -3.0, -0.5, 0.0, 1e-9, 0.7, 4.0, 800.0, math.inf]
FORMULAS = [
    "x*sigmoid(x)",
    "x*tanh(softplus(x))",
    "where(x>0, x, alpha*expm1(x/alpha))",
    "x*relu6(x+3)/6",
    "squareplus(x, 4) - algebraic_sigmoid(x, 4)",
    "x + sin(alpha*x)**2/alpha",
    "softsign(x)*arctan(x)/(1 + abs(x))",
    "-(x - 3)**3 + tanhshrink(x) - (x - (1 - x))",
    "max(x, 0)**0.5 * erf(x) * cos(x) * normal_cdf(x)",
    "sech_squared(x) + normal_pdf(x) + sign(x) + 1/x + log1p(max(x, 0)) + sqrt(abs(x))",
]


def run(source, name="f"):
    space = {}
    exec(source, space)  # noqa: S102 - our own source
    return space[name]


def test_every_element_wise_primitive_is_spelt():
    put_together = {name for name, ways in DECOMPOSITIONS.items() if ways.library or ways.plain}
    rows = (*REDUCTIONS, *RESHAPES)  # a function of one number has none
    assert {*TABLE, *MACHINE} <= {*SPELLINGS, *HELPERS, *put_together, *rows}


@pytest.mark.parametrize("text", FORMULAS)
def test_agrees_with_the_library(text):
    root = parse(text, ["alpha"])
    for order in (0, 1, 2):
        graph = derivative(root, order=order)
        exported = run(to_python(graph, "f", {"alpha": 0.5}))
        own = as_function(graph, "x", "alpha")
        for point in POINTS:
            expected = own(point, 0.5)
            found = exported(point)
            assert found == expected or (math.isnan(found) and math.isnan(expected))


def test_reads_well():
    assert to_python(parse("x/(1 + abs(x))"), "softsign", {}) == (
        "import math\n\n\ndef softsign(x):\n    return x / (1 + abs(x))\n"
    )
    source = to_python(parse("alpha*x", ["alpha"]), "linear", {"alpha": 0.01})
    assert source.endswith("def linear(x, alpha=0.01):\n    return alpha * x\n")


def test_shared_parts_are_computed_once():
    root = symbol("x")
    for _ in range(40):
        root = root * root + 1
    source = to_python(root, "f", {"t1": 0.0})
    assert len(source) < 2000
    assert "t1 = " not in source.replace("t1=0.0", "")


def test_a_function_may_have_the_name_of_a_primitive():
    source = to_python(parse("softplus(x)"), "softplus", {})
    assert run(source, "softplus")(0.0) == math.log(2)
    assert source.startswith("import math\n\n\ndef _")
