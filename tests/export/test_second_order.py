"""Derivatives of derivatives of exports, in both modes, over the whole catalogue, also at 0."""

import itertools

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.exported import Exported

X = np.array([0.0, 0.3, -1.7, 2.2, -5.3, 1e-8, -1e-8, 31.7, -31.7])
ROW, WEIGHTS = np.array([0.15, 0.05, -0.2, 1.25]), np.array([1, -2, 0.5, 0.7])
REPORTED = {"swish_beta": (0.0, 0.75), "sinlu": (0.0, 1.0), "xielu": (100.0, 1.6)}
PAIRS = [name for name in nl.names() if Exported(nl.get(name)).kind == "gated"]
ENTMAX = [0.1968308, 0.15180334, -0.06556452, -0.28306962]  # the first row
# torch's own, of its forward mode
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")


@pytest.fixture
def torch_layer(space):
    """An exported nn.Module in double precision."""
    torch = pytest.importorskip("torch")

    def make(name, kind=torch.float64):
        before = torch.get_default_dtype()
        torch.set_default_dtype(kind)
        try:
            return space(nl.export(name, to="torch", exact=True))[
                Exported(nl.get(name)).class_name
            ]()
        finally:
            torch.set_default_dtype(before)

    return make


@pytest.fixture
def jax_function(space):
    """An exported function of JAX."""
    pytest.importorskip("jax")
    return lambda name: space(nl.export(name, to="jax"))[Exported(nl.get(name)).name]


def quotients(slope, x):
    """The Jacobian of a gradient, by central differences."""
    step = 1e-5
    columns = [(slope(x + e) - slope(x - e)) / (2 * step) for e in step * np.eye(x.size)]
    return np.stack(columns, axis=-1)


def close(found, expected):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-10, atol=1e-13)


def smooth_at(activation, order):
    """Not beside a kink: the libraries may choose another branch there."""
    kinks = np.array([1e9, *activation.properties.breakpoints])
    return (
        X
        if activation.properties.smoothness > order
        else X[np.abs(X[:, None] - kinks).min(axis=1) > 1e-6]
    )


def test_torch(entry, torch_layer):
    import torch

    activation, layer = nl.get(entry), torch_layer(entry)
    x = smooth_at(activation, 1)
    expected = activation.trained.derivative(x, 2, precision="exact")
    at = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(layer(at).sum(), at, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), at, allow_unused=True)
    close(second.detach(), expected)
    close(torch.vmap(torch.func.hessian(layer))(torch.tensor(x)).detach(), expected)
    (_, tangent) = torch.func.jvp(layer, (torch.tensor(x),), (torch.ones(x.size, dtype=at.dtype),))
    close(tangent.detach(), activation.trained.derivative(x, precision="exact"))
    close(along(along(layer))(torch.tensor(x)).detach(), expected)


def along(function):
    """The derivative of every element, forward."""
    import torch

    return lambda x: torch.func.jvp(function, (x,), (torch.ones_like(x),))[1]


@pytest.mark.parametrize("name", REPORTED)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_reported(name, kind, torch_layer, jax_function):
    import jax
    import torch

    x, true = REPORTED[name]
    layer = torch_layer(name, getattr(torch, kind))
    at = torch.tensor([x], dtype=getattr(torch, kind), requires_grad=True)
    (slope,) = torch.autograd.grad(layer(at).sum(), at, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), at)
    assert second.item() == pytest.approx(true, rel=1e-6)
    found = jax.grad(jax.grad(jax_function(name)))(jax.numpy.float32(x))
    assert float(found) == pytest.approx(true, rel=1e-6)


def test_torch_rows(rows, torch_layer):
    import torch

    layer, activation, w = torch_layer(rows), nl.get(rows), torch.tensor(WEIGHTS)
    expected = quotients(lambda x: activation.backward(WEIGHTS, x, precision="exact"), ROW)
    modes = (torch.func.jacrev, torch.func.jacfwd)
    for outer, inner in itertools.product(modes, modes):
        found = outer(inner(lambda x: (layer(x) * w).sum()))(torch.tensor(ROW))
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8)
        if rows == "entmax15":
            np.testing.assert_allclose(found[0], ENTMAX, rtol=1e-6)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax", "entmax15"])
def test_jax_rows(name, jax_function):
    import jax

    activation, function = nl.get(name), jax_function(name)
    expected = quotients(lambda x: activation.backward(WEIGHTS, x, precision="exact"), ROW)
    with jax.enable_x64(True):
        found = jax.hessian(lambda x: (function(x) * WEIGHTS).sum())(ROW)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", ["entmax15", "swish_beta"])
def test_keras(name, space):
    jax, keras = pytest.importorskip("jax"), pytest.importorskip("keras")
    if keras.backend.backend() != "jax":
        pytest.skip("Keras was imported with another back end")
    with jax.enable_x64(True):
        layer = space(nl.export(name, to="keras"))[Exported(nl.get(name)).class_name]
        layer = layer(dtype="float64")
        first = jax.grad(lambda x: (layer(x) * WEIGHTS).sum())
        found = jax.grad(lambda x: first(x)[1])(ROW)
    expected = ENTMAX[1] if name == "entmax15" else 0.0
    assert float(found[0]) == pytest.approx(expected, abs=1e-8)


def test_keras_has_no_forward_mode(space):
    """It says so, and gives no wrong number; reverse mode has the second derivative."""
    jax, keras = pytest.importorskip("jax"), pytest.importorskip("keras")
    if keras.backend.backend() != "jax":
        pytest.skip("Keras was imported with another back end")
    function = space(nl.export("mish", to="keras"))["mish"]
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(function, (np.float32(0.5),), (np.float32(1),))
    second = jax.grad(jax.grad(function))(np.float32(0.5))
    assert float(second) == pytest.approx(float(nl.mish.derivative(0.5, 2)), rel=1e-5)


def test_torch_batches_of_parameters(space):
    """Several layers at once, each with a parameter of its own, as ensembles have them."""
    import torch

    kind = space(nl.export("prelu", to="torch", exact=True))["Prelu"]
    layers = [kind(alpha=slope) for slope in (0.1, 0.2, 0.3)]
    weights, _ = torch.func.stack_module_state(layers)
    x = torch.linspace(-2, 2, 10).reshape(2, 5)

    def call(weights, x):
        return torch.func.functional_call(layers[0], weights, (x,))

    together = torch.vmap(call, (0, None))(weights, x)
    assert torch.equal(together, torch.stack([layer(x) for layer in layers]))
    slope = torch.func.grad(lambda weights: call(weights, x).sum())
    torch.testing.assert_close(torch.vmap(slope)(weights)["alpha"], x[x < 0].sum().expand(3))


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name, torch_layer, jax_function):
    """Mixed derivatives too: of torch in one mode and the other, and of JAX."""
    import jax
    import torch

    layer, w = torch_layer(name), torch.tensor(WEIGHTS)
    given = torch.tensor(ROW), torch.tensor(ROW[::-1].copy())

    def total(x, value):
        return (layer(x, value) * w).sum()

    backward = torch.func.jacrev(torch.func.jacrev(total, (0, 1)), (0, 1))(*given)
    forward = torch.func.jacfwd(torch.func.jacrev(total, (0, 1)), (0, 1))(*given)
    with jax.enable_x64(True):
        function = jax_function(name)
        other = jax.hessian(lambda x, v: (function(x, v) * WEIGHTS).sum(), (0, 1))(ROW, ROW[::-1])
    twice = torch.func.jacfwd(torch.func.jacfwd(total, (0, 1)), (0, 1))(*given)
    for place in ((0, 0), (0, 1), (1, 0), (1, 1)):
        first, *rest = (each[place[0]][place[1]] for each in (backward, forward, twice, other))
        for each in rest:
            close(each, first.numpy())
