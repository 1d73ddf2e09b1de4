"""Names and parameters as people write them."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.catalogue.written import named


@pytest.mark.parametrize(
    "written", ["Leaky ReLU", "leaky relu", "LeakyReLU", "leaky-relu", "LEAKY_RELU"]
)
def test_a_name_however_it_is_spelt(written):
    assert nl.get(written) is nl.leaky_relu
    assert named(written, {}) is nl.leaky_relu


def test_every_name_and_title_of_letters_still_means_itself():
    for name in nl.names():
        assert nl.get(name).name == name
        assert nl.get(name.replace("_", " ").upper()).name == name


def test_negative_slope_is_alpha_of_leaky_relu_and_of_nothing_else():
    x = np.array([[-1.0, -2.0], [3.0, -4.0]])
    assert np.array_equal(nl.leaky_relu(x, negative_slope=0.2), nl.leaky_relu(x, alpha=0.2))
    slopes = np.array([0.1, 0.2])
    several = nl.leaky_relu(x, negative_slope=slopes)
    assert np.array_equal(several, nl.leaky_relu(x, alpha=slopes))
    assert nl.leaky_relu.bind(negative_slope=0.3).values == {"alpha": 0.3}
    with pytest.raises(InputError, match="no parameter 'negative_slope'"):
        nl.elu(x, negative_slope=0.2)
    with pytest.raises(InputError, match="no parameter 'negative_slope'"):
        nl.leaky_relu(x, negative_slope=0.2, alpha=0.1)
