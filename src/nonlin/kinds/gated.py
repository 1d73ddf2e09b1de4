"""Gated pairs, such as GLU: a value times a function of a gate, element by element.

They are called on two arrays, value and gate, or on one array whose axis holds the value in
its first half and the gate in its second, as torch.nn.functional.glu and jax.nn.glu have it.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.expr.paths import gate_factor
from nonlin.function import Function
from nonlin.kernels import arrays
from nonlin.kernels.arrays import Array
from nonlin.kinds import curves, elementwise, rowwise
from nonlin.parameter import GatedPair, Request


def value(activation: Function, x: Any, call: Request) -> Any:
    """f(value, gate) of every element, from a pair of arrays or the halves of one."""
    pair = x if isinstance(x, GatedPair) else _halves(arrays.as_input(x), call.axis)
    return elementwise.evaluate(activation, "gate", pair, call)[0]


def backward(activation: Function, grad: Any, x: Any, call: Request) -> Any:
    """The gradient by x; for a pair, the gradients by value and by gate."""
    if isinstance(x, GatedPair):
        return tuple(elementwise.evaluate(activation, "gate_backward", (grad, *x), call))
    whole = arrays.as_input(x)
    inputs = arrays.as_inputs((grad, *_halves(whole, call.axis)))
    (result,) = arrays.outputs_for(whole.astype(inputs[0].dtype, copy=False), call.out, 1)
    outputs = list(_halves(result, call.axis))
    elementwise.fill(activation, "gate_backward", inputs, outputs, call)
    return result


def _halves(x: Array, axis: Any) -> GatedPair:
    """Two views: value and gate."""
    place = arrays.checked_axis(x, axis)
    length = x.shape[place]
    if length % 2:
        raise InputError("odd_axis", axis=axis, length=length)
    before = (slice(None),) * place
    half = slice(None, length // 2), slice(length // 2, None)
    return GatedPair(x[(*before, half[0])], x[(*before, half[1])])


def derivative(activation: Function, x: Any, order: int, call: Request) -> NoReturn:
    """There is no single one."""
    raise InputError("gated_derivative", name=activation.name)


def both(activation: Function, x: Any, call: Request) -> NoReturn:
    """There is no single derivative."""
    raise InputError("gated_derivative", name=activation.name)


def value_range(activation: Function) -> tuple[float, float]:
    """Bounds of the values: where they grow with the inputs, infinite."""
    pairs = np.random.default_rng(0).standard_normal((2, 512))
    exact = Request("exact")
    sizes = [value(activation, GatedPair(*(s * pairs)), exact) for s in (1.0, 100.0, 10_000.0)]
    return rowwise.bounds_of(np.concatenate(sizes[:2]), sizes[2])


def kinks(activation: Function) -> tuple[float, ...]:
    """Kinks in the gate, at value 1."""
    return curves.kinks(activation.curve)


def strengths(activation: Function) -> list[Text]:
    """What speaks for it, read off the formula and the curve of the gate."""
    found = [text("gated.product")]
    if gate_factor(activation.formula) is not None:
        found.append(text("gated.linear"))
    low, high = value_range(activation)
    if np.isfinite(low) and np.isfinite(high):
        found.append(text("gated.bounded", low=f"{low:g}", high=f"{high:g}"))
    if activation.curve.properties.smoothness == np.inf:
        found.append(text("gated.smooth"))
    return found


def weaknesses(activation: Function) -> list[Text]:
    """What speaks against it."""
    found = [text("gated.two_inputs")]
    curve = activation.curve.properties
    if curve.limits[0] == 0:
        dead = any(low == -np.inf for low, _ in curve.dead_regions)
        found.append(text("gated.dead" if dead else "gated.closes"))
    rises = max(map(abs, curve.limits)) == np.inf
    if rises and gate_factor(activation.formula) is not None:
        found.append(text("gated.quadratic"))
    return found
