"""Derivatives of every order and mode, dtypes, parameters, noise, axes, and what is refused."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

jax = pytest.importorskip("jax")
jnp = jax.numpy

import nonlin.jax as nj  # noqa: E402 - jax first

X = np.random.default_rng(0).standard_normal((2, 6))


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def test_orders(compiled):
    """The derivatives that mpmath has checked in the kernels, one by one under vmap."""
    names, x = ("mish", "gelu", "softplus"), X.ravel()

    def slopes(name):
        first = jax.grad(getattr(nj, name))
        second = jax.grad(first)
        return first, second, jax.grad(second)

    run = jax.vmap(lambda x: {name: [each(x) for each in slopes(name)] for name in names})
    for name, found in compiled(run)(x).items():
        for order, each in enumerate(found, 1):
            expected = nl.get(name).derivative(x, order, precision="exact")
            np.testing.assert_allclose(each, expected, rtol=1e-11, atol=1e-13)


def test_kinks():
    """As the formula declares, where JAX takes the mean of both sides."""
    assert jax.grad(nj.relu)(0.0) == 0
    assert jax.grad(jax.grad(nj.relu))(0.0) == 0
    assert jax.grad(nj.silu)(-jnp.inf) == 0


def test_modes_agree(compiled):
    """Backward and forward, and differences of gradients, which second derivatives come near."""
    row = jnp.asarray(X[0])

    def both(run, x):
        def total(x):
            return (run(x) * jnp.arange(1.0, len(run(x)) + 1)).sum()

        slope = jax.grad(total)
        near = jax.vmap(lambda each: slope(x + each) - slope(x - each))(1e-5 * jnp.eye(6))
        modes = jax.jacrev(run)(x), jax.jacfwd(run)(x)
        return modes, (jax.jacrev(slope)(x), jax.hessian(total)(x), near / 2e-5)

    names = ("softmax", "sparsemax", "glu", "maxout")
    found = compiled(lambda x: {name: both(getattr(nj, name), x) for name in names})(row)
    for (backward, forward), (twice, mixed, near) in found.values():
        np.testing.assert_allclose(backward, forward, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(twice, mixed, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(near, twice, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["bfloat16", pytest.param("float16", marks=pytest.mark.slow)])
def test_dtypes(kind, compiled):
    x = jnp.asarray(X, kind)
    runs = (nj.mish, nj.softmax, nj.glu, nj.maxout, jax.grad(lambda x: nj.mish(x).sum()))
    found = compiled(lambda x: [run(x) for run in runs])(x)
    assert {each.dtype for each in found} == {x.dtype}
    expected = nl.mish(np.asarray(x, np.float64))
    epsilon = float(jnp.finfo(kind).eps)
    np.testing.assert_allclose(np.asarray(found[0], float), expected, rtol=epsilon, atol=epsilon)


def test_whole_numbers():
    assert nj.relu(np.arange(3)).dtype == "float64"
    with jax.enable_x64(False):
        assert nj.relu(np.arange(3)).dtype == "float32"


def test_parameters(compiled):
    assert nj.get("elu", alpha=0.5) is nj.get("elu", alpha=0.5)
    mine = nl.activation("mine", "x * sigmoid(b * x)", b=2.0)
    alpha = np.array([0.1, 0.2])

    def total(alpha):
        return (nj.prelu(X, alpha=alpha, axis=0) * np.arange(6)).sum()

    @compiled
    def found(x, alpha):
        functions = nj.elu(x, alpha=0.5), nj.get(mine)(x), nj.get(mine, b=1.0)(x)
        return functions, jax.grad(total)(alpha)

    functions, slope = found(X, alpha)
    for each, true in zip(functions, (nl.elu(X, alpha=0.5), mine(X), nl.silu(X)), strict=True):
        np.testing.assert_allclose(each, true, rtol=1e-13)
    grad = np.broadcast_to(np.arange(6.0), X.shape)
    expected = nl.prelu.parameter_gradients(grad, X, alpha=alpha, axis=0)["alpha"]
    np.testing.assert_allclose(slope, expected, rtol=1e-13)


def test_pairs_and_axes(compiled):
    def along(x, gate):
        return nj.swiglu(x, gate), *(getattr(nj, name)(x, axis=0) for name in names)

    names = ("glu", "softmax", "maxout", "crelu")
    pair, *found = compiled(along)(X, X[::-1])
    np.testing.assert_allclose(pair, nl.swiglu(X, X[::-1]), rtol=1e-13)
    for name, each in zip(names, found, strict=True):
        np.testing.assert_allclose(each, nl.get(name)(X, axis=0), rtol=1e-13)


def test_noise(compiled):
    def noisy(x, key):
        softmax = nj.gumbel_softmax(x, key=key)
        return softmax, nj.rrelu(x, key=key), jax.grad(lambda x: nj.rrelu(x, key=key).sum())(x)

    x, run = -np.ones(600), compiled(noisy)
    softmax, found, slope = run(x, jax.random.key(0))
    low, high = nl.rrelu.values["lower"], nl.rrelu.values["upper"]
    assert low <= slope.min() < slope.max() <= high
    np.testing.assert_allclose(slope.mean(), (low + high) / 2, rtol=0.04)
    np.testing.assert_allclose(found, -slope, rtol=1e-13)
    np.testing.assert_allclose(softmax.sum(), 1.0)
    np.testing.assert_array_equal(found, run(x, jax.random.key(0))[1])
    assert (found != run(x, jax.random.key(1))[1]).all()


REFUSED = (
    (lambda: nj.mish("text"), "arrays of JAX"),
    (lambda: nj.mish(jnp.ones(2, complex)), "complex"),
    (lambda: nj.mish(X, X), "mish"),
    (lambda: nj.mish(X, key=jax.random.key(0)), "no noise"),
    (lambda: nj.glu(X[:, :5]), "5"),
    (lambda: nj.softmax(X, axis=4), "axis 4"),
    (lambda: nj.get("elu", alhpa=1.0), "alpha"),
    (lambda: nj.tempered_softmax(X, temperature=np.ones(2)), "temperature"),
    (lambda: nj.prelu(X, alpha=np.ones(4)), "alpha"),
    (lambda: nj.prelu(X, alpha=[1.0]), "alpha"),
)


@pytest.mark.parametrize(("call", "told"), REFUSED)
def test_what_is_refused(call, told):
    with pytest.raises(InputError, match=told):
        call()
