"""How signals and gradients go through layers of an activation: moments, gains, mean field."""

from __future__ import annotations

import math
from typing import Any

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.checks import number
from nonlin.gaussian_moments.moments import Moments, gaussian_moments
from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.theory import critical as edge
from nonlin.theory import mean_field as field
from nonlin.theory.critical import Critical
from nonlin.theory.mean_field import MeanField


def nonlinearity(activation: str | Activation, what: str) -> Nonlinearity:
    """Graph, breaks and jumps of an element-wise activation; InputError: `needs_elementwise`."""
    chosen = get(activation)
    chosen.needs_elementwise(what)
    found = chosen.properties
    return Nonlinearity(chosen.graph, found.breakpoints, tuple(x for x, _ in found.jumps))


def moments(activation: str | Activation, *, mean: float = 0.0, std: float = 1.0) -> Moments:
    """E[f], E[f^2], E[f'^2], E[f''^2] and E[f f'] for z ~ N(mean, std^2), with error bounds.

    activation: a name or an element-wise Activation, your own formula, too. See
    `nonlin.gaussian_moments.moments.Moments`. Raises InputError for other kinds and std <= 0.
    """
    f = nonlinearity(activation, "moments")
    centre = number("mean", mean, -math.inf, open_below=True)
    return gaussian_moments(f.root, f.breaks, centre, number("std", std, 0, open_below=True))


def gain(activation: str | Activation, *, backward: bool = False) -> float:
    """By how much weights of variance 1 / fan_in grow, so that a signal keeps its size.

    1 / sqrt(E[f(z)^2]), or 1 / sqrt(E[f'(z)^2]) for the gradient on its way back, z standard
    normal, for any activation. sqrt(2) for relu, as PyTorch's calculate_gain; its values for tanh
    (5/3), sigmoid (1) and selu (3/4) are conventions, and the exact ones 1.59, 1.85 and 1.
    Infinite or 0 where there is none. Raises InputError for what is not element-wise.
    """
    chosen = get(activation)
    return chosen.gain_backward if backward else chosen.gain


def mean_field(
    activation: str | Activation, *, weight_variance: float, bias_variance: float = 0.0
) -> MeanField:
    """Where lengths and correlations go in a deep, wide, random network, and how fast.

    Weights have variance weight_variance / fan_in. See `nonlin.theory.mean_field.MeanField`.
    Raises InputError for variances that are none, and for what is not element-wise.
    """
    f = nonlinearity(activation, "mean_field")
    weights = number("weight_variance", weight_variance, 0, open_below=True)
    biases = number("bias_variance", bias_variance, 0)
    if not math.isfinite(gaussian_moments(f.root, f.breaks).second):
        raise InputError("no_mean_field", name=get(activation).name)
    return field.mean_field(f, weights, biases)


def critical(
    activation: str | Activation, *, q: float = 1.0, bias_variance: Any = None
) -> Critical:
    """(weight_variance, bias_variance) on the edge of chaos, where q is a fixed point.

    Weights of variance weight_variance / fan_in then keep lengths at q and gradients as they are.
    With bias_variance given instead of q: the point of the edge that has it. Raises InputError
    where there is none, as for softplus, and for sigmoid at q = 1.
    """
    f = nonlinearity(activation, "critical")
    name = get(activation).name
    if bias_variance is not None:
        wanted = number("bias_variance", bias_variance, 0)
        place = edge.with_biases(f, wanted)
        if place is None:
            raise InputError("no_critical_biases", name=name, given=f"{wanted:g}")
        return edge.critical(f, place)
    found = edge.critical(f, number("q", q, 0, open_below=True))
    if math.isnan(found.bias_variance):
        raise InputError("no_critical_slope", name=name)
    if found.bias_variance < 0:
        raise InputError("no_critical", name=name, q=f"{q:g}", given=f"{found.bias_variance:.3g}")
    return found
