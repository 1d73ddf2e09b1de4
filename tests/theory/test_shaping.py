"""Shaping: the conditions of the papers hold, and correlations survive fifty layers."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin.theory.affine import leaky_correlation
from nonlin.theory.dual import dual
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap

SMOOTH = ("tanh", "gelu", "silu", "softplus", "mish", "sigmoid", "erf")

# by the authors' own package, dks 0.1.2, for a chain of 50 layers: input scale and shift, output
# shift and scale; a shift of tanh may have either sign
AUTHORS = {
    ("tanh", "dks"): (0.12844047873558, 0.5707795475034, -0.5098072417370, 10.6044476247445),
    ("softplus", "dks"): (0.32662517344344, 0.4093739676522, -0.9312843019625, 5.0948428868846),
    ("silu", "dks"): (0.18442861360102, 0.3488179216643, -0.2124652446624, 8.0813961431395),
    ("tanh", "tat"): (0.08165523496542, 0.5258489444580, -0.4831889547448, 15.9416336757374),
    ("softplus", "tat"): (0.21210121644716, 0.5400250750406, -0.9970455848759, 7.4557362722045),
    ("silu", "tat"): (0.12335886359372, 0.4474844794931, -0.2715723948581, 11.3041556804479),
}


@pytest.mark.parametrize(("name", "method"), AUTHORS)
def test_as_the_authors_of_both_papers(name, method):
    shaped = nl.shape(name, depth=50, method=method)
    names = ("input_scale", "input_shift", "output_shift", "output_scale")
    found = np.abs([shaped.values[key] for key in names])
    np.testing.assert_allclose(found, np.abs(AUTHORS[name, method]), rtol=1e-7)


def test_the_leaky_slope_of_the_authors():
    """dks 0.1.2, TAT, 50 layers: 0.43052294850349."""
    shaped = nl.shape("relu", depth=50)
    assert shaped.values["slope"] == pytest.approx(0.43052294850349, abs=1e-9)
    assert nl.shape("leaky_relu", depth=50).values == shaped.values
    assert leaky_correlation(shaped.values["slope"], 0.0, 50) == pytest.approx(0.9, abs=1e-10)


@pytest.mark.parametrize("name", [*SMOOTH, "elu"])
def test_conditions_of_deep_kernel_shaping(name):
    """Q(1) = Q'(1) = 1, C(0) = 0, C'(1) = 1.5^(1/50), measured on the new activation itself."""
    shaped = nonlinearity(nl.shape(name, depth=50, method="dks"), "")
    lengths = VarianceMap(shaped, 1.0, 0.0)
    assert lengths(1.0) == pytest.approx(1, abs=1e-8)
    assert lengths.slope(1.0) == pytest.approx(1, abs=1e-8)
    assert lengths.correlation_slope(1.0) == pytest.approx(1.5 ** (1 / 50), abs=1e-8)
    assert float(dual(shaped, 1.0)(0.0).value) == pytest.approx(0, abs=1e-8)
    np.testing.assert_allclose(lengths.lengths(1.0, 50), 1, atol=1e-7)


@pytest.mark.parametrize("name", SMOOTH)
def test_conditions_of_tailored_transforms(name):
    """Q(1) = Q'(1) = C'(1) = 1 and C''(1) = E[f''^2] = 0.3 / 50."""
    shaped = nl.shape(name, depth=50, method="tat")
    lengths = VarianceMap(nonlinearity(shaped, ""), 1.0, 0.0)
    assert lengths(1.0) == pytest.approx(1, abs=1e-8)
    assert lengths.slope(1.0) == pytest.approx(1, abs=1e-8)
    assert lengths.correlation_slope(1.0) == pytest.approx(1, abs=1e-8)
    assert nl.moments(shaped).curvature_second == pytest.approx(0.3 / 50, abs=1e-8)


def after_fifty(activation, weight_variance):
    """The correlation that 0.5 becomes after 50 layers."""
    f = nonlinearity(activation, "")
    lengths, c = VarianceMap(f, weight_variance, 0.0), 0.5
    q = lengths.settled()
    table = dual(f, q)
    for _ in range(50):
        c = float(weight_variance * table(c).value / q)
    return c


@pytest.mark.parametrize("name", ["softplus", "sigmoid"])
def test_correlations_survive_fifty_layers(name):
    """Without shaping all inputs become one; shaped, 0.5 stays near 0.5."""
    assert after_fifty(name, 1.0 if name == "sigmoid" else 0.5) > 1 - 1e-9
    assert 0.3 < after_fifty(nl.shape(name, depth=50), 1.0) < 0.6


def test_shaped_relu_in_a_real_network():
    """Width 512, depth 50: lengths stay, correlations differ; plain relu makes all inputs alike."""
    X = np.random.default_rng(0).standard_normal((6, 512))

    def last(activation, init):
        net = nl.Network([512] * 51, activation, init=init, seed=1, dtype="float64")
        return net.trace(X).layers[-2].activations

    shaped = last(nl.shape("relu", depth=50), "lecun_normal")
    plain = last("relu", "he_normal")
    assert 0.5 < (shaped**2).mean() < 2
    off = ~np.eye(6, dtype=bool)
    alike = [np.corrcoef(values)[off].mean() for values in (shaped, plain)]
    lengths = np.linalg.norm(plain, axis=1)
    cosines = (plain @ plain.T / np.outer(lengths, lengths))[off]
    assert cosines.min() > 0.98
    assert alike[0] < 0.95


def test_the_result_is_an_activation_like_any_other():
    shaped = nl.shape(nl.activation("mine", "x * sigmoid(b * x)", b=1.5), depth=20)
    assert shaped.name == "shaped_mine_20"
    x = np.linspace(-3, 3, 7)
    s = shaped.values
    inner = s["input_scale"] * x + s["input_shift"]
    own = s["output_scale"] * (inner / (1 + np.exp(-1.5 * inner)) + s["output_shift"])
    np.testing.assert_allclose(shaped(x), own, rtol=1e-6, atol=1e-9)
    assert "20" in shaped.title


def test_what_cannot_be_shaped():
    cases = [
        ("no_shape", lambda: nl.shape("hard_tanh", depth=50)),
        ("no_shape", lambda: nl.shape("binary_step", depth=50)),
        ("no_shape", lambda: nl.shape("identity", depth=50)),
        ("only_elementwise", lambda: nl.shape("softmax", depth=50)),
        ("shape_method", lambda: nl.shape("gelu", depth=50, method="tad")),
        ("bad_integer", lambda: nl.shape("gelu", depth=0)),
        ("bad_number", lambda: nl.shape("gelu", depth=5, zeta=1.0)),
        ("bad_number", lambda: nl.shape("relu", depth=5, eta=1.0)),
        ("bad_number", lambda: nl.shape("gelu", depth=5, method="tat", tau=math.inf)),
    ]
    for key, call in cases:
        with pytest.raises(nl.NonlinError) as caught:
            call()
        assert caught.value.key == key
