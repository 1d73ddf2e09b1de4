"""The tables of the plane agree with the exact mean field of each point."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.theory.plane import plane
from nonlin.theory.propagation import nonlinearity


@pytest.mark.parametrize("name", ["tanh", "gelu", "relu6", "binary_step", "relu"])
def test_the_plane_is_the_mean_field_of_each_point(name):
    weights, biases = np.array([0.7, 1.6, 3.0, 3.7]), np.array([0.02, 0.05, 0.3])
    found = plane(nonlinearity(name, ""), weights, biases)
    for row, bias in enumerate(biases):
        for column, weight in enumerate(weights):
            exact = nl.mean_field(name, weight_variance=weight, bias_variance=bias)
            for key in ("chi_1", "gradient_growth", "trainable_depth"):
                value = getattr(found, key)[row, column]
                assert value == pytest.approx(getattr(exact, key), rel=0.02), (key, weight, bias)


def test_a_chaotic_point_trains_as_deep_as_its_correlations_last():
    found = plane(nonlinearity("tanh", ""), np.array([3.0]), np.array([0.05]))
    assert float(found.trainable_depth[0, 0]) == pytest.approx(54.3, abs=0.1)
