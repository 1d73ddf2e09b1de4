"""The three losses, each on logits: value and gradient in a form that does not overflow.

Plain NumPy in float64, for reporting and as the reference of the compiled loop, which
computes the same definitions (`loop._loss`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin._errors import InputError, nearest
from nonlin.network import checks


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss and the output activation it belongs to.

    `value(logits, y)` is a float, the mean over the samples; `gradient(logits, y)` is its
    derivative by the logits, float64, same shape as the logits. `prepare(y, rows, outputs)`
    checks y and gives the array that both expect.
    """

    name: str
    output: str
    code: int
    value: Callable[[np.ndarray, np.ndarray], float]
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray]
    prepare: Callable[[Any, int, int], np.ndarray]


def squared_error(logits: np.ndarray, y: np.ndarray) -> float:
    """Mean of (z - y)^2 over samples and outputs (no factor 1/2)."""
    return float(np.mean((logits.astype(np.float64) - y) ** 2))


def squared_error_gradient(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """2 (z - y) / (samples * outputs)."""
    return 2.0 * (logits.astype(np.float64) - y) / logits.size


def binary_cross_entropy(logits: np.ndarray, y: np.ndarray) -> float:
    """Mean of max(z, 0) - y z + log(1 + e^-|z|), which equals -log p(y)."""
    z = logits.astype(np.float64)
    return float(np.mean(np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-np.abs(z)))))


def binary_cross_entropy_gradient(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(sigmoid(z) - y) / samples."""
    z = logits.astype(np.float64)
    small = np.exp(-np.abs(z))
    sigmoid = np.where(z >= 0, 1.0, small) / (1.0 + small)
    return (sigmoid - y) / logits.size


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> float:
    """Mean of log(sum of e^z) - z[y], shifted by the largest logit of each sample."""
    shifted = _shifted(logits)
    chosen = np.take_along_axis(shifted, y[:, None], axis=1)[:, 0]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - chosen))


def cross_entropy_gradient(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(softmax(z) - onehot(y)) / samples."""
    exponentials = np.exp(_shifted(logits))
    result = exponentials / exponentials.sum(axis=1, keepdims=True)
    result[np.arange(len(y)), y] -= 1.0
    return result / len(y)


def _shifted(logits: np.ndarray) -> np.ndarray:
    z = logits.astype(np.float64)
    return z - z.max(axis=1, keepdims=True)


def _values(given: Any, rows: int, outputs: int) -> np.ndarray:
    array = checks.real_array("y", given)
    allowed = [(rows, outputs)] + ([(rows,)] if outputs == 1 else [])
    if array.shape not in allowed:
        shapes = ", ".join(str(shape) for shape in allowed)
        raise InputError("target_shape", given=array.shape, allowed=shapes)
    return checks.finite("y", array.reshape(rows, outputs).astype(np.float64))


def _binary(given: Any, rows: int, outputs: int) -> np.ndarray:
    if outputs != 1:
        raise InputError("sigmoid_outputs", outputs=outputs)
    array = _values(given, rows, outputs)
    outside = array[(array != 0) & (array != 1)]
    if outside.size:
        raise InputError("not_binary", given=float(outside[0]))
    return array


def _classes(given: Any, rows: int, outputs: int) -> np.ndarray:
    array = checks.real_array("y", given)
    if array.shape != (rows,):
        raise InputError("target_shape", given=array.shape, allowed=str((rows,)))
    checks.finite("y", array)
    outside = array[(array < 0) | (array >= outputs) | (array != np.floor(array))]
    if outside.size:
        raise InputError("label_range", given=outside[0].item(), last=outputs - 1)
    return array.astype(np.int64)


LOSSES: dict[str, Loss] = {
    loss.output: loss
    for loss in (
        Loss("squared_error", "identity", 0, squared_error, squared_error_gradient, _values),
        Loss(
            "binary_cross_entropy",
            "sigmoid",
            1,
            binary_cross_entropy,
            binary_cross_entropy_gradient,
            _binary,
        ),
        Loss("cross_entropy", "softmax", 2, cross_entropy, cross_entropy_gradient, _classes),
    )
}


def loss_for(output: str) -> Loss:
    """The loss that belongs to the output activation `output`; InputError if none does."""
    if output in LOSSES:
        return LOSSES[output]
    hint = nearest(output, LOSSES)
    raise InputError("no_loss", given=output, allowed=", ".join(LOSSES), hint=hint)
