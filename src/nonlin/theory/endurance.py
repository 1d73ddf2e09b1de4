"""What many layers do to gradients, in two numbers that need no fixed points."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nonlin.activation import Activation
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap


@dataclass(frozen=True, slots=True)
class Endurance:
    """What wide layers do whose random weights keep signals at a mean square of 1.

    gradient: the length of the gradient in the first layer over that in the last one. drift: by
    how much a small deviation of the mean square grows on its way through all of them.
    """

    gradient: float
    drift: float


def endurance(activation: Activation, layers: int) -> Endurance | None:
    """Of so many layers; None where no weights keep the size of signals.

    Raises InputError for what is not element-wise.
    """
    f = nonlinearity(activation, "theory")
    forward, backward = activation.gain, activation.gain_backward
    if not 0 < forward < math.inf or math.isnan(backward):
        return None
    slope = VarianceMap(f, forward**2, 0.0).slope(1.0)
    return Endurance(_grown(forward / backward, layers), _grown(abs(slope), layers))


def _grown(factor: float, layers: int) -> float:
    """factor ** layers, infinite where that is no number any more."""
    try:
        return float(factor) ** layers
    except OverflowError:
        return math.inf
