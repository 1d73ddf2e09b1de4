"""CReLU and maxout: another length along the axis."""

import numpy as np
import pytest

import nonlin as nl

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_crelu(axis, dtype):
    x = RNG.standard_normal((4, 6, 2)).astype(dtype)
    expected = np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis=axis)
    found = nl.crelu(x, axis=axis)
    assert found.dtype == x.dtype
    np.testing.assert_array_equal(found, expected)
    grad = RNG.standard_normal(expected.shape).astype(dtype)
    first, second = np.split(grad, 2, axis=axis)
    by_x = np.where(x > 0, first, 0) - np.where(x < 0, second, 0)
    np.testing.assert_array_equal(nl.crelu.backward(grad, x, axis=axis), by_x)


@pytest.mark.parametrize("pieces", [1, 2, 3, 6])
@pytest.mark.parametrize("axis", [0, -2])
def test_maxout_takes_neighbours(axis, pieces):
    x = RNG.standard_normal((6, 6, 5))
    rows = np.moveaxis(x, axis, -1)
    groups = rows.reshape(*rows.shape[:-1], 6 // pieces, pieces)
    expected = np.moveaxis(groups.max(axis=-1), -1, axis)
    found = nl.maxout(x, axis=axis, pieces=pieces)
    np.testing.assert_array_equal(found, expected)
    grad = RNG.standard_normal(found.shape)
    by_x = nl.maxout.backward(grad, x, axis=axis, pieces=pieces)
    assert by_x.shape == x.shape
    chosen = np.repeat(np.moveaxis(found, axis, -1), pieces, axis=-1) == rows
    spread = np.where(chosen, np.repeat(np.moveaxis(grad, axis, -1), pieces, axis=-1), 0)
    np.testing.assert_array_equal(by_x, np.moveaxis(spread, -1, axis))


def test_ties_go_to_the_first_and_nan_stays():
    np.testing.assert_array_equal(nl.maxout.backward([1.0], [2.0, 2.0]), [1.0, 0.0])
    np.testing.assert_array_equal(nl.maxout([np.nan, 1.0, -np.inf, 3.0]), [np.nan, 3.0])


@pytest.mark.parametrize("name", ["crelu", "maxout"])
def test_jacobian_against_difference_quotients(name):
    activation = nl.get(name)
    x = RNG.standard_normal((3, 4))
    value, jacobian = activation.value_and_derivative(x)
    assert jacobian.shape == (3, value.shape[-1], 4)
    for place in range(4):
        unit = 1e-6 * np.eye(4)[place]
        quotient = (activation(x + unit) - activation(x - unit)) / 2e-6
        np.testing.assert_allclose(jacobian[..., place], quotient, atol=1e-8)


def test_what_is_said():
    assert nl.crelu.range == (0.0, np.inf)
    assert nl.crelu.kinks == (0.0,)
    assert {text.key for text in nl.crelu.strengths} >= {"reshaping.never_dead"}
    assert nl.crelu.latex == r"\left(\max(x, 0),\; \max(-x, 0)\right)"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nl.maxout(np.zeros(3)), "pieces must be a whole number"),
        (lambda: nl.maxout(np.zeros(5), pieces=2.5), "pieces must be a whole number"),
        (lambda: nl.maxout(np.zeros(0)), "no elements"),
        (lambda: nl.maxout.backward(np.zeros(4), np.zeros(4)), "shape"),
        (lambda: nl.crelu.derivative(np.zeros(3), 2), "Jacobian"),
        (lambda: nl.crelu(np.zeros(3), out=np.zeros(3)), "the result is"),
        (lambda: nl.crelu.gain, "changes the length"),
    ],
)
def test_bad_calls_are_one_sentence(call, words):
    with pytest.raises(nl.NonlinError, match=words):
        call()
