"""What many layers do to gradients, and how many of them train: one rule for all who say so."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nonlin.activation import Activation
from nonlin.theory.mean_field import TRAINABLE, MeanField, depth_scale, mean_field
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap

LOST = 1000.0  # a gradient that changes by more vanishes or explodes, as for the diagnosis


@dataclass(frozen=True, slots=True)
class Endurance:
    """What wide layers do whose random weights keep signals at a mean square of 1.

    gradient: the length of the gradient in the first layer over that in the last one. drift: by
    how much a small deviation of the mean square grows on its way through all of them. reach: up
    to how many layers train.
    """

    gradient: float
    drift: float
    reach: float


def endurance(activation: Activation, layers: int) -> Endurance | None:
    """Of so many layers; None where no weights keep the size of signals.

    Raises InputError for what is not element-wise.
    """
    f = nonlinearity(activation, "theory")
    forward, backward = activation.gain, activation.gain_backward
    if not 0 < forward < math.inf or math.isnan(backward):
        return None
    slope = VarianceMap(f, forward**2, 0.0).slope(1.0)
    return Endurance(
        _grown(forward / backward, layers),
        _grown(abs(slope), layers),
        _reach_as_trained(activation, mean_field(f, forward**2, 0.0)),
    )


def _reach_as_trained(activation: Activation, field: MeanField) -> float:
    """As `reach`; a surrogate in place of the slope has a scale of gradients of its own."""
    if activation.surrogate is None:
        return reach(field)
    factor = (activation.gain / activation.gain_backward) ** 2
    return min(reach(field), TRAINABLE * depth_scale(factor))


def reach(field: MeanField) -> float:
    """Up to how many layers train: 6 depth scales, or until the size of signals runs away."""
    away = math.log(LOST) * field.xi_q if leaves(field) else math.inf
    return min(field.trainable_depth, away)


def leaves(field: MeanField) -> bool:
    """Is the mean square of the signals an unstable one?"""
    return any(p.q == field.q_star and p.stability == "unstable" for p in field.fixed_points)


def _grown(factor: float, layers: int) -> float:
    """factor ** layers, infinite where that is no number any more."""
    try:
        return float(factor) ** layers
    except OverflowError:
        return math.inf
