"""An Activation called on a tensor gives a tensor, with gradients."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

torch = pytest.importorskip("torch")

X = np.random.default_rng(0).standard_normal((2, 6))


def test_tensor_in_tensor_out(entry):
    activation = nl.get(entry)
    x = torch.tensor(X, requires_grad=True)
    y = activation(x)
    assert type(y) is torch.Tensor
    assert y.requires_grad
    np.testing.assert_allclose(y.detach(), activation(X), rtol=1e-12, atol=1e-14)
    grad = np.random.default_rng(1).standard_normal(y.shape)
    found = activation.backward(torch.tensor(grad), x)
    np.testing.assert_allclose(found.detach(), activation.backward(grad, X), rtol=1e-10, atol=1e-13)


def test_parameters_and_axes():
    x = torch.tensor(X)
    for kind in (torch.nn.Parameter(x), x.to(torch.bfloat16)):
        assert nl.mish(kind).dtype is kind.dtype
    np.testing.assert_allclose(nl.elu(x, alpha=0.5), nl.elu(X, alpha=0.5), rtol=1e-13)
    np.testing.assert_allclose(nl.softmax(x, axis=0), nl.softmax(X, axis=0), rtol=1e-13)
    alpha = torch.linspace(0, 1, 6, dtype=x.dtype)
    np.testing.assert_allclose(nl.prelu(x, alpha=alpha), nl.prelu(X, alpha=alpha.numpy()))


def test_derivatives():
    x = torch.tensor(X, requires_grad=True)
    for order in (1, 2, 3):
        found = nl.mish.derivative(x, order)
        np.testing.assert_allclose(found.detach(), nl.mish.derivative(X, order), rtol=1e-10)
    value, slope = nl.mish.value_and_derivative(x)
    (further,) = torch.autograd.grad(slope.sum(), x)
    np.testing.assert_allclose(value.detach(), nl.mish(X), rtol=1e-13)
    np.testing.assert_allclose(further, nl.mish.derivative(X, 2), rtol=1e-10)
    with pytest.raises(InputError, match="softmax"):
        nl.softmax.derivative(x)


def test_pairs():
    value, gate = torch.tensor(X), torch.tensor(X[::-1].copy())
    np.testing.assert_allclose(nl.glu(value, gate), nl.glu(X, X[::-1]), rtol=1e-13)
    np.testing.assert_allclose(nl.silu.gate(value, gate), nl.silu.gate(X, X[::-1]), rtol=1e-13)
    for found, true in zip(
        nl.glu.backward(value, value, gate), nl.glu.backward(X, X, X[::-1]), strict=True
    ):
        np.testing.assert_allclose(found, true, rtol=1e-12)
    with pytest.raises(InputError, match="same shape"):
        nl.silu.gate(value, gate[:1])


def test_subclasses_are_tensors():
    class Tagged(torch.Tensor):
        pass

    assert type(nl.mish(torch.tensor(X).as_subclass(Tagged))) is Tagged


def test_what_only_arrays_have():
    """Never an array in silence."""
    x = torch.tensor(X)
    for call in (
        lambda: nl.mish(x, precision="exact"),
        lambda: nl.mish(x, out=torch.empty_like(x)),
        lambda: nl.prelu.parameter_gradients(x, x),
        lambda: nl.rrelu.sample(x, seed=0),
        lambda: nl.sigmoid.backward_from_output(x, x),
        lambda: nl.silu.gate_backward(x, x, x),
    ):
        with pytest.raises(InputError, match="PyTorch"):
            call()


def test_arrays_stay_arrays():
    assert type(nl.mish(X)) is np.ndarray
    assert type(nl.mish([1.0, 2.0])) is np.ndarray
