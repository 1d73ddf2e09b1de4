"""The same functions in PyTorch and JAX: value and first derivative, as their users get them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from ulp.tally import Array

Pair = tuple[Array, Array]
PEERS = tuple(name for name in ("torch", "jax") if find_spec(name))


def knows(peer: str, name: str) -> bool:
    """Does the library have that function?"""
    return name in (_torch() if peer == "torch" else _jax())


def run(peer: str, name: str, x: Array, kind: str = "float32") -> Pair:
    """f(x) and f'(x) computed in the format `kind`, widened to float32."""
    return (_run_torch if peer == "torch" else _run_jax)(name, x, kind)


def _run_torch(name: str, x: Array, kind: str) -> Pair:
    import torch

    given = torch.from_numpy(x).to(getattr(torch, kind)).requires_grad_()
    value = _torch()[name](given)
    (slope,) = torch.autograd.grad(value, given, torch.ones_like(value))
    return value.detach().float().numpy(), slope.float().numpy()


def _run_jax(name: str, x: Array, kind: str) -> Pair:
    value, slope = _jitted(name)(_converted(x, kind))
    return np.asarray(value, np.float32), np.asarray(slope, np.float32)


def _converted(x: Array, kind: str) -> Any:
    """JAX would flush subnormal numbers on the way; NumPy does not."""
    import ml_dtypes

    return x.astype(ml_dtypes.bfloat16 if kind == "bfloat16" else kind)


@cache
def _jitted(name: str) -> Callable[[Any], Any]:
    import jax

    function = _jax()[name]
    return jax.jit(lambda x: (function(x), jax.vmap(jax.grad(function))(x)))


@cache
def _torch() -> dict[str, Callable[[Any], Any]]:
    import torch
    from torch.nn import functional as f

    torch.set_num_threads(1)
    return {
        "sigmoid": torch.sigmoid, "log_sigmoid": f.logsigmoid, "hard_sigmoid": f.hardsigmoid,
        "tanh": torch.tanh, "hard_tanh": f.hardtanh, "softsign": f.softsign,
        "arctan": torch.atan, "erf": torch.erf, "relu": f.relu, "leaky_relu": f.leaky_relu,
        "prelu": lambda x: f.prelu(x, torch.full((1,), 0.25, dtype=x.dtype)),
        "relu6": f.relu6, "elu": f.elu, "celu": f.celu, "selu": f.selu, "softplus": f.softplus,
        "softshrink": f.softshrink, "hardshrink": f.hardshrink, "tanhshrink": f.tanhshrink,
        "gelu": f.gelu, "gelu_tanh": partial(f.gelu, approximate="tanh"), "silu": f.silu,
        "hard_swish": f.hardswish, "mish": f.mish, "sine": torch.sin,
    }  # fmt: skip


@cache
def _jax() -> dict[str, Callable[[Any], Any]]:
    import jax

    nn, numpy = jax.nn, jax.numpy
    same = (
        "sigmoid", "log_sigmoid", "hard_sigmoid", "hard_tanh", "relu", "leaky_relu", "relu6",
        "elu", "celu", "selu", "softplus", "squareplus", "silu", "hard_swish", "mish",
    )  # fmt: skip
    return {
        **{name: getattr(nn, name) for name in same},
        "tanh": numpy.tanh, "softsign": nn.soft_sign, "arctan": numpy.arctan,
        "erf": jax.scipy.special.erf, "gelu": partial(nn.gelu, approximate=False),
        "gelu_tanh": partial(nn.gelu, approximate=True), "sine": numpy.sin,
    }  # fmt: skip
