"""The table of decompositions: every way leads to primitives that its targets have."""

import mpmath
import numpy as np
import pytest

from nonlin.emit.llvm.lowering import evaluate
from nonlin.expr import coefficients
from nonlin.expr.decompositions import DECOMPOSITIONS, decomposed, in_library
from nonlin.expr.floats import FLOATS, as_function
from nonlin.expr.nodes import Call, build, call, constant, symbol
from nonlin.expr.polynomials import horner, near_tanh
from nonlin.expr.primitives import TABLE
from nonlin.expr.walk import postorder

X = symbol("x")
KNOWN = [name for name in DECOMPOSITIONS if name in TABLE]


def arguments(name):
    return [X, *map(constant, (4, 5))][: TABLE[name].arity]


def primitives(root):
    return {node.primitive for node in postorder(root) if isinstance(node, Call)}


@pytest.mark.parametrize("name", KNOWN)
def test_libraries_have_what_is_left(name):
    assert primitives(in_library(call(name, *arguments(name)), FLOATS)) <= set(FLOATS)


@pytest.mark.parametrize("digits", ["single", "middle", "double", "pair"])
@pytest.mark.parametrize("name", [name for name in KNOWN if DECOMPOSITIONS[name].kernel])
def test_kernels_have_what_is_left_at_once(name, digits):
    found = primitives(decomposed(name, arguments(name), "kernel", digits))
    assert found - {"pi"} <= {*evaluate.SPELLINGS, *evaluate.COMPARISONS}


def test_what_has_no_way_is_told():
    assert decomposed("exp", [X], "plain", "double") is None
    assert decomposed("tanh", [X], "plain", "double") is None
    assert decomposed("unheard_of", [X], "kernel", "double") is None


def test_what_a_target_has_stays():
    root = build("sigmoid", X) * build("softplus", X)
    assert in_library(root, {*FLOATS, "sigmoid", "softplus"}) is root


@pytest.mark.parametrize("last", [13, 17, 25, 33])
def test_the_fraction_of_tanh(last):
    above, below = near_tanh(last)
    assert below[0] == 1
    w = X * X
    near = as_function(X * w * horner(above, w) / horner(below, w), "x")
    for point in (1e-3, -0.2, 0.7, -1.0):
        true = as_function(build("tanhshrink", X), "x")(point)
        assert near(point) == pytest.approx(true, rel=1e-11 if last < 17 else 1e-15)


def test_the_ratio_of_the_normal_tail():
    """As close as fit_coefficients.py says, up to where single precision has no tail."""
    above, below = coefficients.TAIL_RATIO
    for a in np.linspace(0, coefficients.TAIL_RATIO_UP_TO, 301).tolist():
        ratio = mpmath.polyval(above[::-1], a) / mpmath.polyval(below[::-1], a)
        true = mpmath.erfc(mpmath.mpf(a) / mpmath.sqrt(2)) * mpmath.exp(mpmath.mpf(a) ** 2 / 2) / 2
        assert abs(ratio / true - 1) < 2**-27
    assert mpmath.ncdf(-coefficients.TAIL_RATIO_UP_TO) < 2.0**-150
