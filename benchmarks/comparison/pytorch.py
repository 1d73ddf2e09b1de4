"""PyTorch, eager, preallocated: the functions behind torch.nn.functional with `out=`.

Value+derivative is forward and then backward for a gradient of ones, as autograd runs it, without
the cost of autograd. The backward of mish and of hard_swish cannot write to a given array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from comparison.tasks import FORWARD, Buffers, Call, Task

SCALE, ALPHA = 1.0507009873554804934, 1.6732632423543772848
CONSTANTS = {"elu": (1.0, 1.0, 1.0), "celu": (1.0, 1.0, 1.0), "selu": (ALPHA, SCALE, 1.0)}
CLIPS = {"relu6": (0.0, 6.0), "hard_tanh": (-1.0, 1.0)}
GELUS = {"gelu": "none", "gelu_tanh": "tanh"}
INTERNAL = {
    "leaky_relu": "leaky_relu", "softplus": "softplus", "silu": "silu", "mish": "mish",
    "hard_swish": "hardswish", "hard_sigmoid": "hardsigmoid", "log_sigmoid": "log_sigmoid",
}  # fmt: skip
FROM_OUTPUT = {"sigmoid": "sigmoid_backward", "tanh": "tanh_backward"}


def contenders(task: Task, buffers: Buffers) -> dict[str, Call]:
    """One contender, or none where PyTorch has no such function."""
    import torch

    arrays = [torch.from_numpy(buffers.get(name, task)) for name in ("x", "first", "second")]
    x, first, second = arrays
    forward = _forward(torch, task.name)
    if forward is None:
        return {}
    if task.path == FORWARD:
        return {"torch": lambda: forward(x, first)}
    ones = torch.from_numpy(buffers.get("ones", task))
    if task.name == "log_sigmoid":
        return {"torch": _log_sigmoid(torch, buffers, task)}
    backward = _backward(torch, task.name)

    def both() -> Any:
        forward(x, first)
        return first, backward(ones, x, first, second)

    return {"torch": both}


def _forward(torch: Any, name: str) -> Callable[..., Any] | None:
    internal = torch._C._nn
    if name == "relu":
        return lambda x, out: torch.clamp_min(x, 0.0, out=out)
    if name in CONSTANTS:
        return lambda x, out: internal.elu(x, *CONSTANTS[name], out=out)
    if name in CLIPS:
        return lambda x, out: internal.hardtanh(x, *CLIPS[name], out=out)
    if name in GELUS:
        return lambda x, out: internal.gelu(x, approximate=GELUS[name], out=out)
    if name in INTERNAL:
        function = getattr(internal, INTERNAL[name])
        return lambda x, out: function(x, out=out)
    if name in ("softmax", "log_softmax"):
        function = getattr(torch, name)
        return lambda x, out: function(x, -1, out=out)
    if name in ("sigmoid", "tanh", "erf"):
        function = getattr(torch, name)
        return lambda x, out: function(x, out=out)
    return None


def _backward(torch: Any, name: str) -> Callable[..., Any]:
    """grad, x, value, out -> gradient by x, in `out` where possible."""
    aten = torch.ops.aten
    if name == "erf":
        return lambda grad, x, value, out: _erf_backward(torch, grad, x, out)
    if name in ("mish", "hard_swish"):
        function = aten.mish_backward if name == "mish" else aten.hardswish_backward
        return lambda grad, x, value, out: function.default(grad, x)
    if name in FROM_OUTPUT:
        function = getattr(aten, FROM_OUTPUT[name]).grad_input
        return lambda grad, x, value, out: function(grad, value, grad_input=out)
    function, rest, options = _gradient(aten, name)
    if name in CONSTANTS:
        return lambda grad, x, value, out: function(grad, *rest, False, x, grad_input=out)
    return lambda grad, x, value, out: function(grad, x, *rest, grad_input=out, **options)


def _gradient(aten: Any, name: str) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    """A backward function from the input, its constants and its options."""
    if name in CONSTANTS:
        return aten.elu_backward.grad_input, CONSTANTS[name], {}
    if name in CLIPS:
        return aten.hardtanh_backward.grad_input, CLIPS[name], {}
    if name in GELUS:
        return aten.gelu_backward.grad_input, (), {"approximate": GELUS[name]}
    return {
        "relu": (aten.threshold_backward.grad_input, (0.0,), {}),
        "leaky_relu": (aten.leaky_relu_backward.grad_input, (0.01, False), {}),
        "hard_sigmoid": (aten.hardsigmoid_backward.grad_input, (), {}),
        "softplus": (aten.softplus_backward.grad_input, (1.0, 20.0), {}),
        "silu": (aten.silu_backward.grad_input, (), {}),
    }[name]


def _erf_backward(torch: Any, grad: Any, x: Any, out: Any) -> Any:
    """2 / sqrt(pi) * exp(-x**2) * grad, as in PyTorch's table of derivatives."""
    torch.pow(x, 2, out=out)
    torch.neg(out, out=out)
    torch.exp(out, out=out)
    torch.mul(out, 2 / math.sqrt(math.pi), out=out)
    return torch.mul(out, grad, out=out)


def _log_sigmoid(torch: Any, buffers: Buffers, task: Task) -> Call:
    """Its forward keeps exp(-|x|) for its backward."""
    names = ("x", "first", "second", "third", "ones")
    x, first, second, kept, ones = (torch.from_numpy(buffers.get(n, task)) for n in names)
    forward = torch.ops.aten.log_sigmoid_forward.output
    backward = torch.ops.aten.log_sigmoid_backward.grad_input

    def both() -> Any:
        forward(x, output=first, buffer=kept)
        return first, backward(ones, x, kept, grad_input=second)

    return both
