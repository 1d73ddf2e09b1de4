"""dtype in is dtype out: half precision computed in single, autocast, double."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.kernels.row_calls import for_bfloat16

torch = pytest.importorskip("torch")

from nonlin.torch import functional  # noqa: E402 - torch first

HALVES = (torch.float16, torch.bfloat16)


def rows(kind):
    x = torch.linspace(-6, 6, 60).reshape(6, 10).to(kind)
    return x[torch.randperm(6, generator=torch.Generator().manual_seed(0))]


@pytest.mark.parametrize("kind", HALVES)
def test_half_precision(entry, kind):
    """What single precision gives, rounded, or what is nearer, where a kernel computes in double
    precision and rounds once; within one place of what arrays have."""
    x, run = rows(kind), getattr(functional, entry)
    y = run(x)
    assert y.dtype is kind
    single, true = run(x.float()).to(kind), run(x.double())
    assert (((y - true).abs() <= (single - true).abs()) | (y == single)).all()
    if kind is torch.float16:
        expected = nl.get(entry)(x.numpy())
    else:
        expected = for_bfloat16(np.asarray(nl.get(entry)(x.double().numpy())))
    torch.testing.assert_close(
        y.float(), torch.tensor(expected).to(kind).float(), rtol=torch.finfo(kind).eps, atol=1e-7
    )


@pytest.mark.parametrize("kind", HALVES)
def test_gradients_in_half_precision(entry, kind):
    x, run = rows(kind).requires_grad_(), getattr(functional, entry)
    y = run(x)
    grad = torch.linspace(-1, 1, y.numel()).reshape(y.shape).to(kind)
    (found,) = torch.autograd.grad(y, x, grad)
    wide = x.detach().float().requires_grad_()
    (expected,) = torch.autograd.grad(run(wide), wide, grad.float())
    assert found.dtype is kind
    # what is kept may be f(x), rounded to half precision, too
    torch.testing.assert_close(found.float(), expected, rtol=0.02, atol=4 * torch.finfo(kind).eps)


def test_under_autocast(entry):
    """A layer gives bfloat16, and the activation takes it as it is."""
    linear, run = torch.nn.Linear(10, 10), getattr(functional, entry)
    with torch.autocast("cpu", torch.bfloat16):
        hidden = linear(rows(torch.float32))
        y = run(hidden)
        total = y.float().square().sum()
    assert hidden.dtype is y.dtype is torch.bfloat16
    total.backward()
    assert linear.weight.grad.dtype is torch.float32
    assert torch.isfinite(linear.weight.grad).all()


def test_mixed_pairs():
    """Value and gate of two dtypes meet in the wider one."""
    value, gate = torch.ones(3, dtype=torch.bfloat16), torch.ones(3)
    assert functional.glu(value, gate).dtype is torch.float32
    assert functional.glu(value, gate.double()).dtype is torch.float64


def test_the_default_dtype_counts_for_whole_numbers():
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        assert functional.mish(torch.arange(3)).dtype is torch.float64
    finally:
        torch.set_default_dtype(before)
