"""Initialisers in the style of JAX: the derived gain, fans, distributions."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

jax = pytest.importorskip("jax")

from nonlin.jax.initializers import DISTRIBUTIONS, for_activation  # noqa: E402 - jax first

KEY = jax.random.key(0)
VARIANCES = {
    "fan_in": nl.mish.gain**2 / 400,
    "fan_out": nl.mish.gain_backward**2 / 100,
    "fan_avg": 2 / (400 / nl.mish.gain**2 + 100 / nl.mish.gain_backward**2),
}


def test_variances(compiled):
    def draw(key):
        for mode in VARIANCES:
            yield [for_activation("mish", mode, each)(key, (400, 100)) for each in DISTRIBUTIONS]

    for found, variance in zip(
        compiled(lambda key: list(draw(key)))(KEY), VARIANCES.values(), strict=True
    ):
        for each in found:
            assert each.shape == (400, 100)
            np.testing.assert_allclose(each.std(), math.sqrt(variance), rtol=0.02)


@pytest.mark.slow
def test_as_jax_has_it(compiled):
    """For relu, he_normal; also where axes have other places."""
    places, shape = ({}, {"in_axis": 0, "out_axis": 1}, {"batch_axis": 0}), (3, 4, 50, 60)

    @compiled
    def both(key):
        theirs = [jax.nn.initializers.he_normal(**each)(key, shape) for each in places]
        return theirs, [for_activation("relu", **each)(key, shape) for each in places]

    for theirs, ours in zip(*both(KEY), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_options():
    assert for_activation("mish", dtype="bfloat16")(KEY, (300, 300)).dtype == "bfloat16"
    steep = for_activation("leaky_relu", alpha=0.5)(KEY, (300, 300))
    np.testing.assert_allclose(steep.std(), math.sqrt(2 / 1.25 / 300), rtol=0.02)


def test_what_is_refused():
    for call, told in (
        (lambda: for_activation("mihs"), "mish"),
        (lambda: for_activation("mish", "fanin"), "fan_in"),
        (lambda: for_activation("mish", distribution="gauss"), "uniform"),
        (lambda: for_activation("softmax"), "softmax"),
        (lambda: for_activation("mish", in_axis=7)(KEY, (2, 3)), "axis 7"),
    ):
        with pytest.raises(InputError, match=told):
            call()
