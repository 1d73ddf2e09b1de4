"""Names that are the same function, found by comparison."""

import time

import numpy as np
import pytest

import nonlin as nl

SAME = [
    ("silu", "swish_1", "torch.nn.SiLU", "keras.activations.swish", "onnx.Swish"),
    ("gelu_tanh", "gelu_new", "hf.gelu_new", "jax.nn.gelu", "tfa.activations.gelu"),
    ("hard_swish", "hard_silu", "jax.nn.hard_silu", "torch.nn.Hardswish"),
    ("keras.layers.LeakyReLU", "tf_keras.layers.LeakyReLU"),
    ("relu", "keras.layers.PReLU"),
    ("elu", "celu"),
    ("glu", "torch.nn.GLU"),
    ("rrelu", "torch.nn.RReLU"),
]
DIFFERENT = [
    ("gelu", "jax.nn.gelu"),
    ("leaky_relu", "keras.layers.LeakyReLU"),
    ("relu", "probact"),  # the same in evaluation
    ("softmax", "gumbel_softmax"),
    ("softmax", "log_softmax"),
    ("relu", "crelu"),
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_same(names):
    group = nl.equivalents().of(names[0])
    assert set(names) <= set(group)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a, b):
    assert b not in nl.equivalents().of(a)


def test_groups_are_disjoint_and_the_catalogues_own_names_lead():
    groups = nl.equivalents().groups
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names))
    own = set(nl.names())
    for group in groups:
        assert len(group) > 1
        assert group[0] in own or not own & set(group)


@pytest.mark.parametrize("group", nl.equivalents().groups, ids=lambda group: group[0])
def test_equal_by_the_kernels_too(group):
    """Equality was found with NumPy; the compiled kernels agree at other points."""
    x = np.random.default_rng(1).standard_normal((50, 8)) * 4
    first, *others = dict.fromkeys(map(nl.get, group))
    for other in others:
        np.testing.assert_allclose(other(x), first(x), rtol=1e-7, atol=1e-12)


def test_conflicts():
    conflicts = {conflict.spelling: conflict for conflict in nl.equivalents().conflicts}
    gelu = conflicts["gelu"]
    assert {"torch.nn.GELU", "jax.nn.gelu"} <= {name for group in gelu.groups for name in group}
    grid = np.arange(-600, 600) / 100
    apart = np.abs(nl.gelu(grid) - nl.gelu_tanh(grid)).max()
    assert gelu.difference == pytest.approx(apart, rel=1e-6)
    assert conflicts["leakyrelu"].difference == pytest.approx(0.29 * 6)
    assert len(conflicts["leakyrelu"].groups) == 3
    assert "tanh" not in conflicts


def test_quick():
    nl.equivalents()
    from nonlin.catalogue.equivalents import equivalents

    equivalents.cache_clear()
    start = time.process_time()
    nl.equivalents()
    assert time.process_time() - start < 2
