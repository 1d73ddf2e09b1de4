"""The losses: which output activation each belongs to, and the targets it takes.

Values and gradients, always on logits, are computed in the compiled loop (`backprop`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.network import codes

KNEE = 1.345  # Huber: 95 % efficiency on normal errors of unit spread (Holland and Welsch 1977)
LEVELS = (0.1, 0.5, 0.9)  # of the quantiles


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss and the output activation it belongs to.

    `prepare(y, rows, outputs)` checks y: float64 targets of shape (rows, outputs), or (rows, 1)
    for several quantiles of one target, or int64 class indices of shape (rows,) if `labels`.
    constants: the knee of the Huber loss, or the level of each quantile.
    """

    name: str
    output: str
    code: int
    prepare: Callable[[Any, int, int], np.ndarray]
    constants: tuple[float, ...] = ()

    @property
    def labels(self) -> bool:
        """Are the targets class indices?"""
        return self.code in (codes.CROSS_ENTROPY, codes.CORN)


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


def _between(most: float, error: str, given: Any, rows: int, outputs: int) -> np.ndarray:
    array = _values(given, rows, outputs)
    outside = array[(array < 0) | (array > most)]
    if outside.size:
        raise InputError(error, given=float(outside[0]))
    return array


_shares, _not_negative = (
    partial(_between, *limit) for limit in ((1.0, "not_a_share"), (np.inf, "negative_target"))
)


def _classes(given: Any, rows: int, outputs: int) -> np.ndarray:
    array = checks.real_array("y", given)
    if array.shape != (rows,):
        raise InputError("target_shape", given=array.shape, allowed=str((rows,)))
    checks.finite("y", array)
    outside = array[(array < 0) | (array >= outputs) | (array != np.floor(array))]
    if outside.size:
        raise InputError("label_range", given=outside[0].item(), last=outputs - 1)
    return array.astype(np.int64)


def _ordered(given: Any, rows: int, outputs: int) -> np.ndarray:
    """One class more than there are outputs, each of which is a step between two classes."""
    return _classes(given, rows, outputs + 1)


def pinball(levels: Sequence[float] = LEVELS) -> Loss:
    """The mean over the quantiles of their pinball loss (Koenker and Bassett 1978).

    levels: of the quantile of each output, in (0, 1), rising; InputError if they are not.
    """
    found = tuple(map(float, levels))
    rising = all(low < high for low, high in pairwise(found))
    if not found or not rising or not all(0 < level < 1 for level in found):
        raise InputError("bad_levels", given=", ".join(f"{level:g}" for level in found))

    def prepare(given: Any, rows: int, outputs: int) -> np.ndarray:
        if outputs != len(found):
            raise InputError("level_count", outputs=outputs, levels=len(found))
        return _values(given, rows, 1)

    return Loss("pinball", "identity", codes.PINBALL, prepare, found)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("squared_error", "identity", codes.SQUARED_ERROR, _values),
        Loss("binary_cross_entropy", "sigmoid", codes.BINARY_CROSS_ENTROPY, _binary),
        Loss("cross_entropy", "softmax", codes.CROSS_ENTROPY, _classes),
        Loss("poisson_softplus", "softplus", codes.POISSON_SOFTPLUS, _not_negative),
        Loss("poisson", "exponential", codes.POISSON_EXP, _not_negative),
        Loss("huber", "identity", codes.HUBER, _values, (KNEE,)),
        Loss("fractional_cross_entropy", "sigmoid", codes.BINARY_CROSS_ENTROPY, _shares),
        Loss("corn", "sigmoid", codes.CORN, _ordered),
        pinball(),
    )
}


def loss_for(output: str, wanted: str | Loss | None = None) -> Loss:
    """The loss `wanted`, or the first one that belongs to the output activation `output`.

    InputError if no loss belongs to it, if there is none of that name, or if it belongs to
    another output.
    """
    if wanted is None:
        found = next((loss for loss in LOSSES.values() if loss.output == output), None)
        if found is None:
            outputs = list(dict.fromkeys(loss.output for loss in LOSSES.values()))
            hint = nearest(output, outputs)
            raise InputError("no_loss", given=output, allowed=listed(outputs), hint=hint)
        return found
    if isinstance(wanted, str):
        if wanted not in LOSSES:
            hint = nearest(wanted, LOSSES)
            raise InputError("unknown_loss", given=wanted, allowed=listed(LOSSES), hint=hint)
        wanted = LOSSES[wanted]
    if wanted.output != output:
        raise InputError("loss_output", loss=wanted.name, needed=wanted.output, given=output)
    return wanted
