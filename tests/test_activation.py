"""Activation: what users hold. Numbers here are known from books and papers."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest

import nonlin as nl
from nonlin._text import speaking

KNOWN = {  # name: (x, f(x), f'(x)), to the digits that textbooks print
    "sigmoid": (2.0, 0.8807970779778823, 0.10499358540350662),
    "tanh": (0.5, 0.46211715726000973, 0.7864477329659274),
    "relu": (-3.0, 0.0, 0.0),
    "leaky_relu": (-3.0, -0.03, 0.01),
    "gelu": (1.0, 0.8413447460685429, 1.0833154705876864),
    "silu": (1.0, 0.7310585786300049, 0.9276705118714867),
    "mish": (1.0, 0.8650983882673103, 1.0490362200997922),
    "selu": (-1.0, -1.1113307378125625, 0.6467686030348141),
    "elu": (-1.0, -0.6321205588285577, 0.36787944117144233),
    "softplus": (0.0, 0.6931471805599453, 0.5),
    "hard_swish": (1.0, 4 / 6, 5 / 6),
    "erf": (1.0, 0.8427007929497149, 0.4151074974205947),
}


def test_parameters_that_float32_lacks():
    x = np.float32([0, 1, np.inf])
    for given in (1e300, 1e-300):
        expected = [0, np.inf if given > 1 else 0, np.inf]
        np.testing.assert_array_equal(nl.activation("many", "x * a", a=given)(x), expected)
        np.testing.assert_array_equal(nl.activation("few", "x / a", a=1 / given)(x), expected)


@pytest.mark.parametrize("name", KNOWN)
def test_known_numbers(name):
    x, value, slope = KNOWN[name]
    assert nl.get(name)(x) == pytest.approx(value, rel=1e-14, abs=1e-300)
    assert nl.get(name).derivative(x) == pytest.approx(slope, rel=1e-13, abs=1e-300)


def test_parameters():
    np.testing.assert_array_equal(nl.leaky_relu([-1.0, 2.0], alpha=0.2), [-0.2, 2.0])
    bound = nl.leaky_relu.bind(alpha=0.2)
    assert bound(-1.0) == -0.2
    assert bound.derivative(-1.0) == 0.2
    assert nl.leaky_relu.values == {"alpha": 0.01}
    assert nl.elu.bind(alpha=2.0).range == (-2.0, math.inf)
    with pytest.raises(nl.NonlinError, match=r"no parameter 'alhpa'.*mean alpha\?"):
        nl.leaky_relu(1.0, alhpa=0.2)
    with pytest.raises(nl.NonlinError, match="between 0 and inf"):
        nl.elu(1.0, alpha=-1)
    with pytest.raises(nl.NonlinError, match="must be a number"):
        nl.elu(1.0, alpha="big")


def test_a_formula_of_your_own():
    mine = nl.activation("mine", "x * sigmoid(beta * x)", beta=1.702)
    x = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(mine(x), nl.quick_gelu(x), rtol=1e-14)
    np.testing.assert_allclose(mine.derivative(x), nl.quick_gelu.derivative(x), rtol=1e-11)
    assert mine.gain == pytest.approx(nl.quick_gelu.gain, rel=1e-12)
    assert mine.latex == r"x \, \sigma(\beta x)"
    assert mine(1.0, beta=1.0) == nl.silu(1.0)
    assert nl.activation("square", lambda x: x * x)(3.0) == 9.0
    built = nl.activation("built", lambda x, slope: x * nl.sigmoid(slope * x), slope=1.702)
    np.testing.assert_allclose(built(x), nl.quick_gelu(x), rtol=1e-14)
    with pytest.raises(nl.NonlinError, match="beta"):
        nl.activation("mine", "x * sigmoid(beta * x)")


def test_written_out_formulas_are_recognised():
    """Naive spellings are as stable as the named functions."""
    pairs = {
        "x / (1 + exp(-x))": nl.silu,
        "x * tanh(log(1 + exp(x)))": nl.mish,
        "(exp(x) - exp(-x)) / (exp(x) + exp(-x))": nl.tanh,
        "0.5 * x * (1 + erf(x / sqrt(2)))": nl.gelu,
        "exp(x) / (1 + exp(x))": nl.sigmoid,
        "log(1 / (1 + exp(-x)))": nl.log_sigmoid,
        "x - tanh(x)": nl.tanhshrink,
        "(x + sqrt(x**2 + 4)) / 2": nl.squareplus,
    }
    x = np.array([-1000.0, -40.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 40.0, 1000.0])
    for formula, named in pairs.items():
        found = nl.activation("written", formula)
        np.testing.assert_allclose(found(x), named(x), rtol=1e-14, err_msg=formula)
        np.testing.assert_allclose(found.derivative(x), named.derivative(x), rtol=1e-13)


def test_defects_of_the_peers_are_not_here():
    """DESIGN.md lists what other libraries get wrong in float32."""

    def single(f, x):
        return f(np.array([x], "float32"))[0]

    assert single(nl.gelu, -5.0) == pytest.approx(-1.43325786e-06, rel=2e-7)
    assert single(nl.gelu, -6.08) == pytest.approx(-3.6537e-09, rel=1e-3)
    assert single(nl.gelu, 1.7e38) == np.float32(1.7e38)
    for f in (nl.gelu, nl.silu, nl.mish):
        assert single(f, -np.inf) == 0
    assert single(nl.sigmoid.derivative, 18.7) == pytest.approx(7.563e-09, rel=1e-3)
    assert single(nl.tanh.derivative, 10.0) == pytest.approx(8.2446e-09, rel=1e-3)
    assert single(nl.gelu_tanh.derivative, 1e20) == 1
    assert single(nl.mish.derivative, -90.0) < 0
    assert single(nl.tanhshrink, 1e-3) == pytest.approx(3.3333320e-10, rel=1e-6)
    assert single(nl.elu.derivative, -18.7) == pytest.approx(7.563e-09, rel=1e-3)
    assert np.isnan(single(nl.relu.derivative, np.nan))
    assert np.isfinite(nl.mish.derivative(np.float32([89, 200, 1e30]), 2)).all()


def test_what_can_be_asked():
    a = nl.gelu
    assert a.name == "gelu"
    assert a.year == 2016
    assert "1606.08415" in a.source
    assert a.latex == r"x \, \Phi(x)"
    assert a.derivative_latex == r"\Phi(x) + x \, \varphi(x)"
    assert a.range[0] == pytest.approx(-0.16997120747990369)
    assert a.range[1] == math.inf
    assert a.kinks == ()
    assert nl.hard_swish.kinks == (-3.0, 3.0)
    assert nl.softmax.range == (0.0, 1.0)
    assert nl.log_softmax.range == (-math.inf, 0.0)
    assert a.strengths
    assert a.weaknesses
    assert nl.softmax.strengths
    assert nl.softmax.weaknesses
    with speaking("zh"):
        assert a.title == "高斯误差线性单元"
    assert "gelu" in repr(a)


def test_pickles():
    for name in nl.names():
        again = pickle.loads(pickle.dumps(nl.get(name)))  # noqa: S301 - our own bytes
        assert again == nl.get(name)
        assert again.formula is nl.get(name).formula


def test_source_to_take_away():
    space = {}
    mine = nl.activation("2 my-own", "x * sigmoid(beta * x)", beta=1.5)
    exec(mine.to_python() + mine.to_python(2), space)  # noqa: S102 - our own source
    assert space["_2_my_own"](0.7) == pytest.approx(mine(0.7), rel=1e-14)
    assert space["_2_my_own"](0.7, beta=1.0) == pytest.approx(nl.silu(0.7), rel=1e-14)
    assert space["_2_my_own_derivative_2"](0.7) == pytest.approx(mine.derivative(0.7, 2), rel=1e-13)
    with pytest.raises(nl.NonlinError, match="whole rows"):
        nl.softmax.to_python()
    with pytest.raises(nl.NonlinError, match="orders are"):
        nl.relu.to_python(4)


def test_import_is_light():
    code = "import nonlin, sys; print('numpy' in sys.modules, 'llvmlite' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_names_in_the_package():
    assert nl.get("swish") is nl.swish is nl.silu
    assert nl.get("Hard-Swish") is nl.hard_swish
    assert "mish" in dir(nl)
    with pytest.raises(AttributeError, match="relu"):
        _ = nl.reluu
    with pytest.raises(nl.NonlinError, match="Did you mean relu"):
        nl.get("reluu")
    with pytest.raises(nl.NonlinError, match="is no activation"):
        nl.get(3)


REACH = np.array([-2.0, 0.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("function", "same"),
    [
        (lambda x: x * np.tanh(np.log1p(np.exp(x))), "x * tanh(softplus(x))"),
        (lambda x: np.where(x >= 0, x, np.expm1(x)), "where(x >= 0, x, expm1(x))"),
        (lambda x: np.clip(np.float32(0.25) * x + np.array(0.5), 0, 1), "clip(x/4 + 0.5, 0, 1)"),
        (lambda x: np.float64(2) * abs(x) + 2**x, "2*abs(x) + 2**x"),
        (lambda x: (x <= 1) * x, "where(x <= 1, x, 0)"),
    ],
)
def test_python_functions_may_use_numpy(function, same):
    own, typed = nl.activation("own", function), nl.activation("typed", same)
    np.testing.assert_allclose(own(REACH), typed(REACH), rtol=1e-14)
    np.testing.assert_allclose(own(REACH), function(REACH), rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nl.activation("f", lambda x: math.sin(x)), "cannot be traced"),
        (lambda: nl.activation("f", lambda x, a: a * x), "cannot be traced.*'a'"),
        (lambda: nl.activation("f", lambda x: np.sinh(x)), r"np\.sinh is not part"),
        (lambda: nl.activation("f", lambda x: np.sum(x)), "cannot be traced"),
        (lambda: nl.activation("f", 3), "A formula is a text"),
        (lambda: nl.activation(" ", "x"), "no name"),
        (lambda: nl.activation("f", "x*pi", pi=3), "cannot be called 'pi'"),
        (lambda: nl.activation("f", "x", axis=2), "cannot be called 'axis'"),
        (lambda: nl.activation("f", "x", **{"lambda": 2}), "cannot be called 'lambda'"),
        (lambda: nl.elu(1.0, alpha=10**400), "must be a number"),
        (lambda: nl.relu([1.0], precision=["fast"]), "no precision"),
        (lambda: nl.relu.derivative([1.0], [1]), "order"),
        (lambda: nl.relu([[1, 2], [3]]), "no array"),
    ],
)
def test_bad_input_is_one_sentence(make, words):
    with pytest.raises(nl.NonlinError, match=words):
        make()


def test_parameters_may_be_called_as_the_arguments_of_activation():
    assert nl.activation("f", "x * name + formula", name=2, formula=1)(3.0) == 7.0


def test_derivatives_are_defined_at_most_where_the_value_is():
    for formula in ("log(x)", "log1p(x)", "sqrt(x)", "x**0.5 * x**0.5", "x**1.5"):
        own = nl.activation("f", formula)
        missing = np.isnan(own(REACH))
        assert missing[0], formula
        for order in (1, 2, 3):
            found = np.isnan(own.derivative(REACH, order))
            assert found[missing].all(), formula
            assert not found[REACH > 0].any(), formula


def test_enormous_numbers_in_a_formula():
    own = nl.activation("f", "(((1.5 * x)**64)**64)**64")
    np.testing.assert_array_equal(own([0.5, 1.0]), [0.0, math.inf])
    assert nl.activation("f", "x**64 * x**64 * x")(-2.0) == -(2.0**129)
    assert nl.activation("f", "1e300 * x * 1e300")(-1.0) == -math.inf
    assert nl.activation("f", "log(x - x)")(1.0) == -math.inf


def test_a_branch_that_divides_by_zero():
    own = nl.activation("f", "min(1 / max(x, 0), 3)")
    np.testing.assert_allclose(own([0.1, 0.5, 4.0]), [3.0, 2.0, 0.25])
    assert own.properties.range == (0.0, 3.0)


def test_facts_about_a_pole():
    keys = {text.key for text in nl.activation("f", "1/x").weaknesses}
    assert "properties.undefined" in keys
    assert "properties.not_monotone" not in keys


def test_graph_and_gains_are_computed_once(monkeypatch):
    own = nl.activation("own", "x * sigmoid(beta * x)", beta=1.5)
    graph, gain, backward = own.graph, own.gain, own.gain_backward

    def again(*arguments):
        raise AssertionError("computed again")

    monkeypatch.setattr("nonlin.activation.recognise", again)
    monkeypatch.setattr("nonlin.function.substitute", again)
    assert (own.graph, own.gain, own.gain_backward) == (graph, gain, backward)
    monkeypatch.undo()
    other = own.bind(beta=0.5)  # nothing is taken over
    assert other.graph != graph
    assert other.gain != gain
