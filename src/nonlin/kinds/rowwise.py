"""What holds for functions of whole rows, such as softmax: Jacobian, range, good and bad sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.expr.nodes import Expr, is_call
from nonlin.expr.reductions import is_compiled
from nonlin.expr.walk import postorder, substitute
from nonlin.function import Function
from nonlin.kernels import arrays
from nonlin.kernels.arrays import Array
from nonlin.kernels.pullback import pull_back
from nonlin.kernels.row_calls import RowCall, call_of, run_rows
from nonlin.parameter import Request, check_precision

SAMPLES = 64


def value(activation: Function, x: Any, call: Request) -> Any:
    """f of every row of x along the axis."""
    bound = activation.bind(**call.parameters)
    result = evaluate(bound, bound.formula, {"x": arrays.as_input(x)}, call)
    if bound is activation and type(x) is np.ndarray and x.dtype in (np.float32, np.float64):
        _keep_ready(activation, x.dtype, call.precision)
    return result


def _keep_ready(activation: Function, dtype: Any, precision: str) -> None:
    """Remember what fills rows along the last axis of arrays of a dtype."""
    rows = call_of(activation.formula, ("x",), dtype, precision, tuple(activation.values.items()))

    def run(x: Array, out: Any) -> Any:
        result = np.empty_like(x) if out is None else out
        if isinstance(rows, RowCall) and rows.fills(x, result):
            return result
        return value(activation, x, Request(precision, out))

    activation._ready.setdefault(precision, {})[dtype] = np.ndarray, dtype, None, run


def derivative(activation: Function, x: Any, order: int, call: Request) -> Any:
    """The Jacobian of every row (order 1 only), the same for both precisions."""
    check_precision(call.precision)
    if order != 1:
        raise InputError("rowwise_order", name=activation.name, given=order)
    result = jacobian(activation.bind(**call.parameters), x, call.axis)
    if call.out is None:
        return result
    arrays.check_output(call.out, result.shape, result.dtype)
    call.out[...] = result
    return call.out


def backward(activation: Function, grad: Any, x: Any, call: Request) -> Any:
    """The gradient by x: by the rule of the catalogue, or back through the reductions."""
    activation = activation.bind(**call.parameters)
    grad, x = arrays.as_inputs([grad, x])
    if activation.from_output is None or not is_compiled(activation.formula):
        return pull(activation, grad, {"x": x}, call)
    rule = substitute(activation.from_output, {"y": activation.formula})
    return evaluate(activation, rule, {"grad": grad, "x": x}, call)


def backward_from_output(activation: Function, grad: Any, y: Any, call: Request) -> Any:
    """The gradient by x from the saved output."""
    rule = activation.from_output
    assert rule is not None  # noqa: S101 - for the type checker
    given = dict(zip(("grad", "y"), arrays.as_inputs([grad, y]), strict=True))
    return evaluate(activation, rule, given, call)


def evaluate(activation: Function, formula: Expr, given: dict[str, Any], call: Request) -> Any:
    """A formula in the arrays that are given, along the axis."""
    check_precision(call.precision)
    first = next(iter(given.values()))
    place = arrays.checked_axis(first, call.axis)
    (result,) = arrays.outputs_for(first, call.out, 1)
    run_rows(formula, given, result, place, call.precision, activation.values)
    return result


def pull(activation: Function, grad: Array, given: dict[str, Array], call: Request) -> Any:
    """The Jacobian of every row by x, transposed, times grad: computed in float64."""
    check_precision(call.precision)
    place = arrays.checked_axis(given["x"], call.axis)
    wide = {k: np.moveaxis(v, place, -1).astype(np.float64) for k, v in given.items()}
    found = pull_back(activation.graph, np.moveaxis(grad, place, -1).astype(np.float64), wide)
    (result,) = arrays.outputs_for(given["x"], call.out, 1)
    result[...] = np.moveaxis(found, -1, place)
    return result


def jacobian(activation: Function, x: Any, axis: int = -1) -> Any:
    """d f_i / d x_j for every row of x along `axis`, shape (..., n, n), dtype of x."""
    given = arrays.as_input(x)
    rows = np.moveaxis(given, arrays.checked_axis(given, axis), -1).astype(np.float64)
    units = np.eye(rows.shape[-1])
    return pull_back(activation.graph, units, {"x": rows[..., None, :]}).astype(given.dtype)


def both(activation: Function, x: Any, call: Request) -> tuple[Any, Any]:
    """Value and Jacobian; `out`, if given, is a pair of arrays."""
    return value_and_jacobian(activation, x, call, value, derivative)


def value_and_jacobian(
    activation: Function,
    x: Any,
    call: Request,
    value: Callable[..., Any],
    derivative: Callable[..., Any],
) -> tuple[Any, Any]:
    """Both, into a pair of arrays if one is given."""
    out = (None, None) if call.out is None else call.out
    if not isinstance(out, tuple | list) or len(out) != 2:
        raise InputError("out_count", given=len(out) if hasattr(out, "__len__") else 1, needed=2)
    first = value(activation, x, replace(call, out=out[0]))
    return first, derivative(activation, x, 1, replace(call, out=out[1]))


def kinks(activation: Function) -> tuple[float, ...]:
    """None that are points of a line."""
    return ()


def _samples(activation: Function) -> tuple[Any, Any]:
    """Rows of standard normal numbers, moderate and wide, and the values on them."""
    noise = np.random.default_rng(0).standard_normal((SAMPLES, 5))
    rows = np.concatenate([noise, 100 * noise, 10_000 * noise])
    return rows, value(activation, rows, Request("exact"))


def value_range(activation: Function) -> tuple[float, float]:
    """Bounds of the values: where they grow with the inputs, infinite."""
    _, values = _samples(activation)
    return bounds_of(values[: 2 * SAMPLES], values[2 * SAMPLES :])


def bounds_of(small: Array, large: Array) -> tuple[float, float]:
    """Bounds of the values on moderate and on 100 times larger inputs; infinite if they grow."""
    low = float(min(small.min(), large.min()))
    high = float(max(small.max(), large.max()))
    falls = low < -1 and large.min() < 10 * small.min()
    rises = high > 1 and large.max() > 10 * small.max()
    return (-np.inf if falls else low, np.inf if rises else high)


def _facts(activation: Function) -> dict[str, bool]:
    rows, values = _samples(activation)
    near, sums = values[:SAMPLES], values.sum(axis=-1)
    moved = value(activation, rows[:SAMPLES] + 3.0, Request("exact"))
    order = np.argsort(rows[:SAMPLES])
    probabilities = bool(values.min() >= 0 and np.allclose(sums, 1))
    return {
        "probabilities": probabilities,
        "log_probabilities": bool(np.allclose(np.exp(values).sum(axis=-1), 1)),
        "sparse": probabilities and bool((near == 0).any()),
        "shift_invariant": bool(np.allclose(moved, near)),
        "keeps_order": bool((np.argsort(near) == order).all()),
        "reverses_order": bool((np.argsort(-near) == order).all()),
    }


def strengths(activation: Function) -> list[Text]:
    """What speaks for it, measured on sample rows."""
    return [text(f"rowwise.{name}") for name, holds in _facts(activation).items() if holds]


def weaknesses(activation: Function) -> list[Text]:
    """What speaks against it, measured on sample rows."""
    facts = _facts(activation)
    exponential = any(is_call(node, "exp") for node in postorder(activation.formula))
    found = [text("rowwise.whole_row" if exponential else "rowwise.whole_row_first")]
    if not np.abs(jacobian(activation, _samples(activation)[0][:SAMPLES])).max() > 0:
        found.append(text("rowwise.flat"))
    elif np.abs(jacobian(activation, 50.0 * np.eye(5))).max() < 1e-6:
        found.append(text("rowwise.saturates_sparse" if facts["sparse"] else "rowwise.saturates"))
    if facts["shift_invariant"]:
        found.append(text("rowwise.redundant"))
    return found
