"""What many layers do to gradients: beside mean field theory and closed forms."""

import math

import pytest

import nonlin as nl
from nonlin.catalogue import get
from nonlin.theory.endurance import endurance


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_gradients_as_mean_field_theory_has_them(name):
    field = nl.mean_field(name, weight_variance=nl.gain(name) ** 2)
    found = endurance(get(name), 30)
    assert found.gradient == pytest.approx(field.gradient_growth**15, rel=1e-6)
    slope = {point.q: point.slope for point in field.fixed_points}.get(field.q_star, 1.0)
    assert found.drift == pytest.approx(slope**30, rel=1e-6)


def test_deviations_of_a_square_double_in_each_layer():
    assert endurance(get("relu_squared"), 10).drift == pytest.approx(2**10)
    assert endurance(get("relu_squared"), 5000).drift == math.inf


def test_without_slopes_nothing_comes_back():
    assert endurance(get("binary_step"), 1).gradient == 0
    assert endurance(get("binary_step"), 1).reach == 0


def test_where_no_weights_keep_the_size_of_signals_nothing_is_said():
    assert endurance(nl.activation("huge", "exp(x**2)"), 2) is None


@pytest.mark.parametrize("name", ["spike_arctan", "sugar_bsilu"])
def test_gradients_go_by_a_surrogate(name):
    gains = nl.gain(name), nl.gain(name, backward=True)
    field = nl.mean_field(name, weight_variance=gains[0] ** 2)
    found = endurance(get(name), 30)
    growth = (gains[0] / gains[1]) ** 2
    assert found.gradient == pytest.approx(growth**15)
    assert found.reach == pytest.approx(6 * min(field.xi_c, 1 / abs(math.log(growth))))
    assert 1 < found.reach < 30
