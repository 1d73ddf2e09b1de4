"""What holds for functions of whole rows, such as softmax: Jacobian, range, good and bad sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.emit.numpy import compile_numpy
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import (
    Expr,
    arguments_of,
    constant,
    fold,
    is_call,
    postorder,
    rebuild,
    symbol,
)
from nonlin.kernels import arrays

if TYPE_CHECKING:
    from nonlin.activation import Activation

SAMPLES = 64


def jacobian(activation: Activation, x: Any, axis: int = -1) -> Any:
    """d f_i / d x_j for every row of x along `axis`, shape (..., n, n), dtype of x.

    f depends on x_i directly and on all x_j through one sum: J = diag(df/dx) + df/dS dS/dx. The
    maximum is only there to avoid overflow: a shift of the row moves nothing, so it has no slope.
    """
    given = arrays.as_input(x)
    if given.ndim == 0 or not -given.ndim <= axis < given.ndim:
        raise InputError("axis", given=axis, dimensions=given.ndim)
    rows = np.moveaxis(given, axis, -1).astype(np.float64)
    formula = _shifted(activation.graph)
    reduction = next(node for node in postorder(formula) if is_call(node, "row_sum"))
    (inside,) = arguments_of(reduction)
    by_sum = _replace(formula, reduction, symbol("S"))
    shifted = rows - rows.max(axis=-1, keepdims=True)
    total = compile_numpy(inside, "x")(shifted).sum(axis=-1, keepdims=True)
    direct = compile_numpy(derivative(by_sum, "x"), "x", "S")(shifted, total)
    through = compile_numpy(derivative(by_sum, "S"), "x", "S")(shifted, total)
    slope = compile_numpy(derivative(inside, "x"), "x")(shifted)
    direct, through, slope = (np.broadcast_to(a, rows.shape) for a in (direct, through, slope))
    result = through[..., :, None] * slope[..., None, :]
    diagonal = np.arange(rows.shape[-1])
    result[..., diagonal, diagonal] += direct
    return result.astype(given.dtype)


def _shifted(formula: Expr) -> Expr:
    """The formula for rows whose maximum is 0."""
    largest = [node for node in postorder(formula) if is_call(node, "row_max")]
    return _replace(formula, largest[0], constant(0)) if largest else formula


def _replace(root: Expr, old: Expr, new: Expr) -> Expr:
    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        return new if node is old else rebuild(node, arguments)

    return fold(root, visit)


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
