"""Registered operators, `torch.ops.nonlin.mish` and its like: what tools see of a call.

    nonlin::prelu(Tensor x, Tensor alpha) -> Tensor
    nonlin::elu(Tensor x, *, float alpha=1.) -> Tensor

Tensors are x, the value of a gated pair, parameters that are learned, and noise; rows are the
last axis. Other parameters are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import torch

from nonlin.expr.nodes import Expr
from nonlin.function import Function
from nonlin.torch.tensors import (
    NAMES,
    Tensor,
    below_autograd,
    floating,
    plain,
    transformed,
)

NAMESPACE = "nonlin"
_LIBRARY = torch.library.Library(NAMESPACE, "FRAGMENT")
_DEFINED: dict[str, tuple[Expr, tuple[str, ...]]] = {}  # formula and tensors behind each name


class Both(Protocol):
    """What a function is on any tensors, and on plain ones."""

    part: Any
    kernels: Any


Make = Callable[[Function, tuple[str, ...]], Both]


def operator(function: Function, names: tuple[str, ...], make: Make) -> Callable[..., Tensor]:
    """The operator of a function of the named tensors, registered when first asked for.

    make: gives the function with numbers bound on those tensors.
    """
    name = _free_name(function, names)
    if name not in _DEFINED:
        _DEFINED[name] = function.formula, names
        _register(name, function, names, make)
    found: Callable[..., Tensor] = getattr(getattr(torch.ops, NAMESPACE), name).default
    return found


def _free_name(function: Function, names: tuple[str, ...]) -> str:
    """The name as an identifier; with a number, where another formula has it."""
    plain_name = re.sub(r"\W|^(?=\d)", "_", function.name, flags=re.ASCII)
    name, number, own = plain_name, 1, (function.formula, names)
    while _DEFINED.get(name, own) != own:
        number += 1
        name = f"{plain_name}_{number}"
    return name


def _register(name: str, function: Function, names: tuple[str, ...], make: Make) -> None:
    numbers = {n: v for n, v in function.values.items() if n not in names}
    heads = [", ".join(f"Tensor {each}" for each in names)]
    heads += [f"float {n}={v!r}" for n, v in numbers.items()]
    if numbers:
        heads.insert(1, "*")
    _LIBRARY.define(f"{name}({', '.join(heads)}) -> Tensor")

    @cache
    def bound(*values: tuple[str, float]) -> Both:
        return make(function.bind(**dict(values)), names)

    def value(*inputs: Tensor, **given: float) -> Tensor:
        both, (x,) = bound(*given.items()), floating(inputs[0])
        ready = x.dtype in NAMES and all(map(plain, inputs))
        found: Tensor = (both.kernels if ready else both.part).value(x, *inputs[1:])
        return found

    def with_autograd(*inputs: Tensor, **given: float) -> Tensor:
        both = bound(*given.items())
        if transformed():
            found: Tensor = both.part.value(*inputs)
            return found
        own = getattr(getattr(torch.ops, NAMESPACE), name).default
        return _Visible.apply(own, both, given, *inputs)  # type: ignore[no-any-return]

    _LIBRARY.impl(name, value, "CompositeExplicitAutograd")
    _LIBRARY.impl(name, with_autograd, "Autograd")
    torch.library.register_fake(
        f"{NAMESPACE}::{name}", lambda x, *_, **__: torch.empty_like(*floating(x)), lib=_LIBRARY
    )


class _Visible(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Any, both: Both, given: dict[str, float], *inputs: Tensor) -> Tensor:
        ctx.both = both
        ctx.save_for_backward(*inputs)
        with below_autograd():
            found: Tensor = own(*inputs, **given)
        return found

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        needed = ctx.needs_input_grad[3:]
        return None, None, None, *ctx.both.part.gradients(grads[0], needed, ctx.saved_tensors)
