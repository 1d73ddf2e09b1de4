"""What holds for functions of whole rows, such as softmax: Jacobian, range, good and bad sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.emit.numpy import compile_numpy
from nonlin.expr import derivative as slopes
from nonlin.expr.nodes import Expr
from nonlin.expr.rows import numbered
from nonlin.expr.walk import substitute
from nonlin.kernels import arrays
from nonlin.kernels.rows import run_rows
from nonlin.parameter import Call, check_precision

if TYPE_CHECKING:
    from nonlin.activation import Activation

SAMPLES = 64


def value(activation: Activation, x: Any, call: Call) -> Any:
    """f of every row of x along the axis."""
    activation = activation.bind(**call.parameters)
    return _run(activation, activation.formula, {"x": arrays.as_input(x)}, call)


def derivative(activation: Activation, x: Any, order: int, call: Call) -> Any:
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


def backward(activation: Activation, grad: Any, x: Any, call: Call) -> Any:
    """The gradient by x: by the rule of the catalogue, or through the whole Jacobian."""
    activation = activation.bind(**call.parameters)
    inputs = arrays.as_inputs([grad, x])
    if activation.from_output is None:
        place = arrays.checked_axis(inputs[1], call.axis)
        rows = np.moveaxis(inputs[0], place, -1)
        product = np.einsum("...i,...ij->...j", rows, jacobian(activation, inputs[1], place))
        (result,) = arrays.outputs_for(inputs[1], call.out, 1)
        result[...] = np.moveaxis(product, -1, place)
        return result
    rule = substitute(activation.from_output, {"y": activation.formula})
    return _run(activation, rule, dict(zip(("grad", "x"), inputs, strict=True)), call)


def backward_from_output(activation: Activation, grad: Any, y: Any, call: Call) -> Any:
    """The gradient by x from the saved output."""
    rule = activation.from_output
    assert rule is not None  # noqa: S101 - for the type checker
    given = dict(zip(("grad", "y"), arrays.as_inputs([grad, y]), strict=True))
    return _run(activation, rule, given, call)


def _run(activation: Activation, formula: Expr, given: dict[str, Any], call: Call) -> Any:
    check_precision(call.precision)
    first = next(iter(given.values()))
    place = arrays.checked_axis(first, call.axis)
    (result,) = arrays.outputs_for(first, call.out, 1)
    run_rows(formula, given, result, place, call.precision, activation.values)
    return result


def both(activation: Activation, x: Any, call: Call) -> tuple[Any, Any]:
    """Value and Jacobian; `out`, if given, is a pair of arrays."""
    out = (None, None) if call.out is None else call.out
    if not isinstance(out, tuple | list) or len(out) != 2:
        raise InputError("out_count", given=len(out) if hasattr(out, "__len__") else 1, needed=2)
    first = value(activation, x, replace(call, out=out[0]))
    return first, derivative(activation, x, 1, replace(call, out=out[1]))


def kinks(activation: Activation) -> tuple[float, ...]:
    """None that are points of a line."""
    return ()


def jacobian(activation: Activation, x: Any, axis: int = -1) -> Any:
    """d f_i / d x_j for every row of x along `axis`, shape (..., n, n), dtype of x.

    f depends on x_i directly, and on all x_j through the reductions R of its formula, sums and
    maxima: J = diag(df/dx) + sum over R of df/dR dR/dx.
    """
    given = arrays.as_input(x)
    rows = np.moveaxis(given, arrays.checked_axis(given, axis), -1).astype(np.float64)
    formula, reductions = numbered(activation.graph)
    row = _Row(rows)
    for name, (primitive, inside) in reductions.items():
        row.reduce(name, primitive, inside)
    result = row.total_slopes(formula)
    diagonal = np.arange(rows.shape[-1])
    result[..., diagonal, diagonal] += row.evaluate(slopes.derivative(formula))
    return result.astype(given.dtype)


class _Row:
    """Values and total slopes of the reductions over rows, inner reductions first."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.values: dict[str, Any] = {}  # each of shape (..., 1)
        self.slopes: dict[str, Any] = {}  # dR/dx_j, each of shape (..., n)

    def evaluate(self, part: Expr) -> Any:
        """An expression in x and the reductions found so far, on every element."""
        found = compile_numpy(part, "x", *self.values)(self.rows, *self.values.values())
        return np.broadcast_to(found, self.rows.shape)

    def reduce(self, name: str, primitive: str, inside: Expr) -> None:
        """One more reduction: sum or maximum of `inside` over the row."""
        elements = self.evaluate(inside)
        largest = np.eye(elements.shape[-1])[elements.argmax(axis=-1)]
        weights = np.ones_like(elements) if primitive == "row_sum" else largest
        through = self.total_slopes(inside)
        direct = weights * self.evaluate(slopes.derivative(inside))
        self.slopes[name] = (weights[..., None, :] @ through)[..., 0, :] + direct
        value = elements.sum(-1) if primitive == "row_sum" else elements.max(-1)
        self.values[name] = value[..., None]

    def total_slopes(self, part: Expr) -> Any:
        """d part_i / d x_j by way of the reductions, shape (..., n, n)."""
        total = np.zeros((*self.rows.shape, self.rows.shape[-1]))
        for name, slope in self.slopes.items():
            total += (
                self.evaluate(slopes.derivative(part, name))[..., :, None] * slope[..., None, :]
            )
        return total


def _samples(activation: Activation) -> tuple[Any, Any]:
    """Rows of standard normal numbers, moderate and wide, and the values on them."""
    noise = np.random.default_rng(0).standard_normal((SAMPLES, 5))
    rows = np.concatenate([noise, 100 * noise, 10_000 * noise])
    return rows, activation(rows, precision="exact")


def value_range(activation: Activation) -> tuple[float, float]:
    """Bounds of the values: where they grow with the inputs, infinite."""
    _, values = _samples(activation)
    small, large = values[: 2 * SAMPLES], values[2 * SAMPLES :]
    low, high = float(values.min()), float(values.max())
    falls = low < -1 and large.min() < 10 * small.min()
    rises = high > 1 and large.max() > 10 * small.max()
    return (-np.inf if falls else low, np.inf if rises else high)


def _facts(activation: Activation) -> dict[str, bool]:
    rows, values = _samples(activation)
    sums = values.sum(axis=-1)
    moved = activation(rows[:SAMPLES] + 3.0, precision="exact")
    return {
        "probabilities": bool(values.min() >= 0 and np.allclose(sums, 1)),
        "log_probabilities": bool(np.allclose(np.exp(values).sum(axis=-1), 1)),
        "shift_invariant": bool(np.allclose(moved, values[:SAMPLES])),
        "keeps_order": bool((np.argsort(values[:SAMPLES]) == np.argsort(rows[:SAMPLES])).all()),
    }


def strengths(activation: Activation) -> list[Text]:
    """What speaks for it, measured on sample rows."""
    return [text(f"rowwise.{name}") for name, holds in _facts(activation).items() if holds]


def weaknesses(activation: Activation) -> list[Text]:
    """What speaks against it, measured on sample rows."""
    wide = 50.0 * np.eye(5)
    slopes = np.abs(activation.derivative(wide))
    found = [text("rowwise.whole_row")]
    if slopes.max() < 1e-6:
        found.append(text("rowwise.saturates"))
    if _facts(activation)["shift_invariant"]:
        found.append(text("rowwise.redundant"))
    return found
