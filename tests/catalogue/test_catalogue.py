"""The catalogue is complete, and every entry says where it comes from."""

from itertools import combinations

import numpy as np
import pytest

import nonlin as nl
from nonlin._text import speaking

REQUIRED = """identity binary_step sigmoid log_sigmoid hard_sigmoid tanh hard_tanh softsign arctan
relu leaky_relu relu6 relu_squared prelu elu celu selu softplus squareplus gelu gelu_tanh
quick_gelu silu hard_swish mish tanhshrink softshrink hardshrink
sine snake gaussian erf softmax log_softmax"""


def test_complete():
    assert set(REQUIRED.split()) <= set(nl.names())
    assert len(set(nl.names())) == len(nl.names())


@pytest.mark.parametrize("name", nl.names())
def test_every_entry_is_documented(name):
    entry = nl.get(name)
    assert 1900 < entry.year <= 2026
    assert len(entry.source) > 10
    english = entry.title
    with speaking("zh"):
        assert any("一" <= letter <= "鿿" for letter in entry.title)
    assert english[0].isupper()
    assert entry.strengths
    assert entry.weaknesses


x = np.concatenate([np.linspace(-12, 12, 4000), [-1e3, -1e2, 1e2, 1e3]])


def drawn(entry):
    """Values on a grid: of the random ones as in training, of gated pairs at several values."""
    if entry.kind in ("rowwise", "reshaping"):
        return entry(x.reshape(-1, 4))
    if entry.kind == "random":
        return entry.sample(x, seed=0)
    if entry.kind == "gated":
        return entry(np.random.default_rng(0).standard_normal(x.size), x)
    if entry.surrogate is not None:  # and the slopes that it is trained by
        return np.concatenate([entry(x), entry.backward(np.ones_like(x), x)])
    return entry(x)


def test_entries_differ_as_functions():
    """No two are the same at their default parameters, but ELU and CELU, which differ in alpha,
    and whose libraries all have the default 1, and tanh(x / 2) and DyT, which learns the 1/2.
    """
    values = {name: drawn(nl.get(name)) for name in nl.names()}
    same = {
        (a, b)
        for a, b in combinations(values, 2)
        if values[a].shape == values[b].shape and np.allclose(values[a], values[b], rtol=1e-6)
    }
    assert same == {("elu", "celu"), ("bipolar_sigmoid", "dyt")}
    assert not np.allclose(nl.elu(x, alpha=2), nl.celu(x, alpha=2))
    assert nl.dyt.learned == ("alpha",)
    assert not nl.bipolar_sigmoid.parameters


def test_published_constants():
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    assert nl.selu.derivative(1.0) == scale
    assert nl.selu(-1000.0) == pytest.approx(-scale * alpha, rel=1e-15)
    defaults = {name: nl.get(name).values for name in REQUIRED.split()}
    assert {name: values for name, values in defaults.items() if values} == {
        "leaky_relu": {"alpha": 0.01},
        "prelu": {"alpha": 0.25},
        "elu": {"alpha": 1.0},
        "celu": {"alpha": 1.0},
        "softplus": {"beta": 1.0},
        "squareplus": {"b": 4.0},
        "softshrink": {"lambd": 0.5},
        "hardshrink": {"lambd": 0.5},
        "snake": {"a": 1.0},
    }


TORCH = {
    "hard_sigmoid": [0.0, 0.5, 1.0],
    "hard_tanh": [-1.0, 0.0, 1.0],
    "relu6": [0.0, 0.0, 6.0],
    "softshrink": [-6.5, 0.0, 6.5],
    "hardshrink": [-7.0, 0.0, 7.0],
    "relu_squared": [0.0, 0.0, 49.0],
    "binary_step": [0.0, 1.0, 1.0],
}


@pytest.mark.parametrize("name", TORCH)
def test_piecewise_values(name):
    np.testing.assert_array_equal(nl.get(name)([-7.0, 0.0, 7.0]), TORCH[name])
