"""How functions of single numbers meet arrays: by compiled kernels.

A parameter may be an array: one of one axis lies along `axis` of x (one number for each
channel, `axis=1` for images as in torch), any other is broadcast to x as NumPy does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin.expr import derivative as slopes
from nonlin.expr.nodes import Expr
from nonlin.expr.paths import Path, outputs_of
from nonlin.expr.recognise import recognise
from nonlin.function import Function
from nonlin.kernels import arrays
from nonlin.kernels.arrays import Array
from nonlin.parameter import Request, check_names, own_names


def value(activation: Function, x: Any, call: Request) -> Any:
    """f of every element."""
    (result,) = evaluate(activation, (0,), (x,), call)
    if not call.parameters:
        _keep_ready(activation, x, call.precision)
    return result


def _keep_ready(activation: Function, x: Any, precision: str) -> None:
    """Remember the kernel for arrays like x, if it takes them as they are."""
    if type(x) is np.ndarray and x.dtype in (np.float32, np.float64) and x.dtype.isnative:
        kernel = activation.kernel((0,), x.dtype, precision)
        ready = np.ndarray, x.dtype, kernel.function, partial(arrays.run_one, kernel)
        activation._ready.setdefault(precision, {})[x.dtype] = ready


def derivative(activation: Function, x: Any, order: int, call: Request) -> Any:
    """The derivative at every element."""
    return evaluate(activation, (order,), (x,), call)[0]


def both(activation: Function, x: Any, call: Request) -> list[Any]:
    """Value and first derivative."""
    return evaluate(activation, (0, 1), (x,), call)


def backward(activation: Function, grad: Any, x: Any, call: Request) -> Any:
    """grad * f'(x)."""
    return evaluate(activation, "backward", (grad, x), call)[0]


def backward_from_output(activation: Function, grad: Any, y: Any, call: Request) -> Any:
    """The gradient by x from the saved output."""
    return evaluate(activation, "from_output", (grad, y), call)[0]


def evaluate(activation: Function, path: Path, given: Sequence[Any], call: Request) -> list[Any]:
    """The outputs of a path, of the shape of the arrays that are given."""
    inputs = arrays.as_inputs(given)
    outputs = arrays.outputs_for(inputs[0], call.out, outputs_of(path))
    fill(activation, path, inputs, outputs, call)
    return [o[()] if call.out is None and o.ndim == 0 else o for o in outputs]


def fill(
    activation: Function, path: Path, inputs: list[Array], outputs: list[Array], call: Request
) -> None:
    """Run a path on arrays of one shape; parameters that are arrays become inputs."""
    names: tuple[str, ...] = ()
    if call.parameters:
        call = replace(call, parameters=own_names(activation.name, call.parameters))
        columns = _columns(activation, inputs[0], call)
        numbers = {k: v for k, v in call.parameters.items() if k not in columns}
        activation = activation.bind(**numbers)
        names, inputs = tuple(columns), [*inputs, *columns.values()]
    dtype, precision = arrays.kernel_for(inputs[0], call.precision)
    arrays.run(activation.kernel(path, dtype, precision, names), inputs, outputs)


def _columns(activation: Function, x: Array, call: Request) -> dict[str, Array]:
    """The parameters that are arrays, checked and broadcast to x, in the dtype of x."""
    given = {name: value for name, value in call.parameters.items() if _is_array(value)}
    check_names(activation.name, activation.parameters, given)
    rows = {each.name: each for each in activation.parameters}
    return {
        name: np.broadcast_to(
            _along(name, rows[name].checked_array(value), x, call.axis).astype(x.dtype), x.shape
        )
        for name, value in given.items()
    }


def _is_array(value: Any) -> bool:
    """Has it an axis? Lists of different lengths are refused as an array later."""
    try:
        return np.ndim(value) > 0
    except ValueError:
        return True


def _along(name: str, array: Array, x: Array, axis: Any) -> Array:
    """An array of parameters with the axes of x; those it does not vary along have length 1."""
    shape = array.shape
    if array.ndim == 1 and x.ndim:
        place = arrays.place_of(x, axis)
        shape = tuple(array.size if each == place else 1 for each in range(x.ndim))
    shape = (1,) * (x.ndim - len(shape)) + shape
    fits = len(shape) == x.ndim and all(n in (1, m) for n, m in zip(shape, x.shape, strict=True))
    if not fits:
        raise InputError("parameter_shape", name=name, given=array.shape, shape=x.shape, axis=axis)
    return array.reshape(shape)


def parameter_gradients(
    activation: Function, grad: Any, x: Any, names: Sequence[str], call: Request
) -> dict[str, Any]:
    """For each name, the sum of grad * df/dparameter over what shares the parameter."""
    inputs = arrays.as_inputs((grad, x))
    if inputs[0].itemsize == 2:  # sums of rounded products would lose too much
        inputs = [each.astype(np.float64) for each in inputs]
    found = {}
    for name in names:
        slope = replace(
            activation, formula=_by_parameter(activation.trained.formula, name), from_output=None
        )
        products = evaluate(slope, "gate", inputs, replace(call, out=None))[0]
        found[name] = _reduced(np.asarray(products), name, call)
    return found


@lru_cache(maxsize=512)
def _by_parameter(formula: Expr, name: str) -> Expr:
    return slopes.derivative(recognise(formula), name)


def _reduced(products: Array, name: str, call: Request) -> Any:
    """Sums of the products, in the shape and dtype of the parameter."""
    given = np.asarray(call.parameters.get(name, 0.0))
    if given.ndim == 0:
        return products.sum(dtype=np.float64)
    shape = _along(name, given, products, call.axis).shape
    shared = tuple(place for place, length in enumerate(shape) if length == 1)
    total = products.sum(axis=shared, dtype=np.float64).reshape(given.shape)
    return total.astype(given.dtype if given.dtype.kind == "f" else np.float64)
