"""Noise in training, from a seed; none in evaluation."""

import numpy as np
import pytest

import nonlin as nl

RANDOM = [name for name in nl.names() if nl.get(name).kind == "random"]
RNG = np.random.default_rng(0)


def test_all_of_them():
    assert set(RANDOM) == {"rrelu", "probact", "gumbel_softmax"}


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_seed_decides(name, dtype, monkeypatch):
    x = RNG.standard_normal((40, 60)).astype(dtype)
    activation = nl.get(name)
    found = activation.sample(x, seed=3)
    assert found.dtype == x.dtype
    np.testing.assert_array_equal(found, activation.sample(x, seed=3))
    assert not np.array_equal(found, activation.sample(x, seed=4))
    assert not np.array_equal(found, activation(x))
    np.testing.assert_array_equal(activation(x), activation(x))


def test_threads_do_not_matter(threads):
    x = RNG.standard_normal((3000, 500)).astype("f4")
    for name in RANDOM:
        threads(3)
        many = nl.get(name).sample(x, seed=1)
        threads(1)
        np.testing.assert_array_equal(nl.get(name).sample(x, seed=1), many)


def test_rrelu_slopes_lie_between_its_parameters():
    x = np.full(20_000, -1.0)
    slopes = -nl.rrelu.sample(x, seed=0)
    assert 1 / 8 <= slopes.min() < 0.126
    assert 0.332 < slopes.max() <= 1 / 3
    assert slopes.mean() == pytest.approx((1 / 8 + 1 / 3) / 2, abs=2e-3)
    assert nl.rrelu(-1.0) == pytest.approx(-11 / 48)
    np.testing.assert_array_equal(nl.rrelu.sample(np.array([2.0]), seed=0), [2.0])


def test_rrelu_in_evaluation_is_that_of_torch():
    torch = pytest.importorskip("torch")
    x = RNG.standard_normal(100)
    expected = torch.nn.functional.rrelu(torch.tensor(x), training=False).numpy()
    np.testing.assert_allclose(nl.rrelu(x), expected, rtol=1e-15)


@pytest.mark.parametrize("name", RANDOM)
def test_backward_uses_the_same_noise(name):
    activation = nl.get(name)
    x, grad = RNG.standard_normal((2, 3, 5))
    found = activation.sample_backward(grad, x, seed=5)
    step = 1e-6
    for place in np.ndindex(x.shape):
        unit = np.zeros_like(x)
        unit[place] = step
        ahead, behind = (activation.sample(x + side * unit, seed=5) for side in (1, -1))
        quotient = np.sum(grad * (ahead - behind)) / (2 * step)
        assert found[place] == pytest.approx(quotient, abs=1e-7)


def test_the_gradient_by_sigma_is_the_noise():
    x, grad = RNG.standard_normal((2, 50))
    found = nl.probact.parameter_gradients(grad, x, seed=2)["sigma"]
    noise = (nl.probact.sample(x, seed=2) - nl.relu(x)) / 0.5
    assert found == pytest.approx(np.sum(grad * noise), rel=1e-12)
    each = nl.probact.parameter_gradients(grad, x, seed=2, sigma=np.full(50, 0.5))["sigma"]
    np.testing.assert_allclose(each, grad * noise, rtol=1e-12)


def test_gumbel_softmax_draws_from_the_distribution():
    """Its largest entry falls on i as often as softmax says (Gumbel-max trick)."""
    x = np.array([1.0, 2.0, 0.0])
    drawn = nl.gumbel_softmax.sample(np.tile(x, (60_000, 1)), seed=0, temperature=0.1)
    np.testing.assert_allclose(drawn.sum(axis=1), 1, rtol=1e-12)
    often = np.bincount(drawn.argmax(axis=1)) / len(drawn)
    np.testing.assert_allclose(often, nl.softmax(x), atol=0.008)
    np.testing.assert_allclose(nl.gumbel_softmax(x), nl.softmax(x), rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nl.relu.sample([1.0], seed=0), "draws no noise"),
        (lambda: nl.rrelu.sample([1.0], seed=None), "whole number"),
        (lambda: nl.rrelu.sample([1.0], seed=-1), "whole number"),
        (lambda: nl.rrelu.sample([1.0], seed=0, lowr=0.1), "no parameter 'lowr'"),
        (lambda: nl.gumbel_softmax.sample(np.zeros((2, 0)), seed=0), "no elements"),
    ],
)
def test_bad_calls_are_one_sentence(call, words):
    with pytest.raises(nl.NonlinError, match=words):
        call()


@pytest.mark.parametrize("name", ["mish", "rrelu"])
def test_a_sample_without_a_seed_is_one_sentence(name):
    said = "None: it must be a whole number" if name == "rrelu" else "mish"
    with pytest.raises(nl.NonlinError, match=said):
        nl.get(name).sample([1.0])
    with pytest.raises(nl.NonlinError, match=said):
        nl.get(name).sample_backward([1.0], [1.0])
