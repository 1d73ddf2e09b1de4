"""Every entry gives on tensors what it gives on arrays: values and gradients, tails, inf, NaN."""

import numpy as np
import pytest

import nonlin as nl

torch = pytest.importorskip("torch")

from nonlin.torch import functional  # noqa: E402 - torch first
from nonlin.torch.differentiable import apply  # noqa: E402

ENDS = (np.inf, -np.inf, np.nan, 1e4, -1e4, 50.0, -50.0, 9.5, -9.5, 1e-8, -1e-8, 0.0, -0.0)
KINDS = ("float32", "float64")


def inputs(activation, kind):
    """Near 0, and for functions of one number the ends and the breakpoints."""
    found = 3 * np.random.default_rng(1).standard_normal((4, 6))
    if activation.kind == "elementwise":
        points = [*ENDS, *activation.properties.breakpoints][:24]
        found = np.concatenate([found.ravel(), points, [0.5] * (-len(points) % 6)]).reshape(-1, 6)
    return found.astype(kind)


def close(found, expected, kind, factor=1):
    epsilon = np.finfo(kind).eps
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=16 * factor * epsilon, atol=8 * epsilon)


@pytest.mark.parametrize("kind", KINDS)
def test_by_kernels(entry, kind):
    activation = nl.get(entry)
    x = inputs(activation, kind)
    at = torch.tensor(x, requires_grad=True)
    y = getattr(functional, entry)(at)
    expected = activation(x, precision="exact")
    close(y.detach().numpy(), expected, kind)
    grad = np.random.default_rng(2).standard_normal(expected.shape).astype(kind)
    (found,) = torch.autograd.grad(y, at, torch.tensor(grad))
    close(found.numpy(), activation.backward(grad, x, precision="exact"), kind, 16)


def single(activation):
    """Is it a function of one tensor, and no assembly of such functions?"""
    return activation.kind not in ("gated", "reshaping")


@pytest.mark.parametrize(("kind", "fused"), [("float32", True), ("float64", False)])
def test_by_the_graph(entry, kind, fused):
    """What compilers fuse, and what is differentiated again, beside the exact kernels."""
    activation = nl.get(entry)
    if not single(activation):
        return  # of these, the pieces are entries
    routed = getattr(functional, entry).prepare((), (), False)
    x = inputs(activation, kind)
    at = torch.tensor(x, requires_grad=True)
    y = apply(routed.fused if fused else routed.part, at)
    expected = activation(x, precision="exact")
    close(y.detach().numpy(), expected, kind, 64)
    grad = np.random.default_rng(2).standard_normal(expected.shape).astype(kind)
    (found,) = torch.autograd.grad(y, at, torch.tensor(grad))
    close(found.numpy(), activation.backward(grad, x, precision="exact"), kind, 64)


PAIRS = [name for name in nl.names() if nl.get(name).kind == "gated"]


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name):
    activation = nl.get(name)
    value, gate, grad = np.random.default_rng(4).standard_normal((3, 4, 5)).astype("float32")
    given = [torch.tensor(each, requires_grad=True) for each in (value, gate)]
    y = getattr(functional, name)(*given)
    close(y.detach().numpy(), activation(value, gate), "float32")
    found = torch.autograd.grad(y, given, torch.tensor(grad))
    for each, expected in zip(found, activation.backward(grad, value, gate), strict=True):
        close(each.numpy(), expected, "float32")


@pytest.mark.parametrize("channels", [False, True])
def test_learned_parameters(learned, channels):
    """One number for all, or one for each channel."""
    activation = nl.get(learned)
    x, grad = np.random.default_rng(6).standard_normal((2, 2, 3, 4))
    spread = np.array([0.9, 1.0, 1.05]) if channels else np.array(0.95)
    values = {n: activation.values[n] * spread for n in activation.learned}
    expected = activation(x, axis=1, **values)
    slopes = activation.parameter_gradients(grad, x, axis=1, **values)
    given = {n: torch.tensor(v, requires_grad=True) for n, v in values.items()}
    at = torch.tensor(x, requires_grad=True)
    y = getattr(functional, learned)(at, **given)
    close(y.detach().numpy(), expected, "float64")
    y.backward(torch.tensor(grad))
    for n, tensor in given.items():
        np.testing.assert_allclose(tensor.grad, slopes[n], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(
        at.grad, activation.backward(grad, x, axis=1, **values), rtol=1e-12, atol=1e-14
    )
