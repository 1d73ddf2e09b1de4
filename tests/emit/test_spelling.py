"""Spellings are text and function in one row; NumPy stands for all libraries here."""

from types import SimpleNamespace

import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.numpy import SPELLINGS
from nonlin.emit.spelling import call, functions, named, runner, texts
from nonlin.expr.nodes import build, constant, symbol, where

X = symbol("x")


def test_a_row_is_text_and_function():
    row = call("np.clip", 1, -1.0, max=2.0)
    assert row.text == "np.clip({0}, -1.0, max=2.0)"
    clip = row.function(SimpleNamespace(clip=lambda *given, **options: (given, options)))
    assert clip(7) == ((7, -1.0), {"max": 2.0})


def test_functions_by_name():
    rows = named("jnp", "exp", "power", arctan="atan")
    assert texts(rows) == {
        "exp": "jnp.exp({0})",
        "power": "jnp.power({0}, {1})",
        "arctan": "jnp.atan({0})",
    }
    library = SimpleNamespace(numpy=SimpleNamespace(exp=1, power=2, atan=3))
    found = functions(rows, library)
    assert [found[name] for name in rows] == [1, 2, 3]


def test_nothing_is_imported_for_a_table():
    assert named("no_such_library", "exp")["exp"].text == "no_such_library.exp({0})"


def test_results_have_the_shape_and_dtype_of_x():
    a = symbol("a")
    roots = [constant(1), a + 1, where(X > 0, 1, 2), X * a]
    run = runner(roots, ["x", "a"], SPELLINGS, np)
    x = np.array([-1.0, 0.5], np.float32)
    one, two, three, four = run(x, np.float32(2))
    np.testing.assert_array_equal(one, [1, 1])
    np.testing.assert_array_equal(two, [3, 3])
    np.testing.assert_array_equal(three, [2, 1])
    assert one.dtype == two.dtype == three.dtype == four.dtype == np.float32


@pytest.mark.parametrize("name", ["mish", "gelu", "selu", "squareplus", "softplus"])
def test_what_numpy_lacks_is_put_together(name):
    activation = nl.get(name)
    x = np.linspace(-5, 5, 41)
    (found,) = runner([activation.graph], ["x"], SPELLINGS, np)(x)
    np.testing.assert_allclose(found, activation(x, precision="exact"), rtol=1e-13, atol=1e-15)


def test_a_threshold_by_bisection():
    z = np.array([[0.0, -0.3, -2.0], [0.0, -5.0, -9.0]])
    rows = {name: row for name, row in SPELLINGS.items() if name != "row_threshold"}
    root = build("row_sum", build("maximum", X - build("row_threshold", X, 1), constant(0)))
    from nonlin.emit.spelling import with_threshold

    (total,) = runner([root], ["x"], with_threshold(rows), np)(z)
    np.testing.assert_allclose(total, [[1.0], [1.0]])
