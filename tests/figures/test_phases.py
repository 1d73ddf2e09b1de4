"""The picture of the edge of chaos shows what theory says."""

import numpy as np
import pytest

import nonlin as nl
from nonlin import figures
from nonlin.figures import phases
from nonlin.propagation.subject import nonlinearity


@pytest.mark.parametrize("name", ["tanh", "gelu", "relu6"])
def test_the_plane_is_the_mean_field_of_each_point(name):
    weights, biases = np.array([0.7, 1.6, 3.1]), np.array([0.02, 0.3])
    chi = phases._chi(nonlinearity(name, ""), weights, biases)
    for row, b in zip(chi, biases, strict=True):
        for found, w in zip(row, weights, strict=True):
            exact = nl.mean_field(name, weight_variance=w, bias_variance=b).chi_1
            assert found == pytest.approx(exact, rel=0.02)


def test_both_panels_are_drawn_in_light_and_dark():
    for dark in (False, True):
        figure = figures.phase("relu", dark=dark)
        left, right = figure.axes
        assert left.get_xlabel() == right.get_xlabel() != ""
        scale = right.get_lines()[0]
        peak = scale.get_xdata()[np.argmax(scale.get_ydata())]
        assert peak == pytest.approx(2.0, abs=0.02)


def test_what_has_no_theory_is_refused():
    for given in ("softmax", nl.activation("wild", "exp(x**2)")):
        with pytest.raises(nl.NonlinError):
            figures.phase(given)
