"""The three losses: which output activation each belongs to, and the targets it takes.

Values and gradients, always on logits, are computed in the compiled loop (`backprop`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin._errors import InputError, nearest
from nonlin.network import checks

SQUARED_ERROR, BINARY_CROSS_ENTROPY, CROSS_ENTROPY = 0, 1, 2  # codes, for compiled code


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss and the output activation it belongs to.

    `prepare(y, rows, outputs)` checks y: float64 targets of shape (rows, outputs), or int64
    class indices of shape (rows,) for the cross-entropy.
    """

    name: str
    output: str
    code: int
    prepare: Callable[[Any, int, int], np.ndarray]


def _values(given: Any, rows: int, outputs: int) -> np.ndarray:
    array = checks.real_array("y", given)
    allowed = [(rows, outputs)] + ([(rows,)] if outputs == 1 else [])
    if array.shape not in allowed:
        shapes = ", ".join(str(shape) for shape in allowed)
        raise InputError("target_shape", given=array.shape, allowed=shapes)
    return checks.finite("y", array.reshape(rows, outputs).astype(np.float64))


def _binary(given: Any, rows: int, outputs: int) -> np.ndarray:
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
        Loss("squared_error", "identity", SQUARED_ERROR, _values),
        Loss("binary_cross_entropy", "sigmoid", BINARY_CROSS_ENTROPY, _binary),
        Loss("cross_entropy", "softmax", CROSS_ENTROPY, _classes),
    )
}


def loss_for(output: str) -> Loss:
    """The loss that belongs to the output activation `output`; InputError if none does."""
    if output in LOSSES:
        return LOSSES[output]
    hint = nearest(output, LOSSES)
    raise InputError("no_loss", given=output, allowed=", ".join(LOSSES), hint=hint)
