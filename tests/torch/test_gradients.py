"""Derivatives of every entry, to the second order, in every mode, against differences."""

import numpy as np
import pytest

import nonlin as nl

torch = pytest.importorskip("torch")

from nonlin.torch import functional  # noqa: E402 - torch first


def test_first_order(entry, function, points):
    """Backward, forward, batched, undefined; with a surrogate, its slope and not that of f."""
    run, parameters = function(entry)
    if nl.get(entry).surrogate is not None:
        x = points(nl.get(entry)).requires_grad_()
        (found,) = torch.autograd.grad(run(x).sum(), x)
        expected = nl.get(entry).backward(np.ones(x.shape), x.detach().numpy())
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)
        return
    given = [points(nl.get(entry)), *parameters]
    for each in given:
        each.requires_grad_()
    assert torch.autograd.gradcheck(
        run,
        given,
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=nl.get(entry).kind != "random",  # vmap draws no noise
    )


def test_second_order(entry, function, points):
    run, parameters = function(entry)
    given = [points(nl.get(entry)), *parameters]
    for each in given:
        each.requires_grad_()
    assert torch.autograd.gradgradcheck(run, given, check_fwd_over_rev=True, atol=1e-4)


def test_transforms_agree(entry, function, points):
    """jacrev, jacfwd and hessian on one row; vmap over rows."""
    run, parameters = function(entry)
    x = points(nl.get(entry))

    def of(x):
        return run(x, *parameters)

    row = x[0]
    if nl.get(entry).kind == "random":
        return  # vmap draws no noise from a generator: see below
    backward, forward = torch.func.jacrev(of)(row), torch.func.jacfwd(of)(row)
    torch.testing.assert_close(backward, forward, rtol=1e-10, atol=1e-12)

    def total(x):
        return (of(x) * torch.arange(1.0, len(of(x)) + 1, dtype=x.dtype)).sum()

    twice = torch.func.jacrev(torch.func.jacrev(total))(row)
    torch.testing.assert_close(torch.func.hessian(total)(row), twice, rtol=1e-9, atol=1e-11)
    torch.testing.assert_close(torch.vmap(of)(x), of(x), rtol=1e-12, atol=1e-14)
    slopes = torch.vmap(torch.func.grad(total))(x)
    expected = torch.stack([torch.func.grad(total)(each) for each in x])
    torch.testing.assert_close(slopes, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["rrelu", "probact", "gumbel_softmax"])
def test_noise_under_transforms(name, points):
    """As PyTorch's own noise: vmap is told what to do."""
    run, x = getattr(functional, name), points(nl.get(name))
    torch.manual_seed(0)
    noisy = torch.vmap(lambda row: run(row, training=True), randomness="different")(x)
    assert noisy.shape == x.shape
    torch.manual_seed(0)
    backward = torch.func.jacrev(lambda row: run(row, training=True))(x[0])
    torch.manual_seed(0)
    forward = torch.func.jacfwd(lambda row: run(row, training=True), randomness="same")(x[0])
    torch.testing.assert_close(backward, forward, rtol=1e-10, atol=1e-12)


def test_third_order():
    x = torch.linspace(-3, 3, 7, dtype=torch.float64)
    found = x
    slope = functional.mish
    for _ in range(3):
        slope = torch.func.grad(slope)
    found = torch.vmap(slope)(x)
    expected = nl.mish.derivative(x.numpy(), 3, precision="exact")
    torch.testing.assert_close(found, torch.tensor(expected), rtol=1e-10, atol=1e-12)
