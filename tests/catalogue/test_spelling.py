"""Names and parameters as people write them."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.catalogue import calls
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


CALLS = {
    "torch.nn.GELU(approximate='tanh')": (nl.gelu_tanh, {}),
    'nn.GELU(approximate="tanh")': (nl.gelu_tanh, {}),
    "nn.GELU(approximate='none')": (nl.gelu, {}),
    "F.gelu( approximate = 'tanh' )": (nl.gelu_tanh, {}),
    "jax.nn.gelu(approximate=False)": (nl.gelu, {}),
    "jax.nn.gelu(approximate=True)": (nl.gelu_tanh, {}),
    "nn.LeakyReLU(0.1)": (nl.leaky_relu, {"alpha": 0.1}),
    "nn.LeakyReLU(0.1, inplace=True)": (nl.leaky_relu, {"alpha": 0.1}),
    "torch.nn.LeakyReLU(negative_slope=0.3)": (nl.leaky_relu, {"alpha": 0.3}),
    "keras.layers.LeakyReLU(negative_slope=0.3)": (nl.leaky_relu, {"alpha": 0.3}),
    "nn.PReLU(8, 0.1)": (nl.prelu, {"alpha": 0.1}),
    "nn.Threshold(0.1, 20)": (nl.threshold, {"threshold": 0.1, "default_value": 20.0}),
    "nn.Softmax(dim=-1)": (nl.softmax, {}),
    "nn.ReLU()": (nl.relu, {}),
    "LeakyReLU(0.2)": (nl.leaky_relu, {"alpha": 0.2}),
    "elu(alpha=0.5)": (nl.elu, {"alpha": 0.5}),
}
WRONG = {
    "nn.LeakyReLU(slope=0.1)": "no parameter 'slope': its parameters are alpha",
    "nn.ReLU(3)": "at most 0",
    "nn.Softmax(dim=1)": "softmax\\(x, axis=1\\)",
    "nn.Nothing(1)": "no activation 'nn.Nothing'",
    "nn.GELU(approximate='cosh')": "cannot be set",
    "nn.ELU('big')": "a number",
}


@pytest.mark.parametrize("written", CALLS)
def test_options_as_part_of_a_name(written):
    entry, values = CALLS[written]
    for found in (nl.get(written), named(written, {})):
        assert found.formula == entry.formula
        assert found.values == entry.values | values


@pytest.mark.parametrize("written", WRONG)
def test_options_that_it_has_not(written):
    with pytest.raises(InputError, match=WRONG[written]):
        nl.get(written)


@pytest.mark.parametrize("formula", ["tanh(x)", "x * sigmoid(2*x)", "max(x, 0.1*x)", "2(3)"])
def test_formulas_are_no_names_with_options(formula):
    assert calls.split(formula) is None


def test_an_unknown_name_computes_one_hint(monkeypatch):
    from nonlin import _errors
    from nonlin.catalogue import elsewhere

    asked = []
    real = _errors.nearest
    monkeypatch.setattr(_errors, "nearest", lambda *a: asked.append(a) or real(*a))
    monkeypatch.setattr(elsewhere, "unknown", lambda *a: pytest.fail("a second hint"))
    with pytest.raises(AttributeError, match="relu"):
        nl.relo  # noqa: B018
    assert len(asked) == 1
