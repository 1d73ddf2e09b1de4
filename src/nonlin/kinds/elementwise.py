"""What holds for functions of single numbers: compiled kernels, properties of a curve."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nonlin._text import Text
from nonlin.expr import analyse
from nonlin.expr.paths import Path, outputs_of
from nonlin.kernels import arrays
from nonlin.parameter import Call

if TYPE_CHECKING:
    from nonlin.activation import Activation


def value(activation: Activation, x: Any, call: Call) -> Any:
    """f of every element."""
    (result,) = evaluate(activation, (0,), (x,), call)
    if not call.parameters:
        _keep_ready(activation, x, call.precision)
    return result


def _keep_ready(activation: Activation, x: Any, precision: str) -> None:
    """Remember the kernel for arrays like x, if it takes them as they are."""
    if type(x) is np.ndarray and x.dtype in (np.float32, np.float64) and x.dtype.isnative:
        kernel = activation.kernel((0,), x.dtype, precision)
        activation._ready[np.ndarray, x.dtype, precision] = partial(arrays.run_one, kernel)


def derivative(activation: Activation, x: Any, order: int, call: Call) -> Any:
    """The derivative at every element."""
    return evaluate(activation, (order,), (x,), call)[0]


def both(activation: Activation, x: Any, call: Call) -> list[Any]:
    """Value and first derivative."""
    return evaluate(activation, (0, 1), (x,), call)


def backward(activation: Activation, grad: Any, x: Any, call: Call) -> Any:
    """grad * f'(x)."""
    return evaluate(activation, "backward", (grad, x), call)[0]


def backward_from_output(activation: Activation, grad: Any, y: Any, call: Call) -> Any:
    """The gradient by x from the saved output."""
    return evaluate(activation, "from_output", (grad, y), call)[0]


def evaluate(activation: Activation, path: Path, given: Sequence[Any], call: Call) -> list[Any]:
    """The outputs of a path, of the shape of the arrays that are given."""
    inputs = arrays.as_inputs(given)
    outputs = arrays.outputs_for(inputs[0], call.out, outputs_of(path))
    bound = activation.bind(**call.parameters) if call.parameters else activation
    kernel = bound.kernel(path, *arrays.kernel_for(inputs[0], call.precision))
    arrays.run(kernel, inputs, outputs)
    return [o[()] if call.out is None and o.ndim == 0 else o for o in outputs]


def value_range(activation: Activation) -> tuple[float, float]:
    """Least upper and greatest lower bound of the values."""
    low, high = activation.properties.range
    return low, high


def kinks(activation: Activation) -> tuple[float, ...]:
    """Points where the value or the first derivative jumps."""
    return activation.properties.kinks


def strengths(activation: Activation) -> list[Text]:
    """What speaks for it."""
    return analyse.strengths(activation.properties)


def weaknesses(activation: Activation) -> list[Text]:
    """What speaks against it."""
    return analyse.weaknesses(activation.properties)
