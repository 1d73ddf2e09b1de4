"""Where PyTorch differs on purpose of ours: each row holds, on both sides, what it says.

When PyTorch mends one of them, the row fails and goes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import nonlin as nl

torch = pytest.importorskip("torch")

import torch.nn.functional as theirs  # noqa: E402

from nonlin.torch import functional as ours  # noqa: E402 - torch first


@dataclass(frozen=True)
class Difference:
    """A function at a point: what is true, and what PyTorch gives."""

    name: str
    own: Callable
    x: float
    true: float
    torch: float
    order: int = 0
    kind: str = "float32"


TINY = float(nl.gelu(np.float64(-8.0), precision="exact"))
DIFFERENCES = [
    # 1 + erf(x / sqrt(2)) is 0 in single precision below -5.4
    Difference("gelu", theirs.gelu, -8.0, TINY, -0.0),
    # -inf * 0
    Difference("silu", theirs.silu, -math.inf, 0.0, math.nan),
    Difference("mish", theirs.mish, -math.inf, 0.0, math.nan),
    Difference("gelu", theirs.gelu, -math.inf, 0.0, math.nan),
    Difference("silu", theirs.silu, -math.inf, 0.0, math.nan, order=1),
    Difference("mish", theirs.mish, -math.inf, 0.0, math.nan, order=1),
    # above its threshold of 20, softplus is x
    Difference("softplus", theirs.softplus, 20.5, 20.5 + math.log1p(math.exp(-20.5)), 20.5,
               kind="float64"),
    # and its second derivative 0
    Difference("softplus", theirs.softplus, 20.5, math.exp(-20.5) / (1 + math.exp(-20.5)) ** 2, 0.0,
               2, "float64"),
    Difference("silu", theirs.silu, -math.inf, 0.0, math.nan, order=2),
    # x - tanh(x) cancels near 0
    Difference("tanhshrink", theirs.tanhshrink, 1e-4, 1e-12 / 3, 0.0),
]  # fmt: skip


def at(run, row):
    x = torch.tensor(row.x, dtype=getattr(torch, row.kind), requires_grad=True)
    y = run(x)
    for _ in range(row.order):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
    return y.item()


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row.name} {row.x:g} {row.order}")
def test_each_row(row):
    epsilon = float(np.finfo(row.kind).eps)
    found, other = at(getattr(ours, row.name), row), at(row.own, row)
    assert found == pytest.approx(row.true, rel=8 * epsilon, abs=0)
    assert other == pytest.approx(row.torch, rel=8 * epsilon, abs=0, nan_ok=True)
    assert other != found


def test_the_rest_is_the_same():
    """On moderate numbers PyTorch's functions and ours agree, also in their gradients."""
    x = torch.linspace(-4, 4, 81)
    for name, own in (("relu", theirs.relu), ("silu", theirs.silu), ("mish", theirs.mish),
                      ("gelu", theirs.gelu), ("softplus", theirs.softplus), ("elu", theirs.elu),
                      ("hard_swish", theirs.hardswish), ("relu6", theirs.relu6)):  # fmt: skip
        for run in (own, getattr(ours, name)):
            given = x.clone().requires_grad_()
            y = run(given)
            y.sum().backward()
            expected, slope = nl.get(name).value_and_derivative(x.numpy())
            np.testing.assert_allclose(y.detach(), expected, rtol=1e-5, atol=1e-6)
            inner = np.abs(np.abs(x.numpy()) - 3) > 0.01  # at the kinks each has its convention
            np.testing.assert_allclose(given.grad[inner], slope[inner], rtol=1e-5, atol=1e-5)


def test_second_derivatives_in_the_tails():
    """Differentiating through an overflow gives NaN, the formula of the derivative does not."""
    for name, own in (("softplus", lambda x: torch.log1p(torch.exp(x))),
                      ("logish", lambda x: x * torch.log(1 + torch.sigmoid(x))),
                      ("log_sigmoid", lambda x: torch.log(torch.sigmoid(x)))):  # fmt: skip
        found = []
        for run in (getattr(ours, name), own):
            x = torch.tensor([-120.0, 120.0], requires_grad=True)
            (slope,) = torch.autograd.grad(run(x).sum(), x, create_graph=True)
            found.append(torch.autograd.grad(slope.sum(), x)[0])
        assert torch.isfinite(found[0]).all()
        expected = nl.get(name).derivative(np.array([-120.0, 120.0], "f4"), 2, precision="exact")
        np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-30)
        if name != "logish":
            assert not torch.isfinite(found[1]).all()
