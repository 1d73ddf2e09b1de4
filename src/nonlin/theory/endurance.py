"""What many layers do to gradients, and how many of them train: one rule for all who say so."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nonlin.activation import Activation
from nonlin.theory.mean_field import TRAINABLE, MeanField, depth_scale, mean_field
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import LARGEST, SMALLEST, VarianceMap

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
    field = mean_field(f, forward**2, 0.0)
    slope = VarianceMap(f, forward**2, 0.0).slope(1.0)
    gradient, drift = (_grown(each, layers) for each in (forward / backward, abs(slope)))
    return Endurance(gradient, drift, reach(activation, field))


def reach(activation: Activation, field: MeanField) -> float:
    """Up to how many layers train: 6 depth scales, or until the size of signals runs away."""
    depth = field.trainable_depth
    if activation.surrogate is not None:
        depth = TRAINABLE * min(field.xi_c, depth_scale(growth_in_training(activation, field)))
    return min(depth, lasting(field))


def growth_in_training(activation: Activation, field: MeanField) -> float:
    """As `field.gradient_growth`, but by the slope of a surrogate if there is one."""
    lengths = VarianceMap(
        nonlinearity(activation.trained, "theory"), field.weight_variance, field.bias_variance
    )
    return lengths.gradient_growth(min(max(field.q_star, SMALLEST), LARGEST))


def lasting(field: MeanField) -> float:
    """After how many layers the size of signals has run away; infinite if it does not."""
    return math.log(LOST) * field.xi_q if leaves(field) else math.inf


def leaves(field: MeanField) -> bool:
    """Is the mean square of the signals an unstable one?"""
    return any(p.q == field.q_star and p.stability == "unstable" for p in field.fixed_points)


def _grown(factor: float, layers: int) -> float:
    """factor ** layers, infinite where that is no number any more."""
    try:
        return float(factor) ** layers
    except OverflowError:
        return math.inf
