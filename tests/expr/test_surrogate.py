"""Surrogates: the value of one function, the gradients of another; f' stays that of f."""

import mpmath
import numpy as np
import pytest

import nonlin as nl
from nonlin._text import catalogue
from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr import vocabulary as f
from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.infix import infix
from nonlin.expr.nodes import symbol
from nonlin.expr.sentences import OF_GRADIENTS
from nonlin.expr.surrogate import without_surrogates
from nonlin.keep.describe import activation_of, function_of

X = symbol("x")
ENTRIES = [name for name in nl.names() if nl.get(name).surrogate is not None]
POINTS = np.concatenate([[0.0, 1e-8, -1e-8, np.inf, -np.inf, np.nan], np.linspace(-40, 40, 161)])
SLOPES = {  # as the papers have them, and the code of SpikingJelly and snnTorch
    "spike": lambda x: 1 / (1 + 25 * abs(x)) ** 2,
    "spike_arctan": lambda x: 1 / (1 + (mpmath.pi * x) ** 2),
    "sugar_bsilu": lambda x: (
        mpmath.mpf(1.67) * logistic(x) * logistic(-x) + logistic(x) * (1 + x * logistic(-x))
    ),
    "sugar_nelu": lambda x: 1 if x > 0 else 2 * mpmath.mpf(0.05) * x / (1 + x * x) ** 2,
}


def logistic(x):
    return 1 / (1 + mpmath.exp(-x))


def test_value_of_one_and_slope_of_the_other():
    root = 2 * f.surrogate(f.where(X > 0, 1, 0), f.arctan(X)) + X
    assert infix(derivative(root)) == "2 / (1 + x**2) + 1"
    assert infix(without_surrogates(root)) == "2 * where(x > 0, 1, 0) + x"
    assert derivatives(root, (0,)) == [without_surrogates(root)]
    assert without_surrogates(X**2) is X**2


@pytest.mark.parametrize("name", ENTRIES)
def test_gradients_are_those_of_the_surrogate(name):
    entry = nl.get(name)
    at = POINTS[np.isfinite(POINTS)]
    with mpmath.workdps(60):
        true = np.array([float(SLOPES[name](mpmath.mpf(x))) for x in at])
    for precision, bound in (("exact", 1), ("fast", 8)):
        for dtype in ("float32", "float64"):
            x = at.astype(dtype)
            with mpmath.workdps(60):
                here = [float(SLOPES[name](mpmath.mpf(float(each)))) for each in x]
            got = entry.backward(np.ones_like(x), x, precision=precision)
            eps = np.finfo(dtype).eps
            allowed = bound * eps * np.abs(here) + (0 if precision == "exact" else eps)
            assert (np.abs(got - here) <= allowed).all()
    judge = compile_mpmath(derivative(entry.trained.graph), "x")
    np.testing.assert_allclose([float(judge(x)) for x in at], true, rtol=1e-14)
    ends = entry.backward(np.ones_like(POINTS), POINTS)
    assert np.isnan(ends[np.isnan(POINTS)]).all()
    assert np.isfinite(ends[~np.isnan(POINTS)]).all()


@pytest.mark.parametrize("name", ENTRIES)
def test_the_derivative_is_its_own(name):
    entry = nl.get(name)
    x = POINTS[np.isfinite(POINTS)]
    own = 0.0 if name.startswith("spike") else np.where(x > 0, 1.0, 0.0)
    np.testing.assert_array_equal(entry.derivative(x), own)
    value, slope = entry.value_and_derivative(x)
    np.testing.assert_array_equal(slope, own)
    np.testing.assert_array_equal(value, entry(x))
    np.testing.assert_array_equal(entry.trained.value_and_derivative(x)[0], value)
    assert entry.itself.backward(np.ones_like(x), x).tolist() == entry.derivative(x).tolist()
    assert entry.bind().trained is entry.trained


def test_a_formula_of_ones_own():
    mine = nl.activation("mine", "surrogate(where(x > 0, 1, 0), arctan(k*x))", k=2.0)
    assert infix(mine.formula) == "where(x > 0, 1, 0)"
    np.testing.assert_allclose(mine.backward([1.0, 1.0], [0.0, 1.0]), [2, 0.4])
    assert mine.derivative([1.0])[0] == 0
    written = function_of(mine)  # as a model is saved
    np.testing.assert_allclose(activation_of(written, "").backward([1.0], [1.0]), 0.4)
    built = nl.activation("built", lambda x: 2 * nl.spike(x))
    np.testing.assert_allclose(built.backward([3.0], [0.0]), 6)  # nothing is lost on the way
    assert nl.relu.trained is nl.relu
    assert nl.relu.itself is nl.relu


def test_a_network_of_spikes_is_trained():
    """The compiled loop takes the surrogate: with f' = 0 the first layer would never move."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 3))
    network = nl.Network([3, 8, 1], hidden="spike", seed=0)
    before = network.weights[0].copy()
    network.fit(x, x[:, :1] > 0, epochs=2)
    assert not np.array_equal(before, network.weights[0])


def test_what_is_left_out_of_gradients_is_said_of_others():
    assert {*OF_GRADIENTS} <= catalogue("en").keys()


def test_it_is_told():
    assert "surrogate" in str(nl.spike.strengths[0])
    assert not any("cannot be trained" in str(each) for each in nl.spike.weaknesses)
    assert "(1 + abs(slope * x))**2" in nl.export("spike", to="c")
    assert "not f' but a surrogate" in nl.export("spike", to="latex")
